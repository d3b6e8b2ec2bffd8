/** Who is (D)TLS client and who is server, on the first and on the second association. */
import type { Connection } from '../../tools/dissect/trace.ts'
import type { PlannedLink } from '../../topologies/plan.ts'
import type { Evidence, Property } from '../framework/evidence.ts'
import { type Breach, breach, counted, holds, notObserved, violated } from './result.ts'
import {
  clientOf,
  handshakeFrame,
  linkOf,
  nodeConnections,
  reachesRogue,
  serverOf,
} from './views.ts'

export const rolesAsDrawn: Property = {
  name: 'roles-as-drawn',
  claim:
    'The registree is client of the first association and the registrar of the second, which comes after the first.',
  requirement: 'TS-0003 8.2.1',
  check: (evidence) => {
    const associated = nodeConnections(evidence).filter(
      (connection) => connection.association !== undefined && !reachesRogue(evidence, connection),
    )
    const breaches = associated.flatMap((connection) => breachesOf(evidence, connection))
    if (breaches.length > 0) return violated(breaches)
    const established = associated.filter(({ association }) => association?.state === 'established')
    if (established.length === 0) return notObserved('no association between nodes was established')
    return holds(`${counted(established.length, 'association')} with client and server as drawn`, {
      frames: established.map((connection) => handshakeFrame(connection, 'client_hello')),
    })
  },
}

type Role = 'first' | 'second' | undefined

function breachesOf(evidence: Evidence, connection: Connection): readonly Breach[] {
  const frame = handshakeFrame(connection, 'client_hello')
  const drawn = `${clientOf(connection)} → ${serverOf(connection)} on ${connection.wire}`
  const link = linkOf(evidence.plan, connection.wire)
  if (link === undefined) return [breach(`${drawn}: the plan has no such wire`, frame)]
  const role = roleOf(link, connection)
  if (role === undefined) return [breach(`${drawn} is not drawn so`, frame)]
  const early = role === 'second' && !hasEarlierFirst(evidence, link, connection)
  return early ? [breach(`${drawn}: second association before the first`, frame)] : []
}

function roleOf(link: PlannedLink, connection: Connection): Role {
  const from = clientOf(connection)
  const to = serverOf(connection)
  if (from === link.registree.node && to === link.registrar.node) return 'first'
  const reachable = link.toRegistree.length > 0
  return reachable && from === link.registrar.node && to === link.registree.node
    ? 'second'
    : undefined
}

function hasEarlierFirst(evidence: Evidence, link: PlannedLink, second: Connection): boolean {
  return nodeConnections(evidence).some(
    (connection) =>
      connection.wire === link.wire &&
      connection.openedAtMs <= second.openedAtMs &&
      connection.association?.state === 'established' &&
      roleOf(link, connection) === 'first',
  )
}
