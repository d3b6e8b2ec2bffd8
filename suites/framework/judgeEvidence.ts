/** Judges evidence: properties, then the verdict. Pure, so that an old recording can be judged again. */
import type { Evidence } from './evidence.ts'
import type { TestPurpose } from './testPurpose.ts'
import type { ControlResult, Judged, JudgedProperty, Outcome } from './verdict.ts'

/** What acting came to; stored as JSON beside the recording, because the recording alone does not tell. */
export interface StoredOutcome {
  readonly purposeId: string
  readonly outcome?: Outcome
  readonly controls: readonly ControlResult[]
  readonly trouble?: Outcome
}

export interface JudgedEvidence extends Judged {
  readonly properties: readonly JudgedProperty[]
}

export function judgeEvidence(
  _purpose: TestPurpose,
  _evidence: Evidence | undefined,
  _stored: StoredOutcome,
  _options: { readonly strict: boolean } = { strict: false },
): JudgedEvidence {
  throw new Error('not written yet')
}
