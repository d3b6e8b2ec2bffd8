/** Whose fault a failure is; decides the wording of the message and the exit code. */
export type Fault = 'bench' | 'environment' | 'peer' | 'caller'

/**
 * Every code the bench can raise, with whose fault it is. One row per code; `docs/errors.md` explains each
 * and `test/errors.test.ts` keeps the two in step.
 */
export const errorCodes = {
  USAGE: 'caller',
  FILE_UNREADABLE: 'caller',
  TOPOLOGY_INVALID: 'caller',
  LOAD_INVALID: 'caller',
  RECORD_INVALID: 'caller',
  RECORDING_INVALID: 'caller',
  UNKNOWN_PURPOSE: 'caller',
  NODE_CONFIGURATION_INVALID: 'caller',
  NODE_START_FAILED: 'environment',
  ADDRESS_IN_USE: 'environment',
  DISK_FULL: 'environment',
  CAPABILITY_MISSING: 'environment',
  ENGINE_FAILED: 'environment',
  FABRIC_LOST: 'environment',
  TIMED_OUT: 'peer',
  HANDSHAKE_FAILED: 'peer',
  CONTROL_REFUSED: 'peer',
  UNSUPPORTED: 'peer',
  INTERRUPTED: 'caller',
  INTERNAL: 'bench',
} as const satisfies Record<string, Fault>

export type ErrorCode = keyof typeof errorCodes

/** Where in a file people write the trouble is; line and column count from 1. */
export interface FilePosition {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** The one error class of the bench: a stable code, what is wrong, and what to do about it. */
export class BenchError extends Error {
  readonly code: ErrorCode
  readonly fault: Fault
  readonly remedy: string | undefined

  constructor(
    code: ErrorCode,
    message: string,
    options: { remedy?: string; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'BenchError'
    this.code = code
    this.fault = errorCodes[code]
    this.remedy = options.remedy
  }
}
