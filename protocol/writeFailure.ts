import type { ErrorCode } from './errors.ts'

/** The system's ways to say that a file has no more room: on the disk, in the quota, or below the size a file may have. */
const outOfRoom: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])

/** True for the system's error of a write that found no room. */
export function isOutOfRoom(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && outOfRoom.has(cause.code)
}

/** The code of a file or folder that could not be written. */
export function codeOfWriteFailure(cause: unknown): ErrorCode {
  return isOutOfRoom(cause) ? 'DISK_FULL' : 'FILE_UNREADABLE'
}
