/** Judges evidence: properties, then the verdict. Pure, so that an old recording can be judged again. */
import type { Connection } from '../../tools/dissect/trace.ts'
import { isUndecryptable } from '../properties/views.ts'
import type { Evidence, Property } from './evidence.ts'
import type { TestPurpose } from './testPurpose.ts'
import {
  type ControlResult,
  type Judged,
  type JudgedProperty,
  type Outcome,
  verdictOf,
} from './verdict.ts'

/** What acting came to; stored as JSON beside the recording, because the recording alone does not tell. */
export interface StoredOutcome {
  readonly purposeId: string
  /** Absent: the judged part never ended. */
  readonly outcome?: Outcome
  readonly controls: readonly ControlResult[]
  /** Judged with conceptual passes as fails. */
  readonly strict?: boolean
  /** Trouble outside the judged part: bring-up, preamble, time-out, shutdown. */
  readonly trouble?: Outcome
}

export interface JudgedEvidence extends Judged {
  readonly properties: readonly JudgedProperty[]
}

export function judgeEvidence(
  purpose: Pick<TestPurpose, 'behaviour' | 'properties'>,
  evidence: Evidence | undefined,
  stored: StoredOutcome,
): JudgedEvidence {
  const properties =
    evidence === undefined ? [] : purpose.properties.map((property) => judge(property, evidence))
  const judged = verdictOf({
    behaviour: purpose.behaviour,
    outcome: stored.outcome,
    controls: stored.controls,
    trouble: stored.trouble,
    properties,
    recording: evidence === undefined ? undefined : recordingOf(evidence),
    undecryptable: evidence === undefined ? [] : undecryptable(evidence.trace.connections),
    strict: stored.strict ?? false,
  })
  return { ...judged, properties }
}

function judge(property: Property, evidence: Evidence): JudgedProperty {
  const { name, claim, requirement } = property
  try {
    return { name, claim, requirement, ...property.check(evidence) }
  } catch (thrown) {
    const defect = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown)
    const because = 'the property could not be evaluated'
    return { name, claim, requirement, result: 'not-observed', because, frames: [], defect }
  }
}

function recordingOf({ trace }: Evidence): { frames: number; problems: readonly string[] } {
  const gaps = trace.connections
    .filter((connection) => connection.gap)
    .map((connection) => `octets are missing from connection ${connection.id}`)
  return {
    frames: trace.recording.frames,
    problems: [...trace.recording.problems, ...gaps],
  }
}

function undecryptable(connections: readonly Connection[]): string[] {
  return connections.filter(isUndecryptable).map(({ id, wire, association }) => {
    const suite = association?.suite?.name ?? 'an unknown suite'
    return `connection ${id} on ${wire}, ${suite} (${association?.decryption})`
  })
}
