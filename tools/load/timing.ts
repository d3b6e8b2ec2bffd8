import type { LoadPlan } from '../../nodes/load/loadContract.ts'
import { seededInt } from '../../protocol/random.ts'
import type { LoadFile } from './loadFile.ts'

/** Times of a load, in milliseconds; those of slot 0 on count from the beginning of the measured part. */
export type Timing = Pick<LoadPlan, 'rampMs' | 'warmUpMs' | 'durationMs' | 'slotMs'>

const mostSlots = 600

/** One slot a second; a long load has wider ones, and its measured part is always a whole number of them. */
export function timingOf({ rampS, warmUpS, durationS }: LoadFile): Timing {
  const slotMs = durationS <= mostSlots ? 1000 : 2 * durationS
  return {
    rampMs: rampS * 1000,
    warmUpMs: warmUpS * 1000,
    durationMs: durationS * 1000,
    slotMs,
  }
}

/** Requests per second of all devices together. */
export function totalRate({ rate }: LoadFile, devices: number): number {
  return rate.of === 'all' ? rate.perS : rate.perS * devices
}

/** Due times of a device follow from the seed of the load and its name. */
export function arrivalSeed(seed: number, entity: string): number {
  return seededInt(seed, `arrivals of ${entity}`, { min: 0, max: 2 ** 32 - 1 })
}
