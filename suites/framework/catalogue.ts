/** The list of all purposes: a spec file registers what it defines when it is imported. */
import { BenchError } from '../../protocol/errors.ts'
import { runContext } from './context.ts'
import { purposeProblems } from './purposeProblems.ts'
import type { NegativePurpose, PositivePurpose, TestPurpose } from './testPurpose.ts'

const registered = new Map<string, TestPurpose>()

/**
 * Registers a purpose; of a negative one, control and judge are given what the stimulus returned. Throws BenchError
 * INTERNAL when its data is incomplete or its id is taken. When mocha loads the file for a run (a run context is set), it
 * becomes a mocha test as well; otherwise nothing but the registration happens.
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
  if (runContext() !== undefined && typeof globalThis.describe === 'function') {
    defineTests([erased])
  }
}

/** Everything registered so far, in order of id. */
export function catalogue(): readonly TestPurpose[] {
  return [...registered.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
}

/** The group of a purpose: its id without the number, e.g. `BTP/SAEF/PSK`. */
export function groupOf({ id }: { readonly id: string }): string {
  return id.slice(0, id.lastIndexOf('/'))
}

/**
 * Defines mocha tests for purposes whose spec files were imported before mocha loaded (modules are evaluated once).
 * Call it while mocha is loading files.
 */
export function defineTests(purposes: readonly TestPurpose[]): void {
  for (const [group, members] of Map.groupBy(purposes, groupOf)) {
    describe(group, () => {
      for (const member of members) defineTest(member)
    })
  }
}

function defineTest(member: TestPurpose): void {
  it(`${member.id} — ${member.title}`, async function () {
    // The framework bounds every purpose itself and says what it was waiting for.
    this.timeout(0)
    const context = runContext()
    if (context === undefined)
      throw new Error('no run context is set: start purposes with ./bench run')
    const { verdict, reason } = await context.execute(member)
    if (verdict === 'none') {
      // mocha keeps no reason for a skipped test but its title.
      if (this.test !== undefined) this.test.title += ` (${reason})`
      this.skip()
    }
    if (verdict !== 'pass') throw new Error(`${verdict}: ${reason}`)
  })
}
