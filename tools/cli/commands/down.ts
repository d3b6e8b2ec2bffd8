import { type Command, exitCode, parseOptions } from '../command.ts'
import { runningNetwork } from '../upState.ts'

export const down: Command = {
  summary: 'stop the network that ./bench up keeps running',
  usage: '',
  help: '  Waits until it is gone; the recording stays in its folder.',
  async run(args, terminal) {
    parseOptions('down', '', args, {}, { min: 0, max: 0 })
    const network = runningNetwork()
    if (network === undefined) {
      terminal.out('no network is up')
      return exitCode.nothingExecuted
    }
    process.kill(network.pid, 'SIGTERM')
    const deadlineMs = Date.now() + 10_000
    while (runningNetwork()?.pid === network.pid) {
      if (Date.now() > deadlineMs) {
        terminal.note(`bench: process ${network.pid} does not end; ./bench clean after ending it`)
        return exitCode.inconclusive
      }
      // There is no event for the end of a process that is not our child.
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
    terminal.out(`${network.topology} is down; what was recorded is in ${network.folder}`)
    return exitCode.passed
  },
}
