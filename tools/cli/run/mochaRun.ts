import Mocha from 'mocha'
import { groupOf } from '../../../suites/framework/catalogue.ts'
import type { PurposeResult } from '../../../suites/framework/execute.ts'
import type { TestPurpose } from '../../../suites/framework/testPurpose.ts'

/**
 * Runs purposes as mocha tests, a suite per group: one `Mocha` per call, so that a process can run several times.
 * A purpose that does not pass is a failing test with its reason. Resolves with the results in order of execution; after
 * an abort the purposes that did not run are left out.
 */
export async function runUnderMocha(
  purposes: readonly TestPurpose[],
  options: {
    readonly execute: (purpose: TestPurpose) => Promise<PurposeResult>
    readonly onResult: (result: PurposeResult) => void
    readonly signal: AbortSignal
  },
): Promise<PurposeResult[]> {
  const results: PurposeResult[] = []
  const mocha = new Mocha({ reporter: silent, timeout: 0, bail: false })
  for (const [group, members] of byGroup(purposes)) {
    const suite = Mocha.Suite.create(mocha.suite, group)
    for (const purpose of members)
      suite.addTest(
        new Mocha.Test(`${purpose.id} — ${purpose.title}`, async () => {
          const result = await options.execute(purpose)
          results.push(result)
          options.onResult(result)
          if (result.verdict !== 'pass' && result.verdict !== 'none') throw new Error(result.reason)
        }),
      )
  }
  await new Promise<void>((resolve) => {
    const runner = mocha.run(() => resolve())
    options.signal.addEventListener('abort', () => runner.abort(), { once: true })
    if (options.signal.aborted) runner.abort()
  })
  return results
}

function byGroup(purposes: readonly TestPurpose[]): Map<string, TestPurpose[]> {
  const groups = new Map<string, TestPurpose[]>()
  for (const purpose of purposes) {
    const members = groups.get(groupOf(purpose)) ?? []
    members.push(purpose)
    groups.set(groupOf(purpose), members)
  }
  return groups
}

/** The command line prints verdicts itself, as they come. */
class SilentReporter extends Mocha.reporters.Base {}
const silent: Mocha.ReporterConstructor = SilentReporter
