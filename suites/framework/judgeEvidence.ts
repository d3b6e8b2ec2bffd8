/** Judges evidence: properties, then the verdict. Pure, so that an old recording can be judged again. */
import type { Connection, Decryption } from '../../tools/dissect/trace.ts'
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
  options: { readonly strict: boolean } = { strict: false },
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
    strict: options.strict,
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

const unopened: ReadonlySet<Decryption> = new Set<Decryption>([
  'no-secret',
  'failed',
  'unsupported-suite',
])

/** A handshake that failed leaves nothing to read; one that was established, or that carried data, must open. */
function undecryptable(connections: readonly Connection[]): string[] {
  return connections.flatMap((connection) => {
    const { association } = connection
    if (association === undefined || !unopened.has(association.decryption)) return []
    const { client, server } = association.applicationRecords
    if (association.state !== 'established' && client + server === 0) return []
    const suite = association.suite?.name ?? 'an unknown suite'
    return [
      `connection ${connection.id} on ${connection.wire}, ${suite} (${association.decryption})`,
    ]
  })
}
