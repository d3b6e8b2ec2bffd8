import type { LoadSlot } from '../../nodes/load/loadContract.ts'
import { boundsOf, LatencyHistogram } from '../../protocol/latencyHistogram.ts'
import { isSuccess } from '../../protocol/statusCodes.ts'
import type { LatencyBucket, Percentiles } from '../../reports/load/loadRecord.ts'

/** Slots added up, of several devices or several moments. */
export interface LoadSums {
  readonly offered: number
  readonly shed: number
  /** By what became of the requests that were due in these slots … */
  readonly answered: number
  readonly refused: number
  readonly failed: number
  readonly unfinished: number
  /** … and successful answers that came within them. */
  readonly answeredWithin: number
  readonly responses: Readonly<Record<string, number>>
  readonly failures: Readonly<Record<string, number>>
  readonly latency: LatencyHistogram
  readonly lag: LatencyHistogram
}

export function addSlots(slots: readonly LoadSlot[]): LoadSums {
  const responses: Record<string, number> = {}
  const failures: Record<string, number> = {}
  const latency = new LatencyHistogram()
  const lag = new LatencyHistogram()
  for (const slot of slots) {
    addCounts(responses, slot.responses)
    addCounts(failures, slot.failures)
    latency.merge(slot.latency)
    lag.merge(slot.lag)
  }
  const sum = (of: (slot: LoadSlot) => number) => slots.reduce((all, slot) => all + of(slot), 0)
  const offered = sum((slot) => slot.offered)
  const shed = sum((slot) => slot.shed)
  const answered = total(responses, (rsc) => isSuccess(Number(rsc)))
  const refused = total(responses, (rsc) => !isSuccess(Number(rsc)))
  const failed = total(failures, () => true)
  return {
    offered,
    shed,
    answered,
    refused,
    failed,
    unfinished: Math.max(0, offered - shed - answered - refused - failed),
    answeredWithin: sum((slot) => slot.answered),
    responses,
    failures,
    latency,
    lag,
  }
}

/** Requests that were sent and had no success. */
export function errorsIn({ refused, failed, unfinished }: LoadSums): number {
  return refused + failed + unfinished
}

export function percentilesOf(histogram: LatencyHistogram): Percentiles | null {
  if (histogram.total === 0) return null
  const ms = (share: number) => histogram.percentile(share) / 1000
  return { p50: ms(0.5), p90: ms(0.9), p99: ms(0.99), p999: ms(0.999), most: ms(1) }
}

export function distributionOf(histogram: LatencyHistogram): LatencyBucket[] {
  return histogram.counts.map(([bucket, count]) => {
    const { fromUs, toUs } = boundsOf(bucket)
    return { fromMs: fromUs / 1000, toMs: toUs / 1000, count }
  })
}

function addCounts(to: Record<string, number>, from: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(from)) to[name] = (to[name] ?? 0) + count
}

function total(counts: Record<string, number>, counted: (name: string) => boolean): number {
  return Object.entries(counts).reduce((sum, [name, n]) => (counted(name) ? sum + n : sum), 0)
}
