import { cleanAll } from '../../runtimes/journal.ts'
import { benchFolder } from '../benchVersion.ts'
import { type Command, exitCode, parseOptions } from '../command.ts'
import { forgetNetwork } from '../upState.ts'

export const clean: Command = {
  summary: 'remove what dead runs left: processes, folders of keys, half-written recordings',
  usage: '',
  help: '  Runs that are still alive and finished runs under runs/ are left alone.',
  async run(args, terminal) {
    parseOptions('clean', '', args, {}, { min: 0, max: 0 })
    const removed = await cleanAll(benchFolder)
    forgetNetwork()
    for (const thing of removed) terminal.out(`removed ${thing}`)
    if (removed.length === 0) terminal.out('nothing was left over')
    return exitCode.passed
  },
}
