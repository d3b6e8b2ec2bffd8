import type { OutgoingRequest, RequestOutcome } from '../../protocol/exchange.ts'
import { absoluteOf, type Own } from '../../protocol/identifiers.ts'
import { isJsonObject } from '../../protocol/json.ts'
import type { JsonObject, RequestPrimitive } from '../../protocol/primitive.ts'
import { implementedTypes, ResourceType } from '../../protocol/resources/resourceTable.ts'
import { isSuccess } from '../../protocol/statusCodes.ts'
import { formatTimestamp } from '../../protocol/time.ts'
import type { CseConfiguration, NodeKind } from '../contract.ts'
import type { Entity } from '../entity.ts'
import { type HttpListener, openListener } from '../http/listener.ts'
import type { NodeContext } from '../nodeContext.ts'
import { loadInbound } from '../security/credentials.ts'
import { makeLinks } from './links.ts'
import { descendantsOf, readNeighbours } from './neighbours.ts'
import { receive } from './receive.ts'
import { ResourceTree } from './resourceTree.ts'
import type { CseState } from './work.ts'

/** m2m:cseTypeID (TS-0004 6.3.4.2); a node of another kind has no CSE. */
export const cseTypes: Partial<Readonly<Record<NodeKind, 1 | 2 | 3>>> = { in: 1, mn: 2, asn: 3 }

/** Loads the CSE's credentials and opens its listener; resolves when it accepts. */
export async function startCse(
  context: NodeContext,
  kind: NodeKind,
  configuration: CseConfiguration,
): Promise<Entity> {
  const state = await makeState(context, cseTypes[kind] ?? 1, configuration)
  const { listener } = configuration
  const security = listener.security && (await loadInbound(listener.security))
  const opened = await openListener(context, {
    address: listener.address,
    port: listener.port,
    ...(security ? { security } : {}),
    handle: (request, peer) => receive(state, request, peer),
  })
  return asEntity(state, opened)
}

async function makeState(
  context: NodeContext,
  cseType: 1 | 2 | 3,
  configuration: CseConfiguration,
): Promise<CseState> {
  const own: Own = { spId: context.spId, cseId: configuration.cseId }
  const { adminOriginator } = configuration
  const base = baseAttributes(context, cseType, configuration)
  const tree = new ResourceTree(own, { seed: context.seed, base })
  const links = await makeLinks(context, configuration, own)
  const parts = { context, configuration, own, cseType, tree, links }
  return {
    ...parts,
    administrator: adminOriginator === undefined ? undefined : absoluteOf(adminOriginator, own),
    neighbours: readNeighbours(parts),
    registeredAs: undefined,
  }
}

function baseAttributes(
  context: NodeContext,
  cseType: 1 | 2 | 3,
  configuration: CseConfiguration,
): JsonObject {
  const { cseId, name, pointsOfAccess } = configuration
  const now = formatTimestamp(context.now())
  const ri = `cb${cseId.slice(1)}`
  return {
    ...{ ty: ResourceType.cseBase, ri, rn: name, ct: now, lt: now, csi: cseId, cst: cseType },
    srt: [...implementedTypes()],
    srv: ['1', '2', '2a', '3'],
    poa: [...pointsOfAccess],
  }
}

function asEntity(state: CseState, listener: HttpListener): Entity {
  const { configuration, links } = state
  return {
    name: 'cse',
    listener,
    registrar: configuration.registrar,
    request: (request) => sendToRegistrar(state, request),
    register: () => register(state),
    deregister: () => deregister(state),
    received: () => undefined,
    disconnect: () => links.disconnect(),
  }
}

async function sendToRegistrar(
  { links, context, own }: CseState,
  request: OutgoingRequest,
): Promise<RequestOutcome | undefined> {
  if (links.registrar === undefined) return undefined
  const filled: RequestPrimitive = {
    fr: own.cseId,
    rvi: '3',
    ...request,
    rqi: request.rqi ?? context.freshRequestId('cse'),
  }
  return links.registrar.send(filled, context.answerTimeoutMs)
}

/** CSE registration as the registree (TS-0004 7.4.4.2.1): a remoteCSE there, then one for the registrar here. */
async function register(state: CseState): Promise<RequestOutcome | undefined> {
  const { configuration, own, cseType, neighbours } = state
  const { registrar, name } = configuration
  if (registrar === undefined) return undefined
  const { ownPointOfAccess } = registrar
  const poa = ownPointOfAccess === undefined ? configuration.pointsOfAccess : [ownPointOfAccess]
  const dcse = descendantsOf(neighbours)
  const outcome = await sendToRegistrar(state, {
    op: 1,
    to: `${registrar.cseId}/${registrar.cseBaseName}`,
    ty: ResourceType.remoteCse,
    pc: {
      'm2m:csr': {
        rn: own.cseId.slice(1),
        cb: `${own.cseId}/${name}`,
        csi: own.cseId,
        cst: cseType,
        rr: poa.length > 0,
        poa: [...poa],
        srv: ['3'],
        ...(dcse.length > 0 ? { dcse } : {}),
      },
    },
  })
  if (outcome?.outcome === 'response' && isSuccess(outcome.response.rsc)) {
    const made = isJsonObject(outcome.response.pc) ? outcome.response.pc['m2m:csr'] : undefined
    const ri = isJsonObject(made) && typeof made.ri === 'string' ? made.ri : undefined
    const below = ri ?? `${registrar.cseBaseName}/${own.cseId.slice(1)}`
    state.registeredAs = `${registrar.cseId}/${below}`
    rememberRegistrar(state)
  }
  return outcome
}

function rememberRegistrar(state: CseState): void {
  const { tree, configuration, context, own } = state
  const { registrar } = configuration
  if (registrar === undefined || tree.remoteCse(registrar.cseId) !== undefined) return
  const now = formatTimestamp(context.now())
  const attributes = {
    ...{ ty: ResourceType.remoteCse, pi: tree.root.ri, ct: now, lt: now },
    rn: registrar.cseId.slice(1),
    cb: `${registrar.cseId}/${registrar.cseBaseName}`,
    csi: registrar.cseId,
    rr: true,
    poa: [registrar.pointOfAccess],
    srv: ['3'],
  }
  const creator = absoluteOf(own.cseId, own)
  tree.add({ ty: ResourceType.remoteCse, parent: tree.root, attributes, creator }, 0)
}

async function deregister(state: CseState): Promise<RequestOutcome | undefined> {
  const { registeredAs, tree, configuration } = state
  const { registrar } = configuration
  if (registrar === undefined) return undefined
  const to =
    registeredAs ?? `${registrar.cseId}/${registrar.cseBaseName}/${state.own.cseId.slice(1)}`
  const outcome = await sendToRegistrar(state, { op: 4, to })
  if (outcome?.outcome === 'response' && isSuccess(outcome.response.rsc)) {
    state.registeredAs = undefined
    const remembered = tree.remoteCse(registrar.cseId)
    if (remembered) tree.remove(remembered)
  }
  return outcome
}
