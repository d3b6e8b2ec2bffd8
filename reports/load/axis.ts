/** Where values stand on an axis, and which of them are written beside it. Pure. */
export interface Axis {
  /** Position of a value, from 0 to 1; what lies outside is kept at the end. */
  at(value: number): number
  readonly ticks: readonly number[]
}

/** Even distances, at 1, 2 or 5 times a power of ten. */
export function linearAxis(from: number, to: number, mostTicks = 6): Axis {
  const distance = to - from
  // Below the smallest number that can be divided, there is no distance to draw.
  const span = distance > 1e-300 && distance < Infinity ? distance : 1
  const step = niceStep(span / mostTicks)
  const first = Math.ceil(from / step)
  const wanted = Math.floor((from + span) / step - first) + 1
  // Ends so large that a step does not change them have no ticks to count.
  const count = wanted <= mostTicks + 1 ? wanted : 0
  return {
    at: (value) => within((value - from) / span),
    ticks: Array.from({ length: Math.max(0, count) }, (_, index) => (first + index) * step),
  }
}

/** Even factors; whole powers of ten at the ends. */
export function logAxis(from: number, to: number): Axis {
  const low = Math.floor(Math.log10(Math.max(from, Number.MIN_VALUE)))
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(to, Number.MIN_VALUE))))
  const decades = Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index))
  return {
    at: (value) => (value <= 0 ? 0 : within((Math.log10(value) - low) / (high - low))),
    ticks: decades,
  }
}

/** 1, 2 or 5 times a power of ten, not below the size given. */
function niceStep(atLeast: number): number {
  const power = 10 ** Math.floor(Math.log10(atLeast))
  const factor = [1, 2, 5].find((each) => each * power >= atLeast) ?? 10
  return factor * power
}

function within(share: number): number {
  return Math.min(1, Math.max(0, share))
}
