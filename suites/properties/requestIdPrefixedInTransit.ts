/** The registrar makes request identifiers of its AEs unique by the AE-ID-Stem. */
import type { Journey } from '../../tools/dissect/trace.ts'
import type { Plan } from '../../topologies/plan.ts'
import type { Property } from '../framework/evidence.ts'
import { type Breach, breach, holds, notObserved, violated } from './result.ts'
import { linkOf, watchedJourneys } from './views.ts'

export const requestIdPrefixedInTransit: Property = {
  name: 'request-id-prefixed-in-transit',
  claim:
    'Beyond its registrar a request of an AE has the AE-ID-Stem and a slash before its identifier, the same on every hop.',
  requirement: 'TS-0001 7.1.7',
  check: (evidence) => {
    const journeys = watchedJourneys(evidence)
      .flatMap(({ seen }) => seen)
      .filter((journey) => isPassedOn(evidence.plan, journey))
    const breaches = journeys.flatMap((journey) => breachesOf(evidence.plan, journey))
    if (breaches.length > 0) return violated(breaches)
    if (journeys.length === 0) return notObserved('no request of an AE was seen on Mcc')
    const ids = journeys.map((journey) => onMcc(evidence.plan, journey)[0]?.request.request?.rqi)
    return holds(ids.join(', '))
  },
}

/** Begun by an AE on Mca and seen on Mcc. */
function isPassedOn(plan: Plan, journey: Journey): boolean {
  const [first] = journey.hops
  const link = first === undefined ? undefined : linkOf(plan, first.wire)
  return link?.referencePoint === 'Mca' && onMcc(plan, journey).length > 0
}

function onMcc(plan: Plan, { hops }: Journey): Journey['hops'] {
  return hops.filter(({ wire }) => linkOf(plan, wire)?.referencePoint === 'Mcc')
}

function breachesOf(plan: Plan, journey: Journey): readonly Breach[] {
  const origin = journey.hops[0]?.request
  const expected = `${origin?.request?.fr}/${origin?.request?.rqi}`
  return onMcc(plan, journey)
    .filter(({ request }) => request.request?.rqi !== expected)
    .map(({ from, to, request }) =>
      breach(
        `${from} → ${to}: request identifier ${request.request?.rqi}, expected ${expected}`,
        origin?.frames[0],
        request.frames[0],
      ),
    )
}
