import { convertFrom, expired, nextHop, prefixRequestId } from '../../protocol/forwarding.ts'
import { absoluteOf, parseEntityId } from '../../protocol/identifiers.ts'
import type { RequestPrimitive, ResponsePrimitive } from '../../protocol/primitive.ts'
import type { Outbound } from '../http/outbound.ts'
import { textsOf } from './neighbours.ts'
import { passOn } from './passOn.ts'
import { isAeCreate } from './subscriptionProfile.ts'
import { type CseState, refuse, type StepOutcome, type Work } from './work.ts'

/** Recv-6.1: ours to host, or to be sent on (TS-0004 7.3.2.6, 7.3.2.8). */
export function hostOrForward(work: Work): StepOutcome {
  const { cse, request, peer } = work
  const cameFrom = neighbourOf(work)
  const hop = nextHop(request.to, {
    own: cse.own,
    registrees: cse.neighbours.registrees,
    ...registrarOf(cse),
    cameFrom,
    isIn: cse.cseType === 1,
  })
  const throughTransit = hop.kind === 'forward' || peer.association.kind === 'cse'
  if (isAeCreate(request) && throughTransit && !acceptsTransit(work)) {
    return refuse(request, 4000, 'an AE registers with its registrar, not through a transit CSE')
  }
  if (hop.kind === 'hosting') return undefined
  if (hop.kind === 'refuse') return refuse(request, hop.rsc, hop.because)
  return forward(work, hop.cseId, cameFrom)
}

function registrarOf({ configuration }: CseState): { registrarCseId?: string } {
  return configuration.registrar ? { registrarCseId: configuration.registrar.cseId } : {}
}

function acceptsTransit({ cse, request }: Work): boolean {
  return cse.context.misbehaves('ae-create-through-transit-accepted', request.rqi)
}

/** Who handed us the request: one of our AEs, or the neighbour CSE, proven by its association or read from From. */
export function neighbourOf({ cse, peer, request }: Work): string {
  const { association } = peer
  if (association.kind === 'ae') return 'ae'
  const id = parseEntityId(association.kind === 'cse' ? association.id : (request.fr ?? ''))
  if (!id.ok || (id.value.kind === 'ae' && id.value.form === 'stem')) return 'ae'
  const cseId = id.value.cseId ?? ''
  const { registrees } = cse.neighbours
  const below = registrees.find((each) => each.cseId === cseId || each.descendants.includes(cseId))
  return below?.cseId ?? cse.configuration.registrar?.cseId ?? 'ae'
}

async function forward(work: Work, cseId: string, cameFrom: string): Promise<ResponsePrimitive> {
  const { cse, request, nowMs } = work
  const late = expired(request, nowMs)
  if (late && !cse.context.misbehaves('expired-request-processed', request.rqi)) {
    return refuse(request, late.rsc, late.because)
  }
  const link = linkTo(cse, cseId)
  if (link === undefined) return refuse(request, 5103, `no point of access of ${cseId} is known`)
  return passOn(work, link, { outgoing: outgoingForm(work, cameFrom), as: 'forward' })
}

/** The way to a neighbour CSE: our registrar, or a registree at the point of access it registered. */
export function linkTo(cse: CseState, cseId: string): Outbound | undefined {
  if (cseId === cse.configuration.registrar?.cseId) return cse.links.registrar
  const [pointOfAccess] = textsOf(cse.tree.remoteCse(cseId)?.attributes.poa)
  const id = absoluteOf(cseId, cse.own)
  if (pointOfAccess === undefined || id === undefined) return undefined
  return URL.canParse(pointOfAccess) ? cse.links.toRegistree(id, pointOfAccess) : undefined
}

/** The request as it leaves this CSE: From and request identifier as TS-0004 7.3.2.6 and TS-0001 7.1.7 have it. */
export function outgoingForm(work: Work, cameFrom: string): RequestPrimitive {
  const { cse, request } = work
  const { fr = '', rqi, to } = request
  const { context, own } = cse
  const isIn = cse.cseType === 1
  const converted = context.misbehaves('from-not-converted', rqi)
    ? fr
    : convertFrom(fr, { own, to, isIn })
  const stem = cameFrom === 'ae' ? stemOf(fr) : undefined
  const prefixed =
    stem === undefined || context.misbehaves('request-id-not-prefixed', rqi)
      ? rqi
      : prefixRequestId(rqi, stem)
  return { ...request, fr: converted, rqi: prefixed }
}

function stemOf(fr: string): string | undefined {
  const id = parseEntityId(fr)
  return id.ok && id.value.kind === 'ae' ? id.value.stem : undefined
}
