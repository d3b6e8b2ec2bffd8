/**
 * What exists outside the memory of a run, written down before it exists, so that `bench clean` can remove what a killed
 * run left. One file per entry under `.bench/journal`; a run that ends by itself takes its entries away.
 */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { removeLeftovers } from './leftovers.ts'
import { isAlive, ownIdentity, type ProcessIdentity } from './processes.ts'

export type Thing =
  /** Removed with all that is in it, provided that it carries the bench's mark (`markFolder`). */
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'file'; readonly path: string }
  /** Removed when nothing is left in it. */
  | { readonly kind: 'folder-when-empty'; readonly path: string }
  /** The folder of a run: only what it left half-written or empty is removed. */
  | { readonly kind: 'run-folder'; readonly path: string }
  | (ProcessIdentity & { readonly kind: 'process'; readonly program: string })

export interface Journal {
  /** Writes things down, to be called before they are made; the result takes them off again. */
  add(things: readonly Thing[]): () => void
}

interface Entry {
  readonly owner: ProcessIdentity
  readonly things: readonly Thing[]
}

/**
 * Name of the file that says "the bench made this folder". Without it nothing is removed recursively, whatever an entry of
 * the journal says: a wrong path must never cost anybody anything.
 */
const mark = '.onem2m-bench'

/** Marks a folder that was just made as the bench's own, so that it may be removed with all that is in it. */
export function markFolder(path: string): void {
  writeFileSync(join(path, mark), 'made by onem2m-bench; ./bench clean may remove this folder\n')
}

/** The checkout this file is part of. */
const ownBenchFolder = join(import.meta.dirname, '..', '..')
const largestEntry = 1024 * 1024
const pathKinds: ReadonlySet<string> = new Set([
  'folder',
  'file',
  'folder-when-empty',
  'run-folder',
])
let entries = 0

export function openJournal(benchFolder: string = ownBenchFolder): Journal {
  const folder = journalFolder(benchFolder)
  const owner = ownIdentity()
  return {
    add(things) {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      entries += 1
      const file = join(folder, `${owner.pid}-${owner.startTime}-${entries}.json`)
      const entry: Entry = { owner, things }
      // Renamed into place: an entry is whole or not there.
      writeFileSync(`${file}.part`, JSON.stringify(entry), { mode: 0o600 })
      renameSync(`${file}.part`, file)
      return () => rmSync(file, { force: true })
    },
  }
}

/** Removes what runs left that are no longer alive; says what it removed, one line each. */
export async function cleanAll(benchFolder: string): Promise<readonly string[]> {
  const folder = journalFolder(benchFolder)
  if (!existsSync(folder)) {
    return []
  }
  const removed: string[] = []
  for (const name of readdirSync(folder).toSorted(latestFirst)) {
    const file = join(folder, name)
    const entry = readEntry(file)
    if (entry === undefined) {
      if (!isBeingWritten(name)) {
        rmSync(file, { force: true, recursive: true })
        removed.push(`unreadable journal entry ${file}`)
      }
    } else if (!isAlive(entry.owner)) {
      removed.push(...entry.things.flatMap((thing) => remove(thing)))
      rmSync(file, { force: true })
    }
  }
  return removed
}

/** What was made last goes first: it may lie inside of what was made before. */
function latestFirst(a: string, b: string): number {
  return numberOf(b) - numberOf(a)
}

function numberOf(name: string): number {
  return Number(/-(\d+)\.json$/.exec(name)?.[1] ?? 0)
}

function journalFolder(benchFolder: string): string {
  return join(benchFolder, '.bench', 'journal')
}

/** `<pid>-<start time>-<n>.json.part` of a process that still lives. */
function isBeingWritten(name: string): boolean {
  const [, pid, startTime] = /^(\d+)-(\d+)-\d+\.json\.part$/.exec(name) ?? []
  return pid !== undefined && startTime !== undefined && isAlive({ pid: Number(pid), startTime })
}

function remove(thing: Thing): string[] {
  if (thing.kind === 'process') {
    if (!isAlive(thing)) {
      return []
    }
    process.kill(thing.pid, 'SIGKILL')
    return [`process ${thing.pid} (${thing.program})`]
  }
  if (!existsSync(thing.path)) {
    return []
  }
  if (thing.kind === 'folder-when-empty') {
    if (readdirSync(thing.path).length > 0) {
      return []
    }
    rmdirSync(thing.path)
    return [`folder ${thing.path}`]
  }
  if (thing.kind === 'run-folder') {
    return removeLeftovers(thing.path)
  }
  if (thing.kind === 'folder') {
    if (!existsSync(join(thing.path, mark))) {
      return [`nothing of ${thing.path}: it does not carry the mark of the bench (${mark})`]
    }
    rmSync(thing.path, { recursive: true })
    return [`folder ${thing.path}`]
  }
  unlinkSync(thing.path)
  return [`file ${thing.path}`]
}

/** Undefined when it is not an entry as `add` writes it. */
function readEntry(file: string): Entry | undefined {
  try {
    if (!file.endsWith('.json') || statSync(file).size > largestEntry) {
      return undefined
    }
    return toEntry(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return undefined
  }
}

function toEntry(value: unknown): Entry | undefined {
  if (!isRecord(value) || !isIdentity(value.owner) || !Array.isArray(value.things)) {
    return undefined
  }
  const things: unknown[] = value.things
  return things.every(isThing) ? { owner: value.owner, things } : undefined
}

function isThing(value: unknown): value is Thing {
  if (!isRecord(value)) {
    return false
  }
  if (value.kind === 'process') {
    return isIdentity(value) && typeof value.program === 'string'
  }
  const { kind, path } = value
  const isKnown = typeof kind === 'string' && pathKinds.has(kind)
  // A path this short was never written by a run, and must never be removed with all that is in it.
  return isKnown && typeof path === 'string' && isAbsolute(path) && path.split('/').length > 2
}

function isIdentity(value: unknown): value is ProcessIdentity & Record<string, unknown> {
  return (
    isRecord(value) &&
    Number.isSafeInteger(value.pid) &&
    Number(value.pid) > 1 &&
    typeof value.startTime === 'string'
  )
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
