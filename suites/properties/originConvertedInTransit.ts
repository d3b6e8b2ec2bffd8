/** From of an AE leaves its registrar in a form that names the AE beyond that registrar. */
import { parseEntityId, sameEntity } from '../../protocol/identifiers.ts'
import type { Hop } from '../../tools/dissect/trace.ts'
import type { Plan } from '../../topologies/plan.ts'
import type { Evidence, Property } from '../framework/evidence.ts'
import { type Breach, breach, holds, notObserved, violated } from './result.ts'
import { cseIdOf, watchedJourneys } from './views.ts'

export const originConvertedInTransit: Property = {
  name: 'origin-converted-in-transit',
  claim:
    'Beyond its registrar an AE is named with the CSE-ID of that registrar, never by its bare stem.',
  requirement: 'TS-0004 7.3.2.6',
  check: (evidence) => {
    const checked = passedOn(evidence)
    const breaches = checked.flatMap((passed) => breachesOf(evidence.plan, passed))
    if (breaches.length > 0) return violated(breaches)
    if (checked.length === 0)
      return notObserved('no request of an AE was seen beyond its registrar')
    const forms = new Set(checked.flatMap(({ hop }) => hop.request.request?.fr ?? []))
    return holds(`From beyond the registrar: ${[...forms].join(', ')}`, {
      frames: checked.flatMap(({ hop }) => hop.request.frames.slice(0, 1)),
    })
  },
}

interface PassedOn {
  readonly first: Hop
  readonly stem: string
  readonly hop: Hop
}

/** Hops after the first of journeys that an AE began with a complete stem of its own. */
function passedOn(evidence: Evidence): readonly PassedOn[] {
  return watchedJourneys(evidence)
    .flatMap(({ seen }) => seen)
    .flatMap(({ hops: [first, ...later] }) => {
      const stem = first?.request.request?.fr
      const parsed = stem === undefined ? undefined : parseEntityId(stem)
      if (first === undefined || stem === undefined || !parsed?.ok) return []
      const { value } = parsed
      return value.kind === 'ae' && value.form === 'stem'
        ? later.map((hop) => ({ first, stem, hop }))
        : []
    })
}

function breachesOf(plan: Plan, { first, stem, hop }: PassedOn): readonly Breach[] {
  const fr = hop.request.request?.fr
  const cseId = cseIdOf(plan, first.to)
  const parsed = fr === undefined ? undefined : parseEntityId(fr)
  const isNamed =
    fr !== undefined &&
    cseId !== undefined &&
    parsed?.ok === true &&
    parsed.value.form !== 'stem' &&
    sameEntity(fr, stem, { spId: plan.spId, cseId })
  if (isNamed) return []
  const text = `${hop.from} → ${hop.to}: From is ${fr ?? 'absent'} for ${stem} of ${first.to}`
  return [breach(text, first.request.frames[0], hop.request.frames[0])]
}
