import { readFileSync } from 'node:fs'
import { BenchError } from '../../../protocol/errors.ts'

/** A JSON object from a file the bench wrote itself; `looksRight` guards against a file of another kind. */
export function readJson<T>(path: string, what: string, looksRight: (value: object) => boolean): T {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (typeof value === 'object' && value !== null && looksRight(value)) return value as T
  } catch (cause) {
    throw new BenchError('RECORD_INVALID', `${path}: not readable as ${what}`, {
      remedy: 'run the purpose again; files of a run are not made to be edited',
      cause,
    })
  }
  throw new BenchError('RECORD_INVALID', `${path}: holds something else than ${what}`, {
    remedy: 'run the purpose again; files of a run are not made to be edited',
  })
}
