/** Small builders for plans, traces and evidence: each test states only what matters to it. */
import type { RequestPrimitive, ResponsePrimitive } from '../../protocol/primitive.ts'
import type { Evidence, TesterNotes } from '../../suites/framework/evidence.ts'
import type {
  CanaryKnowledge,
  Connection,
  FrameRef,
  HandshakeMessage,
  Hop,
  Journey,
  SecurityAssociation,
  TracedPrimitive,
} from '../../tools/dissect/trace.ts'
import type { Plan, PlannedLink, PlannedNode } from '../../topologies/plan.ts'

const suite = { id: 0x00ae, name: 'TLS_PSK_WITH_AES_128_CBC_SHA256' }

const cse = (name: string, kind: 'mn' | 'in'): PlannedNode => ({
  name,
  kind,
  domain: kind === 'in' ? 'infrastructure' : 'field',
  address: `127.42.0.${name.length}`,
  cse: { cseId: `/${name}`, name: 'base', port: 443 },
  aes: [],
  misbehaviours: [],
  autoRegister: true,
})

const adn = (name: string, kind: 'adn' | 'in-ae', registrar: string): PlannedNode => ({
  name,
  kind,
  domain: kind === 'adn' ? 'field' : 'infrastructure',
  address: '127.42.1.1',
  aes: [
    {
      name: name.toUpperCase(),
      aeIdStem: `C${name.toUpperCase()}`,
      aeId: `//sp.example/${registrar}/C${name.toUpperCase()}`,
      appId: `N${name}`,
      resourceName: name,
      requestReachable: kind === 'in-ae',
    },
  ],
  misbehaviours: [],
  autoRegister: true,
})

const way = {
  listen: { address: '127.42.9.1', port: 20001 },
  target: { address: '127.42.0.4', port: 443 },
}

function link(from: string, to: string, referencePoint: 'Mca' | 'Mcc'): PlannedLink {
  const entity = referencePoint === 'Mca' ? from.toUpperCase() : from
  return {
    wire: `${from}-${to}`,
    referencePoint,
    registree: { node: from, entities: [entity] },
    registrar: { node: to, entity: to },
    transport: 'tcp',
    binding: 'http',
    security: { saef: 'psk', suites: [suite.name] },
    toRegistrar: way,
    toRegistree: from === 'ae2' || from === 'cse1' ? [{ ...way, entity }] : [],
  }
}

const credential = (wire: string, label: string, entityA: string, entityB: string) => ({
  kind: 'psk' as const,
  id: `kpsa-${label}@sp.example`,
  wire,
  entityA,
  entityB,
})

/** AE1 (ADN) registered with cse1 (MN), cse1 with cse2 (IN), AE2 (request reachable) with cse2; all links secured. */
export function referencePlan(overrides: Partial<Plan> = {}): Plan {
  return {
    name: 'reference',
    spId: 'sp.example',
    seed: 1,
    parameters: {},
    nodes: [
      cse('cse2', 'in'),
      cse('cse1', 'mn'),
      adn('ae1', 'adn', 'cse1'),
      adn('ae2', 'in-ae', 'cse2'),
    ],
    levels: [['cse2'], ['cse1', 'ae2'], ['ae1']],
    links: [link('ae1', 'cse1', 'Mca'), link('cse1', 'cse2', 'Mcc'), link('ae2', 'cse2', 'Mca')],
    credentials: [
      credential('ae1-cse1', 'CAE1', '//sp.example/cse1/CAE1', '//sp.example/cse1'),
      credential('cse1-cse2', 'cse1', '//sp.example/cse1', '//sp.example/cse2'),
      credential('ae2-cse2', 'CAE2', '//sp.example/cse2/CAE2', '//sp.example/cse2'),
    ],
    ...overrides,
  }
}

/** The reference plan with one link that is plain on purpose. */
export function planWithPlain(wire: string): Plan {
  const plan = referencePlan()
  const links = plan.links.map((each) => (each.wire === wire ? { ...each, security: null } : each))
  return { ...plan, links }
}

let lastFrame = 0

export function frame(wire: string): FrameRef {
  lastFrame++
  return { wire, frame: lastFrame }
}

/** An established association in the profile; identity of the reference plan's wire unless given. */
export function association(
  wire: string,
  overrides: Partial<SecurityAssociation> = {},
): SecurityAssociation {
  const random = `${wire}-${++lastFrame}`
  const identities: Record<string, string> = {
    'ae1-cse1': 'kpsa-CAE1@sp.example',
    'cse1-cse2': 'kpsa-cse1@sp.example',
    'ae2-cse2': 'kpsa-CAE2@sp.example',
  }
  const message = (type: string, from: 'client' | 'server'): HandshakeMessage => ({
    type,
    from,
    frame: frame(wire),
    encrypted: type === 'finished',
  })
  return {
    protocol: 'TLS',
    version: 'TLS 1.2',
    offeredVersions: ['TLS 1.2'],
    suite,
    offeredSuites: [suite, { id: 0x00ff, name: 'TLS_EMPTY_RENEGOTIATION_INFO_SCSV' }],
    pskIdentity: identities[wire] ?? 'nobody@sp.example',
    clientRandom: `c-${random}`,
    serverRandom: `s-${random}`,
    resumed: false,
    extendedMasterSecret: true,
    encryptThenMac: true,
    state: 'established',
    handshake: [
      message('client_hello', 'client'),
      message('server_hello', 'server'),
      message('client_key_exchange', 'client'),
      message('finished', 'client'),
      message('finished', 'server'),
    ],
    alerts: [],
    applicationRecords: { client: 1, server: 1 },
    applicationBytes: { client: 100, server: 100 },
    decryption: 'complete',
    ...overrides,
  }
}

export interface ConnectionOverrides extends Partial<Omit<Connection, 'association'>> {
  /** Overrides of an established association; `null` = none. */
  readonly association?: Partial<SecurityAssociation> | null
  readonly from?: string
  readonly to?: string
  readonly port?: number
}

let lastConnection = 0

/** A connection on the wire `<from>-<to>`, from its registree unless `from` and `to` say otherwise. */
export function connection(wire: string, overrides: ConnectionOverrides = {}): Connection {
  const [registree = '', registrar = ''] = wire.split('-')
  const { association: given, from = registree, to = registrar, port, ...rest } = overrides
  const id = ++lastConnection
  const base: Connection = {
    id,
    wire,
    transport: 'tcp',
    client: { address: '127.42.0.1', port: port ?? 40_000 + id, node: from },
    server: { address: '127.42.9.1', port: 20_001, node: to },
    openedAtMs: 1000 + id,
    opening: frame(wire),
    lastFrame: frame(wire),
    bytes: { client: 100, server: 100 },
    gap: false,
    clearBytes: { client: 0, server: 0 },
    ...rest,
  }
  return given === null ? base : { ...base, association: association(wire, given) }
}

/** A plain connection that carried clear bytes. */
export function plainConnection(wire: string, overrides: ConnectionOverrides = {}): Connection {
  const clearFrame = frame(wire)
  const clearBytes = { client: 10, server: 10 }
  return connection(wire, { association: null, clearBytes, clearFrame, ...overrides })
}

export interface HopSpec {
  readonly on: Connection
  readonly request?: Partial<RequestPrimitive>
  /** `null`: no answer. */
  readonly response?: Partial<ResponsePrimitive> | null
}

export function hop({ on, request = {}, response = {} }: HopSpec): Hop {
  const from = on.client.node ?? on.client.address
  const to = on.server.node ?? on.server.address
  const { wire } = on
  const isProtected = on.association?.state === 'established'
  const sent: RequestPrimitive = {
    op: 2,
    to: '/cse2/base',
    fr: 'CAE1',
    rqi: 'r1',
    rvi: '3',
    ...request,
  }
  const traced = (kind: 'request' | 'response'): TracedPrimitive => ({
    kind,
    wire,
    connection: on,
    from: kind === 'request' ? from : to,
    to: kind === 'request' ? to : from,
    atMs: lastFrame,
    frames: [frame(wire)],
    protected: isProtected,
    bindingSummary: kind === 'request' ? 'POST /~/cse2/base' : '200',
    body: new Uint8Array(),
  })
  const identity = on.association?.pskIdentity
  return {
    wire,
    from,
    to,
    request: { ...traced('request'), request: sent },
    ...(response !== null && {
      response: { ...traced('response'), response: { rsc: 2000, rqi: sent.rqi, ...response } },
    }),
    ...(identity !== undefined && { authenticatedAs: identity }),
  }
}

export function journey(rqi: string, ...hops: readonly Hop[]): Journey {
  return { rqi, hops }
}

/** AE1 -> cse1 -> cse2, passed on as the standard wants it; `second` changes what cse2 gets and says. */
export function forwarded(
  first: Omit<HopSpec, 'on'> = {},
  second: Omit<HopSpec, 'on'> = {},
): Journey {
  return journey(
    'r1',
    hop({ on: connection('ae1-cse1'), ...first }),
    hop({
      on: connection('cse1-cse2'),
      ...second,
      request: { ...first.request, fr: '/cse1/CAE1', rqi: 'CAE1/r1', ...second.request },
    }),
  )
}

export interface EvidenceSpec {
  readonly plan?: Plan
  readonly journeys?: readonly Journey[]
  /** Besides those of the journeys. */
  readonly connections?: readonly Connection[]
  /** Besides those of the journeys. */
  readonly primitives?: readonly TracedPrimitive[]
  readonly knowledge?: readonly CanaryKnowledge[]
  readonly notes?: Partial<TesterNotes>
  readonly problems?: readonly string[]
  readonly frames?: number
}

export function evidence(spec: EvidenceSpec = {}): Evidence {
  const { journeys = [], knowledge = [], notes = {} } = spec
  const hops = journeys.flatMap(({ hops: all }) => all)
  const primitives = hops.flatMap(({ request, response }) => [
    request,
    ...(response ? [response] : []),
  ])
  const used = [...new Set(primitives.map((primitive) => primitive.connection))]
  return {
    plan: spec.plan ?? referencePlan(),
    trace: {
      recording: {
        path: 'recording.pcapng',
        frames: spec.frames ?? 100,
        problems: spec.problems ?? [],
      },
      wires: [],
      connections: [...used, ...(spec.connections ?? [])],
      primitives: [...primitives, ...(spec.primitives ?? [])],
      journeys,
    },
    knowledge,
    notes: {
      canaries: [],
      expectedJourneys: [],
      testerConnections: [],
      impersonated: [],
      timeline: [],
      ...notes,
    },
  }
}

/** The expectation that `forwarded` fulfils. */
export const expectedForwarding = { rqi: 'r1', path: ['ae1', 'cse1', 'cse2'], delivered: true }

/** A canary that the given nodes read and that every encoding was searched for. */
export function knowledge(
  readers: readonly string[],
  overrides: Partial<CanaryKnowledge> = {},
): CanaryKnowledge {
  return {
    canary: { label: 'reading', text: 'canary-1' },
    readers: readers.map((node) => ({ node, wire: 'ae1-cse1', frame: frame('ae1-cse1') })),
    inClear: [],
    searched: ['raw', 'base64', 'hex', 'url', 'json-escaped', 'compressed'],
    unreadable: [],
    ...overrides,
  }
}
