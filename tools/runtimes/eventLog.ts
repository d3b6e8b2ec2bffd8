import { createWriteStream, type WriteStream } from 'node:fs'
import { join } from 'node:path'
import type { NodeEvent } from '../../nodes/contract.ts'
import { BenchError } from '../../protocol/errors.ts'
import { bounded } from './bounded.ts'

/** What the nodes of a testbed said: kept, written to `<folder>/<node>.events.jsonl`, and waited for. */
export interface EventLog {
  readonly events: readonly NodeEvent[]
  add(event: NodeEvent): void
  /** First event, past or future, that satisfies. @throws BenchError TIMED_OUT, INTERRUPTED (also when the log closes) */
  waitFor(wanted: WantedEvent): Promise<NodeEvent>
  /** The last things a node said, oldest first, as JSON lines. */
  lastLines(node: string): readonly string[]
  /** Nothing is waited for afterwards; the files are complete. */
  close(): Promise<void>
}

export interface WantedEvent {
  readonly what: string
  readonly matches: (event: NodeEvent) => boolean
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}

interface Waiter {
  readonly what: string
  readonly matches: (event: NodeEvent) => boolean
  readonly resolve: (event: NodeEvent) => void
  readonly reject: (error: Error) => void
}

const linesShown = 20

export function openEventLog(folder: string): EventLog {
  const events: NodeEvent[] = []
  const waiters = new Set<Waiter>()
  const files = new Map<string, WriteStream>()
  let closed = false

  function fileOf(node: string): WriteStream {
    const known = files.get(node)
    if (known !== undefined) {
      return known
    }
    const file = createWriteStream(join(folder, `${node}.events.jsonl`), { mode: 0o600 })
    // The log is for people; a full disk shows in the recording, which is what is judged.
    file.on('error', () => {})
    files.set(node, file)
    return file
  }

  return {
    events,
    add(event) {
      events.push(event)
      if (!closed) {
        fileOf(event.node).write(`${JSON.stringify(event)}\n`)
      }
      for (const waiter of waiters) {
        if (waiter.matches(event)) {
          waiters.delete(waiter)
          waiter.resolve(event)
        }
      }
    },
    async waitFor({ what, matches, timeoutMs, signal }) {
      const past = events.find(matches)
      if (past !== undefined) {
        return past
      }
      if (closed) {
        throw stopped(what)
      }
      const { promise, resolve, reject } = Promise.withResolvers<NodeEvent>()
      const waiter = { what, matches, resolve, reject }
      waiters.add(waiter)
      try {
        return await bounded(promise, { what, timeoutMs, signal })
      } finally {
        waiters.delete(waiter)
      }
    },
    lastLines(node) {
      const own = events.filter((event) => event.node === node)
      return own.slice(-linesShown).map((event) => JSON.stringify(event))
    },
    async close() {
      closed = true
      for (const { what, reject } of waiters) {
        reject(stopped(what))
      }
      waiters.clear()
      await Promise.all([...files.values()].map(ended))
    },
  }
}

function stopped(what: string): BenchError {
  return new BenchError('INTERRUPTED', `the network was stopped while waiting for ${what}`)
}

/** Resolves whether or not the disk took everything. */
function ended(file: WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (file.closed) {
      resolve()
    } else {
      file.once('close', () => resolve())
      file.end()
    }
  })
}
