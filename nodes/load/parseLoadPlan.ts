import {
  type Check,
  object,
  oneOf,
  optional,
  type Problem,
  wholeNumber,
} from '../configuration/checks.ts'
import type { LoadPlan } from './loadContract.ts'

/** Bounds of a load plan; what a report can hold follows from them. */
export const loadLimits = {
  ratePerS: 10_000,
  phaseMs: 3_600_000,
  inFlight: 10_000,
  slots: 10_000,
} as const

const phase = wholeNumber({ min: 0, max: loadLimits.phaseMs })

const check = object({
  startAtMs: positive(Number.MAX_SAFE_INTEGER),
  rampMs: phase,
  warmUpMs: phase,
  durationMs: wholeNumber({ min: 1, max: loadLimits.phaseMs }),
  ratePerS: positive(loadLimits.ratePerS),
  arrival: oneOf('poisson', 'constant'),
  seed: wholeNumber({ min: 0, max: 2 ** 32 - 1 }),
  request: requestCheck(),
  mostInFlight: wholeNumber({ min: 1, max: loadLimits.inFlight }),
  reconnectEvery: optional(wholeNumber({ min: 1, max: Number.MAX_SAFE_INTEGER })),
  slotMs: wholeNumber({ min: 10, max: loadLimits.phaseMs }),
})

/** A load plan from a control command, or what is wrong with it. */
export function parseLoadPlan(value: unknown): LoadPlan | { readonly because: string } {
  const problems: Problem[] = []
  check(value, 'plan', problems)
  const [first] = problems
  if (first !== undefined) return { because: `${first.path} ${first.message}; ${first.remedy}` }
  // Every field was checked above.
  const plan = value as LoadPlan
  const slots = (plan.rampMs + plan.warmUpMs + plan.durationMs) / plan.slotMs
  if (slots > loadLimits.slots) return { because: `plan has more than ${loadLimits.slots} slots` }
  return plan
}

function positive(max: number): Check {
  return (value, path, problems) => {
    if (typeof value === 'number' && value > 0 && value <= max) return
    const remedy = `give a number above 0, up to ${max}`
    problems.push({ path, message: 'is out of range', remedy })
  }
}

function requestCheck(): Check {
  return (value, path, problems) => {
    const { op, to } = (typeof value === 'object' && value !== null ? value : {}) as {
      readonly op?: unknown
      readonly to?: unknown
    }
    if (typeof to === 'string' && typeof op === 'number' && op >= 1 && op <= 5) return
    problems.push({ path, message: 'is no request', remedy: 'give op (1 to 5) and to' })
  }
}
