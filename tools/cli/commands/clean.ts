import { sweepEngine } from '../../engine/sweep.ts'
import { cleanAll } from '../../runtimes/journal.ts'
import { benchFolder } from '../benchVersion.ts'
import { type Command, exitCode, parseOptions } from '../command.ts'
import { inspectEngine } from '../containerEngine.ts'
import { forgetNetwork } from '../upState.ts'

const usage = '[--foreign]'

export const clean: Command = {
  usage,
  help: [
    '  Runs that are still alive and finished runs under runs/ are left alone.',
    '  --foreign   in the container engine also what runs of other machines made, whether they go on or not',
  ].join('\n'),
  async run(args, terminal) {
    const options = { foreign: { type: 'boolean' } } as const
    const { values } = parseOptions('clean', usage, args, options, { min: 0, max: 0 })
    const removed = [...(await cleanAll(benchFolder))]
    forgetNetwork()
    // Where no engine answers, nothing of ours can run in one.
    const { engine } = await inspectEngine()
    if (engine !== undefined) {
      const swept = await sweepEngine(engine, { images: true, foreign: values.foreign === true })
      removed.push(...swept.removed)
      for (const line of swept.left) terminal.note(`left ${line}`)
    }
    for (const thing of removed) terminal.out(`removed ${thing}`)
    if (removed.length === 0) terminal.out('nothing was left over')
    return exitCode.passed
  },
}
