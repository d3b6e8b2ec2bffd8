import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { BenchError } from '../../../protocol/errors.ts'

/** A package of `package-lock.json` as it is installed. */
export interface LockedPackage {
  readonly name: string
  readonly version: string
  /** From the top of the project, e.g. `node_modules/ajv`. */
  readonly path: string
  readonly license?: string
  /** `sha512-…` in base64, of the archive it came from. */
  readonly integrity?: string
}

type Entry = Readonly<Record<string, unknown>>

/** The packages with these names and all they need, as far as they are installed here (optional ones may not be). */
export function lockedPackages(
  benchFolder: string,
  names: readonly string[],
): readonly LockedPackage[] {
  const entries = readLock(benchFolder)
  const found = new Map<string, LockedPackage>()
  const waiting = names.map((name) => ({ name, from: '' }))
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const path = resolve(entries, next)
    const entry = path === undefined ? undefined : entries[path]
    if (path === undefined || entry === undefined || found.has(path)) continue
    if (!existsSync(join(benchFolder, path))) continue
    found.set(path, toPackage(path, entry))
    for (const list of [entry.dependencies, entry.optionalDependencies, entry.peerDependencies])
      for (const name of Object.keys(isRecord(list) ? list : {})) waiting.push({ name, from: path })
  }
  const missing = names.filter((name) => !found.has(`node_modules/${name}`))
  if (missing.length > 0)
    throw new BenchError('INTERNAL', `${missing.join(', ')}: imported, but not installed`, {
      remedy: 'npm ci installs what package-lock.json names',
    })
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** The nearest one: below the package that asks, then outwards, as Node looks for it. */
function resolve(
  entries: Readonly<Record<string, Entry>>,
  { name, from }: { readonly name: string; readonly from: string },
): string | undefined {
  for (let folder = from; ; ) {
    const path = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`
    if (entries[path] !== undefined) return path
    if (folder === '') return undefined
    const at = folder.lastIndexOf('/node_modules/')
    folder = at < 0 ? '' : folder.slice(0, at)
  }
}

function toPackage(path: string, entry: Entry): LockedPackage {
  const text = (name: string) => {
    const value = entry[name]
    return typeof value === 'string' ? { [name]: value } : {}
  }
  return {
    name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
    version: typeof entry.version === 'string' ? entry.version : 'unknown',
    path,
    ...text('license'),
    ...text('integrity'),
  }
}

function readLock(benchFolder: string): Readonly<Record<string, Entry>> {
  const lock: unknown = JSON.parse(readFileSync(join(benchFolder, 'package-lock.json'), 'utf8'))
  const entries = isRecord(lock) ? lock.packages : undefined
  if (!isRecord(entries)) throw new BenchError('INTERNAL', 'package-lock.json has no packages')
  return Object.fromEntries(
    Object.entries(entries).flatMap(([path, entry]) => (isRecord(entry) ? [[path, entry]] : [])),
  )
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
