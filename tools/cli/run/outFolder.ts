import { existsSync, readdirSync } from 'node:fs'
import { isAbsolute, join, resolve } from 'node:path'
import { BenchError } from '../../../protocol/errors.ts'
import { isOutOfRoom } from '../../../protocol/writeFailure.ts'
import { makeFolder } from '../../makeFolder.ts'
import { openJournal } from '../../runtimes/journal.ts'
import { benchFolder } from '../benchVersion.ts'

/**
 * Where a run writes: `--out`, or a folder of its own under runs/. A folder that holds something else is never written
 * into. The journal holds it until this process ends by itself.
 */
export function makeOutFolder(out: string | undefined, startedAt: Date, seed: number): string {
  const folder = out === undefined ? defaultFolder(startedAt, seed) : resolve(out)
  try {
    // Before anything is written down: what is somebody else's must never be in the journal.
    if (existsSync(folder) && readdirSync(folder).length > 0)
      throw new BenchError('USAGE', `--out ${out}: the folder is not empty`, {
        remedy: 'name a folder that does not exist yet, or remove what is in it',
      })
    process.once('exit', openJournal().add([{ kind: 'run-folder', path: folder }]))
    makeFolder(folder)
  } catch (error) {
    if (error instanceof BenchError) throw error
    const code = isOutOfRoom(error) ? 'DISK_FULL' : 'USAGE'
    throw new BenchError(code, `--out ${out ?? folder}: cannot be made (${reasonOf(error)})`, {
      remedy: 'name a folder that can be made and written',
      cause: error,
    })
  }
  return folder
}

function defaultFolder(startedAt: Date, seed: number): string {
  const stamp = startedAt.toISOString().slice(0, 19).replaceAll(':', '').replace('T', '-')
  const base = join(benchFolder, 'runs', `${stamp}-seed${seed}`)
  for (let n = 1; n < 1000; n++) {
    const folder = n === 1 ? base : `${base}-${n}`
    if (!existsSync(folder)) return folder
  }
  return base
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** The path as a person in the current folder would type it. */
export function shownPath(path: string): string {
  const here = process.cwd()
  if (!isAbsolute(path)) return path
  return path.startsWith(`${here}/`) ? path.slice(here.length + 1) : path
}
