import type { RecordedLink, RecordedTopology } from '../../../reports/model/runRecord.ts'
import type { Plan, PlannedLink, PlannedNode } from '../../../topologies/plan.ts'
import type { Connection, Trace } from '../../dissect/trace.ts'

/** The network as planned, with what the recording showed of each link. */
export function toRecordedTopology(plan: Plan, trace: Trace): RecordedTopology {
  return {
    name: plan.name,
    nodes: plan.nodes.map((node) => ({
      name: node.name,
      kind: node.kind,
      domain: node.domain,
      entities: entitiesOf(node),
      misbehaviours: [...node.misbehaviours],
    })),
    links: plan.links.map((link) => toRecordedLink(link, trace)),
  }
}

function entitiesOf(node: PlannedNode): string[] {
  const cse = node.cse === undefined ? [] : [`CSE ${node.cse.cseId}`]
  return [...cse, ...node.aes.map((ae) => ae.name)]
}

function toRecordedLink(link: PlannedLink, trace: Trace): RecordedLink {
  const connections = trace.connections.filter((connection) => connection.wire === link.wire)
  const established = connections.filter(
    (connection) => connection.association?.state === 'established',
  )
  const association = established[0]?.association
  const identities = established.flatMap((connection) => connection.association?.pskIdentity ?? [])
  return {
    wire: link.wire,
    referencePoint: link.referencePoint,
    from: link.registree.node,
    to: link.registrar.node,
    planned: link.security === null ? 'none' : 'SAEF/PSK over TLS',
    seen: stateOf(connections),
    ...(association?.version === undefined ? {} : { version: association.version }),
    ...(association?.suite === undefined ? {} : { suite: association.suite.name }),
    identities: [...new Set(identities)],
  }
}

/** `broken`: connections were made, but none came to carry anything. */
function stateOf(connections: readonly Connection[]): RecordedLink['seen'] {
  if (connections.length === 0) return 'idle'
  const clear = connections.some(
    (connection) => connection.clearBytes.client + connection.clearBytes.server > 0,
  )
  const sealed = connections.some((connection) => connection.association?.state === 'established')
  if (clear && sealed) return 'mixed'
  if (clear) return 'plain'
  return sealed ? 'protected' : 'broken'
}
