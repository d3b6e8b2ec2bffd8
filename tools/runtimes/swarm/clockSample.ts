import type { ClockOffset } from '../../capture/clockCorrection.ts'

/** One question for the time of another machine, all in milliseconds since the epoch. */
export interface ClockSample {
  /** Here, when it was asked. */
  readonly sentMs: number
  /** There. */
  readonly thereMs: number
  /** Here, when the answer came. */
  readonly receivedMs: number
}

/** The one whose answer took the least time says most. */
export function bestClockSample(samples: readonly ClockSample[]): ClockSample {
  const [first, ...others] = samples
  if (first === undefined) throw new RangeError('no sample of a clock')
  return others.reduce((best, one) => (duration(one) < duration(best) ? one : best), first)
}

export function clockOffset(sample: ClockSample): ClockOffset {
  const atMs = (sample.sentMs + sample.receivedMs) / 2
  return { atMs, aheadMs: sample.thereMs - atMs, uncertaintyMs: duration(sample) / 2 }
}

function duration({ sentMs, receivedMs }: ClockSample): number {
  return receivedMs - sentMs
}
