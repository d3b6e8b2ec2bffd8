import document from './baseline.schema.json' with { type: 'json' }
import type { Verdict } from './runRecord.ts'
import { firstMisfit, type Schema } from './schema.ts'

/** What a run is expected to be: every purpose passes, except those listed. */
export interface Baseline {
  readonly schemaVersion: 1
  readonly expected: readonly ExpectedVerdict[]
}

/** A verdict that is known and accepted for a while. */
export interface ExpectedVerdict {
  readonly id: string
  readonly verdict: Exclude<Verdict, 'none' | 'pass'>
  readonly reason: string
  /** Who answers for it. */
  readonly owner: string
  /** Last day on which it counts, `YYYY-MM-DD`, UTC. */
  readonly expires: string
}

/** Why a baseline is refused; `path` is a JSON pointer (RFC 6901), empty for the whole file. */
export interface BaselineError {
  readonly code: 'NOT_JSON' | 'BASELINE_INVALID'
  readonly file: string
  readonly path: string
  readonly message: string
  readonly remedy: string
}

export type ParsedBaseline =
  | { readonly ok: true; readonly value: Baseline }
  | { readonly ok: false; readonly error: BaselineError }

/** The published JSON schema of the baseline. */
export const baselineSchema: Schema = document

/** Parses the text of a baseline. Unknown fields, entries without reason or end, and an id given twice are refused. */
export function parseBaseline(text: string, file: string): ParsedBaseline {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause)
    return refused('NOT_JSON', file, '', `is not JSON: ${message}`)
  }
  const misfit = firstMisfit(baselineSchema, value)
  if (misfit !== undefined) {
    const problem = `at ${misfit.path || 'the top'}: ${misfit.expected} is expected`
    return refused('BASELINE_INVALID', file, misfit.path, problem)
  }
  const baseline = value as Baseline
  const ids = baseline.expected.map((entry) => entry.id)
  const twice = ids.findIndex((id, index) => ids.indexOf(id) !== index)
  if (twice >= 0) {
    return refused(
      'BASELINE_INVALID',
      file,
      `/expected/${twice}/id`,
      `${ids[twice]} is given twice`,
    )
  }
  return { ok: true, value: baseline }
}

function refused(
  code: BaselineError['code'],
  file: string,
  path: string,
  problem: string,
): ParsedBaseline {
  const remedy = 'give schemaVersion 1 and, per entry, id, verdict, reason, owner and expires'
  return { ok: false, error: { code, file, path, message: `${file}: ${problem}`, remedy } }
}
