import type { RequestOutcome } from '../../protocol/exchange.ts'
import type { LoadPlan } from './loadContract.ts'
import type { LoadSurroundings } from './loadRun.ts'

/** The way requests of a load take to the peer: bounded, and over a new association every so often. */
export interface Lane {
  /** Sends, or queues until the worn-out association is free; false: the bound is reached and the request is not taken. */
  offer(dueMs: number): boolean
  /** Taken, and without an outcome. */
  readonly open: number
  /** Nothing more is sent or told. */
  close(): void
}

export interface LaneOptions {
  readonly plan: Pick<LoadPlan, 'request' | 'mostInFlight' | 'reconnectEvery'>
  readonly around: Pick<LoadSurroundings, 'send' | 'disconnect'>
  readonly onSent: (dueMs: number) => void
  readonly onEnded: (dueMs: number, outcome: RequestOutcome) => void
}

export function openLane({ plan, around, onSent, onEnded }: LaneOptions): Lane {
  const { mostInFlight, reconnectEvery = Number.POSITIVE_INFINITY } = plan
  const waiting: number[] = []
  let sent = 0
  let sentOnAssociation = 0
  let closed = false

  function sendWaiting(): void {
    while (waiting.length > 0 && !closed) {
      const isWornOut = sentOnAssociation >= reconnectEvery
      // An association is ended only when nothing is out on it: its end would take that with it.
      if (isWornOut && sent > 0) return
      if (isWornOut) {
        around.disconnect()
        sentOnAssociation = 0
      }
      send(waiting.shift() ?? 0)
    }
  }

  function send(dueMs: number): void {
    sent += 1
    sentOnAssociation += 1
    onSent(dueMs)
    around.send(plan.request).then((outcome) => {
      sent -= 1
      if (closed) return
      onEnded(dueMs, outcome)
      sendWaiting()
    })
  }

  return {
    offer(dueMs) {
      if (sent + waiting.length >= mostInFlight) return false
      waiting.push(dueMs)
      sendWaiting()
      return true
    },
    get open() {
      return sent + waiting.length
    },
    close() {
      closed = true
    },
  }
}
