import { readFileSync, statSync } from 'node:fs'
import { BenchError } from '../protocol/errors.ts'

const limitBytes = 1024 * 1024

/** Text of a file that people write. Throws FILE_UNREADABLE with the remedy given. */
export function readText(path: string, remedy: string): string {
  try {
    if (statSync(path).size > limitBytes) throw new Error(`larger than ${limitBytes} bytes`)
    return readFileSync(path, 'utf8')
  } catch (cause) {
    const because = cause instanceof Error ? cause.message : String(cause)
    throw new BenchError('FILE_UNREADABLE', `${path}: ${because}`, { remedy, cause })
  }
}
