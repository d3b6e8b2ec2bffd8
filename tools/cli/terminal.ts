import type { Terminal } from './command.ts'

/**
 * Standard output and error as a command uses them. On a terminal a status line is overwritten by the next line; in a
 * pipe it is left out. The first Ctrl-C or SIGTERM aborts the signal and lets the command clean up; a second one ends the
 * process at once.
 */
export function openTerminal(): Terminal & { close(): void } {
  const controller = new AbortController()
  const live = process.stderr.isTTY === true
  let statusShown = false

  const clearStatus = () => {
    if (!statusShown) return
    process.stderr.write('\r\x1b[K')
    statusShown = false
  }
  const onSignal = () => {
    if (controller.signal.aborted) endAtOnce()
    clearStatus()
    process.stderr.write('bench: interrupted, stopping what was started (again = at once)\n')
    controller.abort(new Error('interrupted'))
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  // A reader that goes away (`./bench list | head`) ends the output, not the work: nothing half-done is left behind.
  process.stdout.on('error', () => {})
  process.stderr.on('error', () => {})

  return {
    out: (line) => {
      clearStatus()
      process.stdout.write(`${line}\n`)
    },
    note: (line) => {
      clearStatus()
      process.stderr.write(`${line}\n`)
    },
    status: (line) => {
      if (!live) return
      const width = (process.stderr.columns ?? 80) - 1
      process.stderr.write(`\r\x1b[K${line.slice(0, width)}`)
      statusShown = true
    },
    signal: controller.signal,
    close: () => {
      clearStatus()
      process.off('SIGINT', onSignal)
      process.off('SIGTERM', onSignal)
    },
  }
}

/** What was started is not stopped any more: the journal keeps its entries for `bench clean`. */
function endAtOnce(): never {
  process.removeAllListeners('exit')
  return process.exit(130)
}
