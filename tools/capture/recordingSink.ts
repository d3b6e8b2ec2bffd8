import { chmodSync, closeSync, ftruncateSync, openSync, writeSync } from 'node:fs'
import { BenchError } from '../../protocol/errors.ts'
import { codeOfWriteFailure } from '../../protocol/writeFailure.ts'

/** Where the bytes of a recording go. `write` takes all of the bytes or throws, and then the file ends where it ended before. */
export interface RecordingSink {
  write(bytes: Uint8Array): void
  close(): void
}

/** Only the owner may read a recording: the secrets of its connections are in it. */
const ownerOnly = 0o600

/**
 * A file, emptied when it exists. Writing is synchronous on purpose: whoever produces faster than the disk takes is held
 * up, so that memory stays bounded. @throws BenchError FILE_UNREADABLE, DISK_FULL
 */
export function fileSink(path: string): RecordingSink {
  const file = openFile(path)
  let length = 0
  let open = true
  return {
    write(bytes) {
      try {
        for (let done = 0; done < bytes.length; ) {
          done += writeSync(file, bytes, done)
        }
        length += bytes.length
      } catch (cause) {
        ftruncateSync(file, length)
        throw cause
      }
    },
    close() {
      if (open) {
        open = false
        closeSync(file)
      }
    },
  }
}

function openFile(path: string): number {
  try {
    const file = openSync(path, 'w', ownerOnly)
    chmodSync(path, ownerOnly)
    return file
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    throw new BenchError(
      codeOfWriteFailure(cause),
      `the recording ${path} cannot be written (${String(code)})`,
      { remedy: 'choose a folder on a disk with free space that you may write to', cause },
    )
  }
}
