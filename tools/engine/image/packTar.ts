import { createReadStream, statSync } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { pack as openPack } from 'tar-stream'
import type { ImageFile } from './imageFile.ts'

/** The files as one tar stream, the same bytes every time: sorted, owned by root, without times. */
export function packTar(files: readonly ImageFile[]): Readable {
  const pack = openPack()
  const fill = async () => {
    for (const file of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) await add(file)
    pack.finalize()
  }
  const add = async (file: ImageFile): Promise<void> => {
    const header = { name: file.path.slice(1), mode: file.mode, mtime: new Date(0), uid: 0, gid: 0 }
    if (file.kind === 'folder') pack.entry({ ...header, type: 'directory' })
    else if (file.kind === 'text') pack.entry(header, file.text)
    else if (file.kind === 'bytes') pack.entry(header, file.bytes)
    else {
      const { size } = statSync(file.source)
      await pipeline(createReadStream(file.source), pack.entry({ ...header, size }))
    }
  }
  fill().catch((error: unknown) => pack.destroy(toError(error)))
  return Readable.from(pack)
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
