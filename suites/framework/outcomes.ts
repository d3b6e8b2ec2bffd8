/** What purposes say about how a request ended. */
import { assert } from 'chai'
import type { RequestOutcome } from '../../protocol/exchange.ts'
import type { ResponsePrimitive } from '../../protocol/primitive.ts'
import { isSuccess, statusOf } from '../../protocol/statusCodes.ts'
import type { Judgement } from './testPurpose.ts'
import { Inconclusive } from './verdict.ts'

/** Asserts that the IUT answered with this code; returns the response. */
export function expectStatus(
  outcome: RequestOutcome,
  rsc: number,
  what: string,
): ResponsePrimitive {
  if (outcome.outcome === 'response' && outcome.response.rsc === rsc) return outcome.response
  return assert.fail(`${what}: expected ${named(rsc)}, got ${inWords(outcome)}`)
}

/** Asserts success of any kind. */
export function expectSuccess(outcome: RequestOutcome, what: string): ResponsePrimitive {
  if (outcome.outcome === 'response' && isSuccess(outcome.response.rsc)) return outcome.response
  return assert.fail(`${what}: expected success, got ${inWords(outcome)}`)
}

/** For set-up that is not what the purpose judges: without it nothing can be found out. */
export function needSuccess(outcome: RequestOutcome, what: string): ResponsePrimitive {
  if (outcome.outcome === 'response' && isSuccess(outcome.response.rsc)) return outcome.response
  throw new Inconclusive(`set-up: ${what}: ${inWords(outcome)}`)
}

export interface RefusalCodes {
  /** The code the clause names. */
  readonly rsc: number
  /** Codes that refuse for the same reason: older releases, or where the clauses disagree. */
  readonly conceptual?: readonly number[]
}

/** Asserts that the request was refused, for the right reason. No answer at all is no refusal. */
export function expectRefusal(
  outcome: RequestOutcome,
  codes: RefusalCodes,
  what: string,
): Judgement {
  const { rsc, conceptual = [] } = codes
  if (outcome.outcome === 'response') {
    if (outcome.response.rsc === rsc) return undefined
    if (conceptual.includes(outcome.response.rsc))
      return {
        grade: 'conceptual',
        because: `${what}: refused with ${named(outcome.response.rsc)} instead of ${named(rsc)}`,
      }
  }
  return assert.fail(`${what}: expected a refusal with ${named(rsc)}, got ${inWords(outcome)}`)
}

/** Asserts that whoever asked got no oneM2M answer of any kind; silence that was not waited out proves nothing. */
export function expectNoAnswer(outcome: RequestOutcome, what: string): void {
  if (outcome.outcome === 'no-response' && outcome.cause === 'timeout')
    throw new Inconclusive(`${what}: neither answered nor closed: ${outcome.because}`)
  if (outcome.outcome === 'no-response') return
  assert.fail(`${what}: expected the connection to end without an answer, got ${inWords(outcome)}`)
}

export function inWords(outcome: RequestOutcome): string {
  if (outcome.outcome === 'response') return named(outcome.response.rsc)
  return `no response (${outcome.cause}: ${withoutLibraryNoise(outcome.because)})`
}

/** OpenSSL's messages carry addresses and file names that differ from run to run; the reason is what counts. */
function withoutLibraryNoise(because: string): string {
  return /:SSL routines:[^:]*:([^:\n]+)/.exec(because)?.[1] ?? because.trim()
}

function named(rsc: number): string {
  const status = statusOf(rsc)
  return status === undefined ? String(rsc) : `${rsc} ${status.name}`
}
