/** Runs one purpose: bring-up, probe, body or control–fault–control, stop, evidence, properties, verdict. */
import type { Bench, EvidenceArtefact, MutantAt } from './bench.ts'
import type { Evidence } from './evidence.ts'
import type { StoredOutcome } from './judgeEvidence.ts'
import type { TestPurpose } from './testPurpose.ts'
import type { ControlResult, Grade, JudgedProperty, Verdict } from './verdict.ts'

export interface ExecuteOptions {
  /** Turns conceptual passes into fails. Default false. */
  readonly strict?: boolean
  /** Misbehaviours to switch on. Default none. */
  readonly mutants?: readonly MutantAt[]
  /** Ends the purpose early; the verdict is then `inconc` and says so. */
  readonly signal?: AbortSignal
  /** Milliseconds since the epoch; default the real clock. */
  readonly now?: () => number
}

export interface PurposeResult {
  readonly purpose: TestPurpose
  readonly verdict: Verdict
  readonly grade: Grade
  readonly reason: string
  readonly startedAtMs: number
  readonly durationMs: number
  readonly controls: readonly ControlResult[]
  readonly properties: readonly JudgedProperty[]
  readonly mutants: readonly MutantAt[]
  /** Absent when the network never came up or the recording could not be read. */
  readonly evidence?: Evidence
  readonly artefacts: readonly EvidenceArtefact[]
  /** To be stored beside the recording, so that `bench verify` comes to the same verdict. */
  readonly stored: StoredOutcome
}

/** Never rejects: whatever goes wrong becomes the verdict. */
export async function executePurpose(
  _purpose: TestPurpose,
  _bench: Bench,
  _options: ExecuteOptions = {},
): Promise<PurposeResult> {
  throw new Error('not written yet')
}

/** The result of a purpose that was not run, with the reason why not. */
export function notSelected(_purpose: TestPurpose, _because: string, _atMs: number): PurposeResult {
  throw new Error('not written yet')
}
