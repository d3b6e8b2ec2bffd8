import document from './runRecord.schema.json' with { type: 'json' }
import { type RunRecord, runRecordVersion } from './runRecord.ts'
import { firstMisfit, type Schema } from './schema.ts'
import { contradictionsOf } from './summary.ts'

/** Why a record is refused: where, what was there, and what to do about it. */
export interface RecordError {
  readonly code: RecordErrorCode
  /** The file, as the caller named it. */
  readonly file: string
  /** JSON pointer (RFC 6901) to the trouble; empty = the whole file. */
  readonly path: string
  /** What was found there, shortened. */
  readonly value: string
  /** One sentence with file, place and value. */
  readonly message: string
  readonly remedy: string
}

export type RecordErrorCode =
  /** The file cannot be read, or is larger than any record. */
  | 'FILE_UNREADABLE'
  | 'NOT_JSON'
  | 'VERSION_MISMATCH'
  /** Does not fit the schema. */
  | 'RECORD_INVALID'
  /** Fits the schema, but says two things that cannot both be true. */
  | 'RECORD_CONTRADICTS'

export type ParsedRecord =
  | { readonly ok: true; readonly value: RunRecord }
  | { readonly ok: false; readonly error: RecordError }

/** Largest record that is read, in bytes. */
export const recordLimitBytes = 256 * 1024 * 1024

/** The published JSON schema of the record. */
export const runRecordSchema: Schema = document

/** Parses the text of a `run.json`. Unknown fields, unknown versions and contradictions are refused. */
export function parseRunRecord(text: string, file = 'run.json'): ParsedRecord {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    return refused(file, 'NOT_JSON', {
      path: '',
      value: shorten(text),
      problem: `is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`,
    })
  }
  const version = versionOf(value)
  if (version !== runRecordVersion) {
    return refused(file, 'VERSION_MISMATCH', {
      path: '/schemaVersion',
      value: shorten(version),
      problem: `has schema version ${shorten(version)}, this bench reads version ${runRecordVersion}`,
    })
  }
  const misfit = firstMisfit(runRecordSchema, value)
  if (misfit !== undefined) {
    return refused(file, 'RECORD_INVALID', {
      path: misfit.path,
      value: shorten(misfit.value),
      problem: `at ${misfit.path || 'the top'}: ${shorten(misfit.value)} where ${misfit.expected} is expected`,
    })
  }
  const record = value as RunRecord
  const [contradiction] = contradictionsOf(record)
  if (contradiction !== undefined) {
    return refused(file, 'RECORD_CONTRADICTS', { path: '', value: '', problem: contradiction })
  }
  return { ok: true, value: record }
}

function versionOf(value: unknown): unknown {
  const isObject = typeof value === 'object' && value !== null && 'schemaVersion' in value
  return isObject ? value.schemaVersion : undefined
}

function refused(
  file: string,
  code: keyof typeof remedies,
  found: { readonly path: string; readonly value: string; readonly problem: string },
): ParsedRecord {
  const { path, value, problem } = found
  const message = `${file}: ${problem}`
  return { ok: false, error: { code, file, path, value, message, remedy: remedies[code] } }
}

const remedies = {
  NOT_JSON: 'name the run.json that `./bench run` wrote',
  VERSION_MISMATCH: 'read the record with the version of the bench that wrote it, or run again',
  RECORD_INVALID:
    'the record was changed or cut short after the run; take the original, or run again',
  RECORD_CONTRADICTS: 'judge the recordings again with `./bench verify`',
} as const

/** Shows what stood there; never walks into it, since it may be as deep as its author liked. */
function shorten(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return `an array of ${value.length}`
  if (typeof value === 'object' && value !== null) return 'an object'
  const text = JSON.stringify(value)
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}
