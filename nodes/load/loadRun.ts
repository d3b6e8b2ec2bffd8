import type { OutgoingRequest, RequestOutcome } from '../../protocol/exchange.ts'
import { arrivals } from './arrivals.ts'
import { openLane } from './lane.ts'
import type { LoadPlan, LoadReport } from './loadContract.ts'
import { countSlots } from './slotCounts.ts'

/** What a load needs of the world around it. */
export interface LoadSurroundings {
  /** Milliseconds since the epoch, with fractions; never runs backwards. */
  now(): number
  /** Calls back once at that time or later; the answer takes it back. */
  wakeAt(atMs: number, wake: () => void): () => void
  /** Never rejects. */
  send(request: OutgoingRequest): Promise<RequestOutcome>
  /** Ends the association; the next request makes a new one. Only called while no request is out. */
  disconnect(): void
  /** Every request has its outcome, or the load was stopped. Called once. */
  ended(report: LoadReport): void
}

export interface LoadRun {
  report(): LoadReport
  /** Nothing more is offered; what is out is not waited for. */
  stop(): void
}

/**
 * Offers the requests of a plan at their due times, whether or not the earlier ones were answered, and measures each from its
 * due time: a peer that stalls delays only itself, and every request that had to wait for it shows.
 */
export function startLoad(plan: LoadPlan, around: LoadSurroundings): LoadRun {
  const slotZeroMs = plan.startAtMs + plan.rampMs + plan.warmUpMs
  const counts = countSlots(plan.slotMs)
  const due = arrivals(plan)
  const sinceZero = (ms: number) => ms - slotZeroMs
  let state: LoadReport['state'] = 'waiting'
  const lane = openLane({
    plan,
    around,
    onSent: (dueMs) => counts.sent(sinceZero(dueMs), sinceZero(around.now())),
    onEnded(dueMs, outcome) {
      counts.ended(sinceZero(dueMs), sinceZero(around.now()), outcome)
      endIfDone()
    },
  })
  let next = nextDue()
  let sleepAgain = around.wakeAt(next ?? plan.startAtMs, tick)

  function nextDue(): number | undefined {
    const { value, done } = due.next()
    return done === true ? undefined : plan.startAtMs + value
  }

  function tick(): void {
    state = 'running'
    // Whatever fell due while the event loop was busy is offered now, and measured from when it was due.
    for (; next !== undefined && next <= around.now(); next = nextDue()) {
      counts.offer(sinceZero(next))
      if (!lane.offer(next)) counts.shed(sinceZero(next))
    }
    if (next === undefined) state = 'draining'
    else sleepAgain = around.wakeAt(next, tick)
    endIfDone()
  }

  function endIfDone(): void {
    if (state !== 'draining' || lane.open > 0) return
    state = 'ended'
    around.ended(report())
  }

  function report(): LoadReport {
    return { state, inFlight: lane.open, slots: counts.slots }
  }

  return {
    report,
    stop() {
      if (state === 'ended' || state === 'stopped') return
      state = 'stopped'
      sleepAgain()
      lane.close()
      around.ended(report())
    },
  }
}
