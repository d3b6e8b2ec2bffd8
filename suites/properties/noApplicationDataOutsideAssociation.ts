/** On a secured link nothing of the service layer travels outside an established association. */
import type { Connection } from '../../tools/dissect/trace.ts'
import type { Evidence, Property } from '../framework/evidence.ts'
import { type Breach, breach, counted, holds, notObserved, violated } from './result.ts'
import {
  clientOf,
  isSecured,
  nodeConnections,
  reachesRogue,
  serverOf,
  testerPhase,
} from './views.ts'

export const noApplicationDataOutsideAssociation: Property = {
  name: 'no-application-data-outside-association',
  claim: 'On secured links no node sends application data outside an established association.',
  requirement: 'TS-0003 6.1.2.2.1',
  check: (evidence) => {
    const connections = nodeConnections(evidence)
    const breaches = [
      ...connections.flatMap((connection) => breachesOf(evidence, connection)),
      ...primitivesInClear(evidence),
    ]
    if (breaches.length > 0) return violated(breaches)
    const records = connections.map(recordsOf).reduce((sum, count) => sum + count, 0)
    if (records === 0) return notObserved('no node sent application data on a secured link')
    return holds(
      `${counted(records, 'application data record')}, all inside an established association`,
    )
  },
}

/** What came from a registrar the tester stood in for is the tester's. */
function breachesOf(evidence: Evidence, connection: Connection): readonly Breach[] {
  const { wire, clearBytes, clearFrame, opening, association } = connection
  const way = `${clientOf(connection)} → ${serverOf(connection)} on ${wire}`
  const fromServer = reachesRogue(evidence, connection) ? 0 : clearBytes.server
  const clear = clearBytes.client + fromServer
  const found: Breach[] = []
  if (clear > 0) {
    found.push(breach(`${way}: ${clear} bytes outside any record`, clearFrame ?? opening))
  }
  if (association?.state !== 'established' && recordsOf(connection) > 0) {
    const because = `${way}: application data before the association was established`
    found.push(breach(because, connection.lastFrame))
  }
  return found
}

/** A node that answers the tester in clear breaks the rule as well; what the tester itself sends does not count. */
function primitivesInClear(evidence: Evidence): readonly Breach[] {
  const { trace, plan } = evidence
  return trace.primitives
    .filter(({ wire, protected: isProtected }) => isSecured(plan, wire) && !isProtected)
    .filter(({ kind, connection }) => {
      const byTester = testerPhase(evidence, connection) !== undefined && kind === 'request'
      const byRogue = kind === 'response' && reachesRogue(evidence, connection)
      return !byTester && !byRogue
    })
    .filter(({ malformed }) => malformed === undefined)
    .map(({ kind, wire, from, bindingSummary, frames }) =>
      breach(`${from} sends a ${kind} in clear on ${wire}: ${bindingSummary}`, frames[0]),
    )
}

function recordsOf({ association }: Connection): number {
  const { client = 0, server = 0 } = association?.applicationRecords ?? {}
  return client + server
}
