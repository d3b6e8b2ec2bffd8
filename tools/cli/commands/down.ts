import { watch } from 'node:fs/promises'
import { type Command, exitCode, parseOptions } from '../command.ts'
import { shownPath } from '../run/outFolder.ts'
import { runningNetwork, stateFolder } from '../upState.ts'

export const down: Command = {
  usage: '',
  help: '  Waits until it is gone; the recording stays in its folder.',
  async run(args, terminal) {
    parseOptions('down', '', args, {}, { min: 0, max: 0 })
    const network = runningNetwork()
    if (network === undefined) {
      terminal.out('no network is up')
      return exitCode.nothingExecuted
    }
    if (!(await networkEnds(network.pid))) {
      terminal.note(`bench: process ${network.pid} does not end; ./bench clean after ending it`)
      return exitCode.inconclusive
    }
    terminal.out(
      `${network.topology} is down; what was recorded is in ${shownPath(network.folder)}`,
    )
    return exitCode.passed
  },
}

const endTimeoutMs = 10_000

/** The network takes its note away when it is gone: waits for that, bounded. */
async function networkEnds(pid: number): Promise<boolean> {
  const isGone = () => runningNetwork()?.pid !== pid
  try {
    const changes = watch(stateFolder, { signal: AbortSignal.timeout(endTimeoutMs) })
    process.kill(pid, 'SIGTERM')
    for await (const _ of changes) if (isGone()) return true
  } catch (error) {
    if (!(error instanceof Error && error.name === 'AbortError')) throw error
  }
  return isGone()
}
