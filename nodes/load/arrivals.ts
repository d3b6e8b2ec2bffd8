import { seededBytes } from '../../protocol/random.ts'
import type { LoadPlan } from './loadContract.ts'

/** The part of a load plan that due times follow from. */
export type Schedule = Pick<
  LoadPlan,
  'rampMs' | 'warmUpMs' | 'durationMs' | 'ratePerS' | 'arrival' | 'seed'
>

/** From the first moment of the ramp to the last of the measured part. */
export function lengthMs({ rampMs, warmUpMs, durationMs }: Schedule): number {
  return rampMs + warmUpMs + durationMs
}

/** Due times in milliseconds from the start, ascending. Pure: the same schedule gives the same times. */
export function* arrivals(schedule: Schedule): Generator<number, void> {
  const end = lengthMs(schedule)
  const random = uniforms(schedule.seed)
  const step = steps[schedule.arrival]
  // A phase of its own for each seed: many regular senders must not beat together.
  let expected = schedule.arrival === 'constant' ? draw(random) : step(random)
  for (let at = timeOf(schedule, expected); at < end; at = timeOf(schedule, expected)) {
    yield at
    expected += step(random)
  }
}

/** How many expected arrivals lie between two: one when regular, exponentially distributed in a Poisson process. */
const steps: Readonly<Record<Schedule['arrival'], (random: Iterator<number, number>) => number>> = {
  constant: () => 1,
  poisson: (random) => -Math.log(1 - draw(random)),
}

/** The time by which so many arrivals are expected: the rate's integral, turned round. */
function timeOf({ ratePerS, rampMs }: Schedule, expected: number): number {
  const perMs = ratePerS / 1000
  const inRamp = (perMs * rampMs) / 2
  return expected < inRamp
    ? Math.sqrt((2 * rampMs * expected) / perMs)
    : rampMs + (expected - inRamp) / perMs
}

function draw(random: Iterator<number, number>): number {
  return random.next().value
}

/** Numbers from 0, included, to 1, not included. Drawn in batches, for each draw of its own would cost a hash. */
function* uniforms(seed: number): Generator<number, number> {
  const batch = 512
  for (let number = 0; ; number += 1) {
    const bytes = seededBytes(seed, `arrivals ${number}`, batch * 8)
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    for (let at = 0; at < bytes.byteLength; at += 8) {
      const high = view.getUint32(at) >>> 5
      const low = view.getUint32(at + 4) >>> 6
      yield (high * 2 ** 26 + low) / 2 ** 53
    }
  }
}
