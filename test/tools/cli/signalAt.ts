/**
 * Loaded into a bench before its own code: sends it a signal at the n-th thing of a kind that it does, so that every run of
 * a test is interrupted at the same point, however quick the machine is. `SIGNAL_AT="connect 3 SIGINT"`.
 */
import { subscribe } from 'node:diagnostics_channel'
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

const [kind = '', count = '', signal = '', twice] = (process.env.SIGNAL_AT ?? '').split(' ')
// Programs that this one starts do their own things.
delete process.env.NODE_OPTIONS
delete process.env.SIGNAL_AT
let left = Number(count)

function happened(): void {
  left -= 1
  if (left !== 0) return
  // A terminal sends an interruption to everybody; a kill hits one process and leaves its children alone.
  process.kill(signal === 'SIGKILL' ? process.pid : 0, signal)
  // The first of two is taken before the second comes: a pending signal is not counted.
  if (twice !== undefined) setImmediate(() => process.kill(0, signal))
}

/** Calls before the function it stands for. */
function before<T extends readonly unknown[], R>(real: (...args: T) => R): (...args: T) => R {
  return (...args) => {
    happened()
    return real(...args)
  }
}

const kinds: Readonly<Record<string, () => void>> = {
  /** A socket begins to listen. */
  listen: () => subscribe('tracing:net.server.listen:asyncStart', happened),
  /** A connection is begun. */
  connect: () => subscribe('net.client.socket', happened),
  /** A connection has come in. */
  accept: () => subscribe('net.server.socket', happened),
  /** A line is printed on standard output. */
  line: () => {
    const { write } = process.stdout
    process.stdout.write = before(write.bind(process.stdout)) as typeof write
  },
  /** Octets go into a recording. */
  record: () => {
    fs.writeSync = before(fs.writeSync) as typeof fs.writeSync
  },
  /** An entry of the journal is complete but not in its place yet. */
  journal: () => {
    fs.renameSync = before(fs.renameSync)
  },
  /** A file of the run (outcome, record, report) is complete but not in its place yet. */
  report: () => {
    fs.promises.rename = before(fs.promises.rename)
  },
}
kinds[kind]?.()
syncBuiltinESMExports()
