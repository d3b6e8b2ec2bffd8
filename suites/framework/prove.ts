/** The tester tested: every purpose against every mutant it names, and once without. */
import type { Bench } from './bench.ts'
import type { PurposeResult } from './execute.ts'
import type { TestPurpose } from './testPurpose.ts'
import type { Verdict } from './verdict.ts'

export interface MisbehaviourInfo {
  readonly name: string
  readonly summary: string
  readonly origin?: string
}

export interface KillOptions {
  /** Every misbehaviour the nodes offer (nodes/misbehaviours.ts). */
  readonly misbehaviours: readonly MisbehaviourInfo[]
  readonly strict?: boolean
  readonly signal?: AbortSignal
  /** Called after each execution. */
  readonly onResult?: (result: PurposeResult) => void
}

export interface KillOutcome {
  readonly purpose: string
  readonly node: string
  readonly verdict: Verdict
  readonly killed: boolean
  readonly reason: string
}

export interface KillMatrix {
  /** One row per misbehaviour, also those nobody names; same shape as MutantRecord of the run record. */
  readonly mutants: readonly (MisbehaviourInfo & {
    readonly outcomes: readonly KillOutcome[]
    readonly killed: boolean
  })[]
  /** Runs without a mutant: each must pass, or its kills prove nothing. */
  readonly unmutated: readonly PurposeResult[]
  readonly mutated: readonly PurposeResult[]
  /** One line per defect of the bench: survivor, mutant nobody names, unknown mutant, purpose without a kill. */
  readonly defects: readonly string[]
}

export async function killMatrix(
  _purposes: readonly TestPurpose[],
  _bench: Bench,
  _options: KillOptions,
): Promise<KillMatrix> {
  throw new Error('not written yet')
}
