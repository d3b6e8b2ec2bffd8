/** The list of all purposes: a spec file registers what it defines when it is imported. */
import { BenchError } from '../../protocol/errors.ts'
import { purposeProblems } from './purposeProblems.ts'
import type { NegativePurpose, PositivePurpose, TestPurpose } from './testPurpose.ts'

const registered = new Map<string, TestPurpose>()

/**
 * Registers a purpose; of a negative one, control and judge are given what the stimulus returned. Throws BenchError
 * INTERNAL when its data is incomplete or its id is taken.
 */
export function purpose<Observation>(given: PositivePurpose | NegativePurpose<Observation>): void {
  // Only its own stimulus ever feeds its control and judge, so that the observation's type can be forgotten here.
  const erased = given as TestPurpose
  const problems = purposeProblems(erased)
  if (registered.has(erased.id)) problems.push('the id is taken by another purpose')
  if (problems.length > 0) {
    throw new BenchError('INTERNAL', `purpose ${erased.id}: ${problems.join('; ')}`, {
      remedy: 'see docs/write-a-purpose.md',
    })
  }
  registered.set(erased.id, erased)
}

/** Everything registered so far, in order of id. */
export function catalogue(): readonly TestPurpose[] {
  return [...registered.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
}

/** The group of a purpose: its id without the number, e.g. `BTP/SAEF/PSK`. */
export function groupOf({ id }: { readonly id: string }): string {
  return id.slice(0, id.lastIndexOf('/'))
}
