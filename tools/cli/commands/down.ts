import { watch } from 'node:fs'
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
  const { promise, resolve } = Promise.withResolvers<void>()
  const bound = AbortSignal.timeout(endTimeoutMs)
  bound.addEventListener('abort', () => resolve())
  // Watched from before the signal is sent: a network may be gone at once.
  const watcher = watch(stateFolder, () => {
    if (isGone()) resolve()
  })
  try {
    process.kill(pid, 'SIGTERM')
    await promise
  } finally {
    watcher.close()
  }
  return isGone()
}
