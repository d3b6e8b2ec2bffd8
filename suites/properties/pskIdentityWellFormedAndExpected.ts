/** The identity shown in a handshake is a KpsaID, and the one provisioned for that link. */
import { parseKpsaId } from '../../protocol/identifiers.ts'
import type { Connection } from '../../tools/dissect/trace.ts'
import type { Plan } from '../../topologies/plan.ts'
import type { Property } from '../framework/evidence.ts'
import { type Breach, breach, holds, notObserved, violated } from './result.ts'
import { clientOf, handshakeFrame, nodeConnections } from './views.ts'

export const pskIdentityWellFormedAndExpected: Property = {
  name: 'psk-identity-well-formed-and-expected',
  claim: 'Every PSK identity a node shows is a KpsaID, the one provisioned for it on that link.',
  requirement: 'TS-0003 10.5',
  check: (evidence) => {
    const connections = nodeConnections(evidence).filter(showsIdentityOrNeedsOne)
    const breaches = connections.flatMap((connection) => breachesOf(evidence.plan, connection))
    if (breaches.length > 0) return violated(breaches)
    const identities = new Set(
      connections.flatMap(({ association }) => association?.pskIdentity ?? []),
    )
    if (identities.size === 0) return notObserved('no node showed a PSK identity')
    return holds([...identities].join(', '), {
      frames: connections.map((connection) => handshakeFrame(connection, 'client_key_exchange')),
    })
  },
}

/** Also a handshake that failed shows an identity. TLS 1.3 and resumption carry none where it could be read. */
function showsIdentityOrNeedsOne({ association }: Connection): boolean {
  if (association === undefined) return false
  if (association.pskIdentity !== undefined) return true
  const shownElsewhere = association.resumed || association.version === 'TLS 1.3'
  return association.state === 'established' && !shownElsewhere
}

function breachesOf(plan: Plan, connection: Connection): readonly Breach[] {
  const { wire, association } = connection
  const frame = handshakeFrame(connection, 'client_key_exchange')
  const identity = association?.pskIdentity
  const who = `${clientOf(connection)} on ${wire}`
  if (identity === undefined) return [breach(`${who} was not asked for a PSK identity`, frame)]
  const shown = `${who} shows ${JSON.stringify(identity)}`
  const parsed = parseKpsaId(identity)
  if (!parsed.ok) return [breach(`${shown}: ${parsed.error.message}`, frame)]
  const planned = plan.credentials.some(
    (credential) => credential.wire === wire && credential.id === identity,
  )
  return planned ? [] : [breach(`${shown}, which is not provisioned on this link`, frame)]
}
