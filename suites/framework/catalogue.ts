/** The list of all purposes: a spec file registers what it defines when it is imported. */
import type { NegativePurpose, PositivePurpose, TestPurpose } from './testPurpose.ts'

/**
 * Registers a purpose; of a negative one, control and judge are given what the stimulus returned. Throws BenchError
 * INTERNAL when its data is incomplete or its id is taken.
 */
export function purpose<Observation>(
  _purpose: PositivePurpose | NegativePurpose<Observation>,
): void {
  throw new Error('not written yet')
}

/** Everything registered so far, in order of id. */
export function catalogue(): readonly TestPurpose[] {
  throw new Error('not written yet')
}

/** What is wrong with a purpose's data; empty = nothing. */
export function purposeProblems(_purpose: TestPurpose): readonly string[] {
  throw new Error('not written yet')
}

/** The group of a purpose: its id without the number, e.g. `BTP/SAEF/PSK`. */
export function groupOf(_purpose: { readonly id: string }): string {
  throw new Error('not written yet')
}
