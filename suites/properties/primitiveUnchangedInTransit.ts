/** Content integrity: a transit CSE passes on what it got, apart from what the standard lets it change. */
import { sameEntity } from '../../protocol/identifiers.ts'
import type { Json, RequestPrimitive, ResponsePrimitive } from '../../protocol/primitive.ts'
import type { Hop } from '../../tools/dissect/trace.ts'
import type { Plan } from '../../topologies/plan.ts'
import type { Evidence, Property } from '../framework/evidence.ts'
import { type Breach, breach, counted, holds, notObserved, violated } from './result.ts'
import { cseIdOf, framesOf, isSuccess, linkOf, rscOf, watchedJourneys } from './views.ts'

export const primitiveUnchangedInTransit: Property = {
  name: 'primitive-unchanged-in-transit',
  claim:
    'Requests and responses leave a transit CSE as they came in, but for the form of From, the prefix of the request identifier and what else the standard lets change.',
  requirement: 'TS-0004 7.3.2.6',
  check: (evidence) => {
    const transits = transitsOf(evidence)
    const breaches = transits.flatMap((transit) => [
      ...requestBreaches(evidence.plan, transit),
      ...responseBreaches(transit),
    ])
    if (breaches.length > 0) return violated(breaches)
    if (transits.length === 0) return notObserved('no expected request was seen to be passed on')
    return holds(`passed on unchanged ${counted(transits.length, 'time')}`, {
      frames: transits.flatMap(({ after }) => framesOf(after)),
    })
  },
}

/** One passage through a CSE: the hop that ends there and the hop that begins there. */
interface Transit {
  readonly before: Hop
  readonly after: Hop
}

function transitsOf(evidence: Evidence): readonly Transit[] {
  return watchedJourneys(evidence)
    .flatMap(({ seen }) => seen)
    .flatMap(({ hops }) =>
      hops.flatMap((after, index) => {
        const before = hops.slice(0, index).findLast(({ to }) => to === after.from)
        return before === undefined ? [] : [{ before, after }]
      }),
    )
}

interface Passage extends Transit {
  readonly plan: Plan
  readonly sent: RequestPrimitive
  readonly passed: RequestPrimitive
}

type Parameter = keyof RequestPrimitive

/** Parameters that may differ after a transit CSE, and when (TS-0004 7.3.2.1, 7.3.2.6, 7.3.2.8; TS-0001 7.1.7). */
const mayChange: Readonly<Partial<Record<Parameter, (passage: Passage) => boolean>>> = {
  fr: namesSameOriginator,
  rqi: ({ sent, passed }) => isPrefixed(sent.rqi, passed.rqi),
  rvi: ({ sent, passed }) => passed.rvi === (sent.rvi === undefined ? '1' : undefined),
  vsi: ({ passed }) => passed.vsi === undefined,
  rt: ({ passed }) => passed.rt?.nu === undefined,
  to: ({ plan, after }) => isTowardsAe(plan, after),
}

/** A C stem becomes SP-relative at its registrar, and absolute towards another provider. */
function namesSameOriginator({ plan, sent, passed, before }: Passage): boolean {
  const cseId = cseIdOf(plan, before.to)
  if (sent.fr === undefined || passed.fr === undefined || cseId === undefined) return false
  return sameEntity(sent.fr, passed.fr, { spId: plan.spId, cseId })
}

function isPrefixed(sent: string, passed: string): boolean {
  return passed.endsWith(`/${sent}`) && !passed.slice(0, -sent.length - 1).includes('/')
}

/** At the last hop to an AE, `to` is its point of access. */
function isTowardsAe(plan: Plan, { wire, from }: Hop): boolean {
  const link = linkOf(plan, wire)
  return link?.referencePoint === 'Mca' && link.registrar.node === from
}

function requestBreaches(plan: Plan, transit: Transit): readonly Breach[] {
  const sent = transit.before.request.request
  const passed = transit.after.request.request
  if (sent === undefined || passed === undefined) return []
  const passage: Passage = { ...transit, plan, sent, passed }
  const names = new Set([...Object.keys(sent), ...Object.keys(passed)]) as ReadonlySet<Parameter>
  return [...names]
    .filter((name) => !isEqual(sent[name], passed[name]))
    .filter((name) => mayChange[name]?.(passage) !== true)
    .map((name) =>
      breach(
        `${transit.after.from} changes ${name} of ${sent.rqi}: ${shown(sent[name])} to ${shown(passed[name])}`,
        transit.before.request.frames[0],
        transit.after.request.frames[0],
      ),
    )
}

const answerParameters: readonly (keyof ResponsePrimitive)[] = ['rsc', 'pc', 'cnst', 'cnot']

function responseBreaches({ before, after }: Transit): readonly Breach[] {
  const told = before.response?.response
  const got = after.response?.response
  const frames = [after.response?.frames[0], before.response?.frames[0]]
  const who = `${after.from}, for ${before.request.request?.rqi},`
  if (told === undefined) return []
  if (got === undefined) {
    if (!isSuccess(rscOf(before))) return []
    return [breach(`${who} answers ${told.rsc} without an answer of ${after.to}`, ...frames)]
  }
  return answerParameters
    .filter((name) => !isEqual(told[name], got[name]))
    .map((name) =>
      breach(
        `${who} changes ${name} of the answer: ${shown(got[name])} to ${shown(told[name])}`,
        ...frames,
      ),
    )
}

type Value = Json | undefined | object

/** Equal as JSON: the order of members does not matter, everything else does. */
function isEqual(a: Value, b: Value): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const left = Object.entries(a)
  const right = new Map<string, Value>(Object.entries(b))
  return (
    left.length === right.size &&
    left.every(([name, value]) => right.has(name) && isEqual(value, right.get(name)))
  )
}

function shown(value: Value): string {
  return (JSON.stringify(value) ?? 'absent').slice(0, 120)
}
