import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ImageFile } from './imageFile.ts'

/** Files above this size are hashed again only when the file system says that they changed. */
const rememberedFrom = 1024 * 1024

/** Hashes what goes into an image: paths, modes and contents, and the recipe. The same on every machine with the same files. */
export function contentHash(
  files: readonly ImageFile[],
  { recipe, hashes }: { readonly recipe: unknown; readonly hashes: FileHashes },
): string {
  const hash = createHash('sha256').update(JSON.stringify(recipe))
  for (const file of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const content = file.kind === 'copy' ? hashes.of(file.source) : sha256(bytesOf(file))
    hash.update(`\n${JSON.stringify([file.path, file.mode, file.kind, content])}`)
  }
  return hash.digest('hex')
}

/** SHA-256 of files, remembered for big ones (the Node binary takes most of a second). */
export interface FileHashes {
  of(path: string): string
  /** Keeps what was learnt for the next run. */
  save(): void
}

export function openFileHashes(benchFolder: string): FileHashes {
  const folder = join(benchFolder, '.bench')
  const file = join(folder, 'file-hashes.json')
  const known = readKnown(file)
  const used = new Map<string, string>()
  return {
    of(path) {
      const { size, ino, mtimeNs, ctimeNs } = statSync(path, { bigint: true })
      if (size < rememberedFrom) return sha256(readFileSync(path))
      // The kernel sets the change time whenever content or times change; nobody can set it back.
      const key = [path, size, ino, mtimeNs, ctimeNs].join(' ')
      const hash = known.get(key) ?? sha256(readFileSync(path))
      used.set(key, hash)
      return hash
    },
    save() {
      if ([...used.keys()].every((key) => known.has(key))) return
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      const part = `${file}.${process.pid}.part`
      writeFileSync(part, JSON.stringify(Object.fromEntries(used)), { mode: 0o600 })
      renameSync(part, file)
    },
  }
}

function readKnown(file: string): ReadonlyMap<string, string> {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return new Map(
      Object.entries(value ?? {}).filter(([, hash]) => /^[\da-f]{64}$/.test(String(hash))),
    )
  } catch {
    return new Map()
  }
}

function bytesOf(file: ImageFile): Buffer {
  if (file.kind === 'text') return Buffer.from(file.text)
  return file.kind === 'bytes' ? file.bytes : Buffer.alloc(0)
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
