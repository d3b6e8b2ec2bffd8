import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BenchError } from '../../protocol/errors.ts'
import type { Evidence, TesterNotes } from '../../suites/framework/evidence.ts'
import type { Plan } from '../../topologies/plan.ts'
import { readEvidence } from './readEvidence.ts'
import { storedPaths } from './storedEvidence.ts'

/**
 * The evidence of one execution from its folder: the recording is read again, so that an altered one is judged as it is
 * now. @throws BenchError FILE_UNREADABLE, RECORD_INVALID, RECORDING_INVALID
 */
export async function loadEvidence(folder: string): Promise<Evidence> {
  const paths = storedPaths(folder)
  const plan = await readStored<Plan>(paths.plan, planFields)
  const notes = await readStored<TesterNotes>(paths.notes, notesFields)
  return readEvidence(folder, await recordingIn(folder), { plan, notes })
}

/** Lists that properties walk through; what they hold was written by this bench. */
const planFields: readonly (keyof Plan)[] = ['nodes', 'links', 'credentials', 'levels']
const notesFields: readonly (keyof TesterNotes)[] = [
  'canaries',
  'expectedJourneys',
  'testerConnections',
  'impersonated',
  'timeline',
]

async function readStored<T extends object>(path: string, lists: readonly (keyof T)[]): Promise<T> {
  const value = parse(path, await textOf(path))
  const missing = lists.filter((name) => !Array.isArray(Object(value)[name]))
  if (missing.length === 0) return value as T
  throw new BenchError('RECORD_INVALID', `${path}: has no list ${missing.join(', ')}`, {
    remedy: 'verify the folder of a run as the bench wrote it',
  })
}

function parse(path: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new BenchError('RECORD_INVALID', `${path}: is not JSON`, {
      remedy: 'verify the folder of a run as the bench wrote it',
      cause,
    })
  }
}

async function recordingIn(folder: string): Promise<string> {
  const [first, second] = (await readdir(folder)).filter((name) => name.endsWith('.pcapng'))
  if (first !== undefined && second === undefined) return join(folder, first)
  const count = first === undefined ? 'no recording' : 'more than one recording'
  throw new BenchError('FILE_UNREADABLE', `${folder}: ${count} (*.pcapng)`, {
    remedy: 'verify the folder of a run as the bench wrote it',
  })
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new BenchError('FILE_UNREADABLE', `${path}: cannot be read`, {
      remedy: 'verify the folder of a run as the bench wrote it',
      cause,
    })
  }
}
