/** What the tester's faulty connections got: how far the node under test let them come. */
import type { Connection } from '../../tools/dissect/trace.ts'
import type { Evidence, Property, PropertyResult } from '../framework/evidence.ts'
import { type Breach, breach, counted, holds, notObserved, violated } from './result.ts'
import { faultConnections, handshakeFrame, serverOf } from './views.ts'

/** For faults that the server can only see late, such as a wrong key. */
export const noAssociationForFault: Property = {
  name: 'no-association-for-fault',
  claim: 'No security association is established with a peer that commits the fault.',
  requirement: 'TS-0003 8.2.1',
  check: (evidence) =>
    judgeFaults(evidence, 'refused in the handshake', (connection) => {
      const { association, wire } = connection
      if (association?.state !== 'established') return undefined
      const suite = association.suite?.name ?? 'unknown suite'
      const because = `${serverOf(connection)} established ${association.version} ${suite} on ${wire}`
      return breach(because, handshakeFrame(connection, 'finished'))
    }),
}

/** For faults that stand in the ClientHello: nothing in it may be chosen. */
export const noServerHelloForFault: Property = {
  name: 'no-server-hello-for-fault',
  claim: 'A ClientHello that offers nothing allowed is not answered with a ServerHello.',
  requirement: 'RFC 5246 7.4.1.3',
  check: (evidence) =>
    judgeFaults(evidence, 'left without a ServerHello', (connection) => {
      const { association, wire } = connection
      const { suite, version } = association ?? {}
      if (suite === undefined && version === undefined) return undefined
      const because = `${serverOf(connection)} chose ${version} ${suite?.name} on ${wire}`
      return breach(because, handshakeFrame(connection, 'server_hello'))
    }),
}

/** For every fault of a peer that is not authenticated: it learns nothing of the service layer. */
export const refusedBeforeApplicationData: Property = {
  name: 'refused-before-application-data',
  claim: 'A peer that commits the fault gets no application data.',
  requirement: 'TS-0003 8.2.1',
  check: (evidence) => {
    const answered = evidence.trace.primitives.filter(
      ({ kind, malformed }) => kind === 'response' && malformed === undefined,
    )
    const result = judgeFaults(evidence, 'got no application data', (connection) => {
      const { id, association, wire } = connection
      const response = answered.find((primitive) => primitive.connection.id === id)
      const records = association?.applicationRecords.server ?? 0
      if (response === undefined && records === 0) return undefined
      const what = response?.bindingSummary ?? counted(records, 'application data record')
      const because = `${serverOf(connection)} answered on ${wire}: ${what}`
      return breach(because, response?.frames[0] ?? connection.lastFrame)
    })
    return result.result === 'holds' ? withClearText(evidence, result) : result
  },
}

/** A server may say in clear that it wants TLS; that is no application data, and not what the profile names. */
function withClearText(evidence: Evidence, result: PropertyResult): PropertyResult {
  const talkative = faultConnections(evidence).filter(({ clearBytes }) => clearBytes.server > 0)
  if (talkative.length === 0) return result
  const names = [...new Set(talkative.map(serverOf))].join(', ')
  return { ...result, deviation: `${names} answered in clear, though with no primitive` }
}

function judgeFaults(
  evidence: Evidence,
  what: string,
  breachOf: (connection: Connection) => Breach | undefined,
): PropertyResult {
  const connections = faultConnections(evidence)
  const breaches = connections.flatMap((connection) => breachOf(connection) ?? [])
  if (breaches.length > 0) return violated(breaches)
  if (connections.length === 0) return notObserved('no connection with the fault was recorded')
  return holds(`${counted(connections.length, 'connection')} with the fault, ${what}`, {
    frames: connections.map(({ opening }) => opening),
  })
}
