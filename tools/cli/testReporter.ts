import { writeFileSync } from 'node:fs'
import Mocha from 'mocha'

/**
 * Mocha reporter of the bench's own tests: a line per file, every failure in full at the end, and the counts in a file
 * so that the command adds up what really ran.
 */
export class TestReporter extends Mocha.reporters.Base {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options)
    const perFile = new Map<string, { passed: number; failed: number; skipped: number }>()
    const countFor = (test: Mocha.Test) => {
      const file = (test.file ?? 'unknown').replace(/^.*\/test\//, 'test/')
      const counts = perFile.get(file) ?? { passed: 0, failed: 0, skipped: 0 }
      perFile.set(file, counts)
      return counts
    }
    runner.on('pass', (test) => countFor(test).passed++)
    runner.on('pending', (test) => countFor(test).skipped++)
    runner.on('fail', (test) => countFor(test).failed++)
    runner.on('end', () => {
      for (const [file, { passed, failed, skipped }] of perFile) {
        const trouble = [
          failed > 0 ? `${failed} FAILED` : '',
          skipped > 0 ? `${skipped} SKIPPED` : '',
        ]
        console.log(
          `   ${file}: ${[`${passed} passed`, ...trouble].filter((text) => text !== '').join(', ')}`,
        )
      }
      if (this.failures.length > 0) Mocha.reporters.Base.list(this.failures)
      const file: unknown = options.reporterOptions?.file
      const { passes: passed, failures: failed, pending: skipped } = this.stats
      if (typeof file === 'string') writeFileSync(file, JSON.stringify({ passed, failed, skipped }))
    })
  }
}

// Mocha takes a reporter as the module's own export.
export { TestReporter as 'module.exports' }
