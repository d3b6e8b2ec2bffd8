import type { Impairment } from './fabric.ts'

/** One direction of a connection: hands items on in order, each when its delay is over and the line is free. */
export interface Lane<T> {
  push(item: T, bytes: number): void
  /** Bytes not handed on yet. */
  readonly waiting: number
  /** Forgets what waits; nothing is handed on afterwards. */
  stop(): void
}

export interface LaneOptions<T> {
  /** Asked for each item, so that a change applies to what comes after it. */
  readonly impairment: () => Impairment
  readonly deliver: (item: T) => void
}

interface Waiting<T> {
  readonly item: T
  readonly bytes: number
  readonly dueMs: number
}

export function makeLane<T>(options: LaneOptions<T>): Lane<T> {
  const queue: Waiting<T>[] = []
  let waiting = 0
  let freeAtMs = 0
  let timer: NodeJS.Timeout | undefined
  let stopped = false

  /** When an item may leave, apart from what is still queued before it: the line has sent it and the delay is over. */
  function dueTime(bytes: number): number {
    const { delayMs = 0, limitBytesPerS } = options.impairment()
    const nowMs = performance.now()
    if (limitBytesPerS !== undefined) {
      freeAtMs = Math.max(nowMs, freeAtMs) + (bytes * 1000) / limitBytesPerS
    } else {
      freeAtMs = nowMs
    }
    return freeAtMs + delayMs
  }

  function deliverDue(): void {
    timer = undefined
    for (let first = queue[0]; first !== undefined; first = queue[0]) {
      const inMs = first.dueMs - performance.now()
      if (inMs > 0) {
        timer = setTimeout(deliverDue, Math.ceil(inMs))
        return
      }
      queue.shift()
      waiting -= first.bytes
      options.deliver(first.item)
    }
  }

  return {
    push(item, bytes) {
      if (stopped) {
        return
      }
      const dueMs = dueTime(bytes)
      if (queue.length === 0 && dueMs <= performance.now()) {
        options.deliver(item)
        return
      }
      waiting += bytes
      queue.push({ item, bytes, dueMs })
      timer ??= setTimeout(deliverDue, Math.max(0, Math.ceil(dueMs - performance.now())))
    },
    get waiting() {
      return waiting
    },
    stop() {
      stopped = true
      clearTimeout(timer)
      queue.length = 0
      waiting = 0
    },
  }
}
