/** Ways to look at evidence that several properties share. */
import type {
  Connection,
  Decryption,
  FrameRef,
  Hop,
  Journey,
  SecurityAssociation,
} from '../../tools/dissect/trace.ts'
import type { Plan, PlannedLink } from '../../topologies/plan.ts'
import type { Evidence, Phase } from '../framework/evidence.ts'
import type { ExpectedJourney } from '../framework/testSystem.ts'

export function linkOf(plan: Plan, wire: string): PlannedLink | undefined {
  return plan.links.find((link) => link.wire === wire)
}

/** A wire that the plan does not know is treated as secured: nothing is allowed on it. */
export function isSecured(plan: Plan, wire: string): boolean {
  return linkOf(plan, wire)?.security !== null
}

/** Phase in which the tester opened this connection; undefined: a node opened it. */
export function testerPhase({ notes }: Evidence, connection: Connection): Phase | undefined {
  return notes.testerConnections.find(
    ({ wire, port }) => wire === connection.wire && port === connection.client.port,
  )?.phase
}

/** Connections on secured wires that nodes opened, not the tester. */
export function nodeConnections(evidence: Evidence): readonly Connection[] {
  return evidence.trace.connections.filter(
    (connection) =>
      isSecured(evidence.plan, connection.wire) && testerPhase(evidence, connection) === undefined,
  )
}

/** The tester stood in for the registrar: its end of the connection is no node of the plan. */
export function reachesRogue({ plan, notes }: Evidence, connection: Connection): boolean {
  const isPlanned = plan.nodes.some(({ name }) => name === serverOf(connection))
  return notes.impersonated.includes(connection.wire) && !isPlanned
}

/** Connections the tester opened while it committed the fault. */
export function faultConnections(evidence: Evidence): readonly Connection[] {
  return evidence.trace.connections.filter(
    (connection) => testerPhase(evidence, connection) === 'fault',
  )
}

/** An expected journey beside what was recorded of it: requests with its identifier from its originator's node. */
export interface WatchedJourney {
  readonly expected: ExpectedJourney
  readonly seen: readonly Journey[]
}

/** Journeys that were expected, each with those recorded under its request identifier. */
export function watchedJourneys({ notes, trace }: Evidence): readonly WatchedJourney[] {
  return notes.expectedJourneys.map((expected) => ({
    expected,
    seen: trace.journeys.filter(({ rqi }) => rqi === expected.rqi),
  }))
}

export function pathOf({ hops }: Journey): readonly string[] {
  return hops.flatMap(({ to }, index) => (index === 0 ? [hops[0]?.from ?? '', to] : [to]))
}

export function arrows(path: readonly string[]): string {
  return path.join(' → ')
}

/** First frame of the request, and of the answer where there is one. */
export function framesOf(hop: Hop): readonly FrameRef[] {
  const ofRequest = hop.request.frames.slice(0, 1)
  return [...ofRequest, ...(hop.response?.frames.slice(0, 1) ?? [])]
}

/** 1xxx acknowledges and 2xxx succeeds (TS-0004 6.6.3). */
export function isSuccess(rsc: number | undefined): boolean {
  return rsc !== undefined && rsc >= 1000 && rsc < 3000
}

export function rscOf(hop: Hop): number | undefined {
  return hop.response?.response?.rsc
}

/** Name of the end of a connection: its node, else its address. */
export function clientOf({ client }: Connection): string {
  return client.node ?? client.address
}

export function serverOf({ server }: Connection): string {
  return server.node ?? server.address
}

/** First frame of a handshake message of this type, else the connection's opening. */
export function handshakeFrame({ opening, association }: Connection, type: string): FrameRef {
  return association?.handshake.find((message) => message.type === type)?.frame ?? opening
}

/** Both randoms together name a handshake; undefined before the server spoke. */
export function handshakeId(association: SecurityAssociation): string | undefined {
  const { clientRandom, serverRandom } = association
  return serverRandom === undefined ? undefined : `${clientRandom}/${serverRandom}`
}

/** SP-relative CSE-ID of the CSE on this node. */
export function cseIdOf(plan: Plan, node: string): string | undefined {
  return plan.nodes.find(({ name }) => name === node)?.cse?.cseId
}

const unopened: ReadonlySet<Decryption> = new Set<Decryption>([
  'no-secret',
  'failed',
  'unsupported-suite',
])

/** A handshake that failed leaves nothing to read; one that was established, or carried data, must open. */
export function isUndecryptable({ association }: Connection): boolean {
  if (association === undefined || !unopened.has(association.decryption)) return false
  const { client, server } = association.applicationRecords
  return association.state === 'established' || client + server > 0
}
