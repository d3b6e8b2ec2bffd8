import { rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { BenchError } from '../../../protocol/errors.ts'
import { isOutOfRoom } from '../../../protocol/writeFailure.ts'
import { makeFolder } from '../../makeFolder.ts'

/** Writes a whole file or nothing. A full disk is DISK_FULL and leaves no half-written file. */
export async function writeAtomically(path: string, text: string): Promise<void> {
  const temporary = `${path}.partial`
  try {
    makeFolder(dirname(path))
    await writeFile(temporary, text, { mode: 0o600 })
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    if (isOutOfRoom(error))
      throw new BenchError('DISK_FULL', `${path}: the disk is full`, {
        remedy: 'free some space (./bench clean removes what dead runs left), then run again',
        cause: error,
      })
    throw error
  }
}
