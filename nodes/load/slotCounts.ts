import type { NoResponseCause, RequestOutcome } from '../../protocol/exchange.ts'
import { LatencyHistogram } from '../../protocol/latencyHistogram.ts'
import { isSuccess } from '../../protocol/statusCodes.ts'
import type { LoadSlot } from './loadContract.ts'

/** What happened to the requests of a load, by the slot that they were due in. Times are from the start of slot 0. */
export interface SlotCounts {
  offer(dueMs: number): void
  shed(dueMs: number): void
  sent(dueMs: number, sentMs: number): void
  ended(dueMs: number, endedMs: number, outcome: RequestOutcome): void
  readonly slots: readonly LoadSlot[]
}

interface Counting {
  offered: number
  shed: number
  answered: number
  readonly responses: Record<string, number>
  readonly failures: Partial<Record<NoResponseCause, number>>
  readonly latency: LatencyHistogram
  readonly lag: LatencyHistogram
}

export function countSlots(slotMs: number): SlotCounts {
  const counting = new Map<number, Counting>()
  const at = (ms: number): Counting => {
    const slot = Math.floor(ms / slotMs)
    const known = counting.get(slot) ?? emptySlot()
    counting.set(slot, known)
    return known
  }
  return {
    offer(dueMs) {
      at(dueMs).offered += 1
    },
    shed(dueMs) {
      at(dueMs).shed += 1
    },
    sent(dueMs, sentMs) {
      at(dueMs).lag.add((sentMs - dueMs) * 1000)
    },
    ended(dueMs, endedMs, outcome) {
      const due = at(dueMs)
      const latencyUs = (endedMs - dueMs) * 1000
      if (outcome.outcome === 'no-response') {
        const { cause } = outcome
        due.failures[cause] = (due.failures[cause] ?? 0) + 1
        // Left out, the slowest requests of all would make the rest look quick.
        if (cause === 'timeout') due.latency.add(latencyUs)
        return
      }
      const { rsc } = outcome.response
      due.responses[rsc] = (due.responses[rsc] ?? 0) + 1
      if (!isSuccess(rsc)) return
      due.latency.add(latencyUs)
      at(endedMs).answered += 1
    },
    get slots() {
      return [...counting]
        .sort(([a], [b]) => a - b)
        .map(([slot, { latency, lag, ...counts }]) => ({
          slot,
          ...counts,
          latency: latency.counts,
          lag: lag.counts,
        }))
    },
  }
}

function emptySlot(): Counting {
  return {
    offered: 0,
    shed: 0,
    answered: 0,
    responses: {},
    failures: {},
    latency: new LatencyHistogram(),
    lag: new LatencyHistogram(),
  }
}
