/** Impersonation prevention at the registrar: what a request says of its originator fits what the handshake proved. */
import { absoluteOf, parseEntityId } from '../../protocol/identifiers.ts'
import { Operation, type RequestPrimitive } from '../../protocol/primitive.ts'
import type { Hop } from '../../tools/dissect/trace.ts'
import type { Plan, PlannedCredential, PlannedLink } from '../../topologies/plan.ts'
import type { Evidence, Property } from '../framework/evidence.ts'
import { breach, counted, holds, notObserved, violated } from './result.ts'
import { cseIdOf, framesOf, isSecured, isSuccess, linkOf, rscOf } from './views.ts'

/**
 * Requests of the tester count too: one whose From does not fit must have been refused. Only what was granted can break
 * this property.
 */
export const fromMatchesAuthenticatedIdentity: Property = {
  name: 'from-matches-authenticated-identity',
  claim:
    'A registrar grants a request only if its From is the identity that the security association authenticated.',
  requirement: 'TS-0003 7.2.1',
  check: (evidence) => {
    const hops = hopsToRegistrars(evidence)
    const granted = hops.filter((hop) => isSuccess(rscOf(hop)))
    const foreign = hops.filter((hop) => !fits(evidence.plan, hop))
    const breaches = foreign
      .filter((hop) => isSuccess(rscOf(hop)))
      .map((hop) => breach(inWords(hop), ...framesOf(hop)))
    if (breaches.length > 0) return violated(breaches)
    if (hops.length === 0) return notObserved('no request to a registrar on a secured link')
    const refused = foreign.length > 0 ? `, ${foreign.length} that did not fit refused` : ''
    return holds(
      `${counted(granted.length, 'granted request')} with the From of the association${refused}`,
      {
        frames: foreign.flatMap(framesOf),
      },
    )
  },
}

function hopsToRegistrars({ plan, trace }: Evidence): readonly Hop[] {
  return trace.journeys
    .flatMap(({ hops }) => hops)
    .filter(({ wire, to }) => isSecured(plan, wire) && linkOf(plan, wire)?.registrar.node === to)
}

function fits(plan: Plan, hop: Hop): boolean {
  const link = linkOf(plan, hop.wire)
  const request = hop.request.request
  const credential = plan.credentials.find(
    ({ id, wire }) => id === hop.authenticatedAs && wire === hop.wire,
  )
  if (link === undefined || request === undefined || credential === undefined) return false
  return link.referencePoint === 'Mca'
    ? fitsAe(plan, link, credential, request)
    : fitsCse(plan, link, request)
}

/** An AE that registers may leave the choice of its stem to others (TS-0001 10.2.2.2). */
function fitsAe(
  plan: Plan,
  link: PlannedLink,
  credential: PlannedCredential,
  { fr, op, ty }: RequestPrimitive,
): boolean {
  const isAeCreate = op === Operation.create && ty === 2
  if (isAeCreate && (fr === undefined || fr === 'C' || fr === 'S')) return true
  const cseId = cseIdOf(plan, link.registrar.node)
  if (fr === undefined || cseId === undefined) return false
  const from = absoluteOf(fr, { spId: plan.spId, cseId })
  const { entityA } = credential
  // A stem that is still to be assigned is planned as C* or S*.
  if (entityA.endsWith('*')) return from?.startsWith(entityA.slice(0, -1)) === true
  return from === entityA
}

/** A CSE speaks for itself, for the CSEs below it and for their AEs (TS-0004 7.3.2.1); S stems belong to no CSE. */
function fitsCse(plan: Plan, link: PlannedLink, { fr }: RequestPrimitive): boolean {
  const parsed = fr === undefined ? undefined : parseEntityId(fr)
  if (!parsed?.ok || (parsed.value.spId ?? plan.spId) !== plan.spId) return false
  const id = parsed.value
  if (id.kind === 'ae' && id.stemKind === 'S') return id.form !== 'stem'
  const below = cseIdsFrom(plan, link.registree.node)
  return id.cseId !== undefined && below.has(id.cseId)
}

/** CSE-IDs of a node and of every node that registered below it. */
function cseIdsFrom(plan: Plan, node: string, seen = new Set<string>()): ReadonlySet<string> {
  const own = cseIdOf(plan, node)
  if (own === undefined || seen.has(own)) return seen
  seen.add(own)
  for (const { registrar, registree } of plan.links) {
    if (registrar.node === node) cseIdsFrom(plan, registree.node, seen)
  }
  return seen
}

function inWords(hop: Hop): string {
  const from = hop.request.request?.fr ?? 'nobody'
  const as = hop.authenticatedAs ?? 'nobody'
  return `${hop.to} grants (${rscOf(hop)}) a request From ${from} that was authenticated as ${as}`
}
