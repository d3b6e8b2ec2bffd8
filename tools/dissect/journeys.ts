import type { RequestPrimitive } from '../../protocol/primitive.ts'
import type { Hop, Journey, TracedPrimitive } from './trace.ts'

/** A request on one wire and, when it was answered on the same connection, its answer. */
export interface AnsweredRequest {
  readonly request: TracedPrimitive
  readonly response: TracedPrimitive | undefined
}

/** A request that crossed a wire, the journey it belongs to, and whether a further hop was found for it. */
interface Step {
  readonly hop: Hop
  readonly primitive: RequestPrimitive
  readonly hops: Hop[]
  continued: boolean
}

/**
 * The way of each request. A request that leaves a node continues one that reached it earlier when the identifier is the
 * same, or the same behind a prefix `<AE-ID-Stem>/` (TS-0001 7.1.7), and operation and originator or target agree: the
 * identifier alone does not tell two originators apart.
 */
export function traceJourneys(answered: readonly AnsweredRequest[]): Journey[] {
  const ordered = answered.toSorted((a, b) => a.request.atMs - b.request.atMs)
  const arrived = new Map<string, Step[]>()
  const journeys: { rqi: string; hops: Hop[] }[] = []
  for (const { request, response } of ordered) {
    const primitive = request.request
    if (primitive === undefined) continue
    const hop = hopOf(request, response)
    const before = previousStep(arrived, hop, primitive)
    const hops = before?.hops ?? []
    if (before === undefined) journeys.push({ rqi: primitive.rqi, hops })
    else before.continued = true
    hops.push(hop)
    const key = arrivalKey(hop.to, primitive.rqi)
    const steps = arrived.get(key)
    const step: Step = { hop, primitive, hops, continued: false }
    if (steps === undefined) arrived.set(key, [step])
    else steps.push(step)
  }
  return journeys
}

function hopOf(request: TracedPrimitive, response: TracedPrimitive | undefined): Hop {
  const { association } = request.connection
  const identity = request.protected ? association?.pskIdentity : undefined
  return {
    wire: request.wire,
    from: request.from,
    to: request.to,
    request,
    ...(response === undefined ? {} : { response }),
    ...(identity === undefined ? {} : { authenticatedAs: identity }),
  }
}

function arrivalKey(node: string, rqi: string): string {
  return `${node}\n${rqi}`
}

/** The step whose request this one passes on: the best match among those that reached its sender, the latest of equals. */
function previousStep(
  arrived: ReadonlyMap<string, readonly Step[]>,
  hop: Hop,
  primitive: RequestPrimitive,
): Step | undefined {
  const identifiers = [primitive.rqi, primitive.rqi.slice(primitive.rqi.indexOf('/') + 1)]
  let best: { step: Step; score: number } | undefined
  for (const identifier of new Set(identifiers)) {
    for (const step of (arrived.get(arrivalKey(hop.from, identifier)) ?? []).slice(-mostCompared)) {
      const score = matchScore(step, primitive)
      if (score > 0 && score >= (best?.score ?? 0)) best = { step, score }
    }
  }
  return best?.step
}

/** Requests with one identifier at one node that are compared; more is somebody's flood. */
const mostCompared = 100

/** 0: another request. Else the higher the surer. */
function matchScore(step: Step, next: RequestPrimitive): number {
  const { primitive } = step
  if (primitive.op !== next.op) return 0
  const sameTarget = primitive.to === next.to
  const sameOriginator =
    primitive.fr !== undefined && next.fr !== undefined && sameEntity(primitive.fr, next.fr)
  if (!sameTarget && !sameOriginator) return 0
  const stem = lastPart(primitive.fr ?? '')
  const prefixed = next.rqi === `${stem}/${primitive.rqi}`
  return (
    1 +
    (sameOriginator ? 8 : 0) +
    (prefixed ? 4 : 0) +
    (sameTarget ? 2 : 0) +
    (step.continued ? 0 : 1)
  )
}

/** Whether one identifier is the other in a longer or shorter form: stem, SP-relative, absolute. */
function sameEntity(a: string, b: string): boolean {
  if (a === b) return true
  const [shorter, longer] = a.length < b.length ? [a, b] : [b, a]
  return longer.endsWith(shorter.startsWith('/') ? shorter : `/${shorter}`)
}

function lastPart(identifier: string): string {
  return identifier.slice(identifier.lastIndexOf('/') + 1)
}
