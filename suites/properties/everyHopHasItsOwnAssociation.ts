/** Hop-by-hop security: each hop is protected by an association between just its two ends. */
import type { Hop } from '../../tools/dissect/trace.ts'
import type { Evidence, Property } from '../framework/evidence.ts'
import { type Breach, breach, counted, holds, notObserved, violated } from './result.ts'
import { framesOf, handshakeId, isSecured, serverOf, watchedJourneys } from './views.ts'

export const everyHopHasItsOwnAssociation: Property = {
  name: 'every-hop-has-its-own-association',
  claim:
    'Each hop of each expected journey runs inside an established association of that hop alone.',
  requirement: 'TS-0003 7.2.2',
  check: (evidence) => {
    const hops = securedHops(evidence)
    const shared = sharedAcrossWires(evidence)
    const breaches = [...hops.flatMap(hopBreaches), ...sharedAcrossHops(hops), ...shared]
    if (breaches.length > 0) return violated(breaches)
    if (hops.length === 0) return notObserved('no hop of an expected journey was recorded')
    return holds(`${counted(hops.length, 'hop')}, each in an association of its own`, {
      frames: hops.flatMap((hop) => framesOf(hop).slice(0, 1)),
    })
  },
}

/** Hops on links that are plain on purpose have nothing to show here. */
function securedHops(evidence: Evidence): readonly Hop[] {
  return watchedJourneys(evidence)
    .flatMap(({ seen }) => seen.flatMap(({ hops }) => hops))
    .filter(({ wire }) => isSecured(evidence.plan, wire))
}

function hopBreaches(hop: Hop): readonly Breach[] {
  const { request, response, wire, from, to } = hop
  const { connection } = request
  const name = `hop ${from} → ${to} of ${request.request?.rqi}`
  const found: Breach[] = []
  if (!request.protected || connection.association?.state !== 'established') {
    found.push(
      breach(`${name}: the request is outside an established association`, request.frames[0]),
    )
  }
  if (response !== undefined && (!response.protected || response.connection.id !== connection.id)) {
    found.push(
      breach(`${name}: the answer is outside the request's association`, response.frames[0]),
    )
  }
  if (connection.wire !== wire || serverOf(connection) !== to) {
    found.push(
      breach(
        `${name}: its association ends at ${serverOf(connection)} on ${connection.wire}`,
        request.frames[0],
      ),
    )
  }
  return found
}

/** Two hops in one handshake: whoever is between them relays instead of ending the association. */
function sharedAcrossHops(hops: readonly Hop[]): readonly Breach[] {
  const owner = new Map<string, Hop>()
  return hops.flatMap((hop) => {
    const { association } = hop.request.connection
    const id = association === undefined ? undefined : handshakeId(association)
    const first = id === undefined ? undefined : owner.get(id)
    if (id !== undefined && first === undefined) owner.set(id, hop)
    if (first === undefined || (first.from === hop.from && first.to === hop.to)) return []
    const pair = `${first.from} → ${first.to} and ${hop.from} → ${hop.to}`
    return [breach(`${pair} share one association`, first.request.frames[0], hop.request.frames[0])]
  })
}

/** The same handshake on two wires was passed through, whether or not a journey used it. */
function sharedAcrossWires({ trace }: Evidence): readonly Breach[] {
  const wireOf = new Map<string, string>()
  return trace.connections.flatMap(({ association, wire, opening }) => {
    const id = association === undefined ? undefined : handshakeId(association)
    if (id === undefined) return []
    const first = wireOf.get(id) ?? wire
    wireOf.set(id, first)
    return first === wire ? [] : [breach(`one handshake was seen on ${first} and ${wire}`, opening)]
  })
}
