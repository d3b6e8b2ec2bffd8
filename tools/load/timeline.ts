import type { LoadSlot } from '../../nodes/load/loadContract.ts'
import type { LoadMoment } from '../../reports/load/loadRecord.ts'
import { addSlots, percentilesOf } from './loadSums.ts'
import type { LoadOutcome } from './runLoad.ts'
import type { Timing } from './timing.ts'

/** The load slot by slot, all devices together, without gaps. Pure. */
export function timelineOf(
  slots: readonly LoadSlot[],
  outcome: Pick<LoadOutcome, 'timing' | 'startAtMs' | 'endAtMs'>,
): LoadMoment[] {
  const { timing, startAtMs, endAtMs } = outcome
  const { slotMs } = timing
  const bySlot = Map.groupBy(slots, ({ slot }) => slot)
  const beforeMs = timing.rampMs + timing.warmUpMs
  const first = Math.floor(-beforeMs / slotMs)
  const last = Math.max(first, ...bySlot.keys())
  // Slots may be cut by where the load begins, and by where it was interrupted. The drain keeps its width: a rate over the few
  // milliseconds to the last answer would say nothing.
  const endMs = endAtMs - startAtMs - beforeMs
  const from = (slot: number) => Math.max(slot * slotMs, -beforeMs)
  const until = (slot: number) => {
    const full = (slot + 1) * slotMs
    return slot * slotMs < timing.durationMs ? Math.min(full, endMs) : full
  }
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
    .filter((slot) => until(slot) > from(slot))
    .map((slot) =>
      momentOf(bySlot.get(slot) ?? [], {
        phase: phaseOf(from(slot), timing),
        fromS: from(slot) / 1000,
        lengthS: (until(slot) - from(slot)) / 1000,
      }),
    )
}

function momentOf(
  slots: readonly LoadSlot[],
  at: Pick<LoadMoment, 'phase' | 'fromS' | 'lengthS'>,
): LoadMoment {
  const sums = addSlots(slots)
  const latency = percentilesOf(sums.latency)
  return {
    ...at,
    offeredPerS: sums.offered / at.lengthS,
    answeredPerS: sums.answeredWithin / at.lengthS,
    errors: sums.refused + sums.failed,
    shed: sums.shed,
    latencyMs: latency && {
      p50: latency.p50,
      p90: latency.p90,
      p99: latency.p99,
      most: latency.most,
    },
  }
}

function phaseOf(fromMs: number, { warmUpMs, durationMs }: Timing): LoadMoment['phase'] {
  if (fromMs < -warmUpMs) return 'ramp'
  if (fromMs < 0) return 'warm-up'
  return fromMs < durationMs ? 'measured' : 'drain'
}
