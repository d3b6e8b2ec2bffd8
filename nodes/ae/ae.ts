import type { OutgoingRequest, RequestOutcome } from '../../protocol/exchange.ts'
import { isJsonObject } from '../../protocol/json.ts'
import type { RequestPrimitive, ResponsePrimitive } from '../../protocol/primitive.ts'
import { ResourceType } from '../../protocol/resources/resourceTable.ts'
import { isSuccess } from '../../protocol/statusCodes.ts'
import type { AeConfiguration } from '../contract.ts'
import { nameOf } from '../cse/links.ts'
import type { Entity } from '../entity.ts'
import { type HttpListener, openListener } from '../http/listener.ts'
import { makeOutbound, type Outbound } from '../http/outbound.ts'
import type { NodeContext } from '../nodeContext.ts'
import { loadInbound, loadOutbound } from '../security/credentials.ts'

interface AeState {
  readonly context: NodeContext
  readonly configuration: AeConfiguration
  readonly registrar: Outbound
  readonly received: RequestPrimitive[]
  /** AE-ID-Stem: as configured, then as the registrar confirmed it. */
  stem: string | undefined
}

/** Bound on the requests an AE keeps; the oldest go first. */
const maxReceived = 10_000

/** Loads the AE's credentials and opens its listener, where it has one; resolves when it accepts. */
export async function startAe(
  context: NodeContext,
  configuration: AeConfiguration,
): Promise<Entity> {
  const { registrar, listener } = configuration
  const security = registrar.security && (await loadOutbound(registrar.security))
  const own = { spId: context.spId, cseId: registrar.cseId }
  const state: AeState = {
    context,
    configuration,
    registrar: makeOutbound(context, {
      ...nameOf(registrar.cseId, own),
      pointOfAccess: registrar.pointOfAccess,
      ...(security ? { security } : {}),
    }),
    received: [],
    stem: configuration.aeIdStem,
  }
  const inbound = listener?.security && (await loadInbound(listener.security))
  const opened =
    listener &&
    (await openListener(context, {
      address: listener.address,
      port: listener.port,
      ...(inbound ? { security: inbound } : {}),
      handle: (request) => take(state, request),
    }))
  return asEntity(state, opened)
}

function asEntity(state: AeState, listener: HttpListener | undefined): Entity {
  const { configuration, registrar, received } = state
  return {
    name: configuration.name,
    listener,
    registrar: configuration.registrar,
    request: (request) => send(state, request),
    register: () => register(state),
    deregister: () => deregister(state),
    received: () => (listener === undefined ? undefined : received),
    disconnect: () => registrar.disconnect(),
  }
}

/** Everything it sends goes to its registrar; From is its AE-ID-Stem unless the request says otherwise. */
function send(state: AeState, request: OutgoingRequest): Promise<RequestOutcome> {
  const { context, configuration, registrar, stem } = state
  const filled: RequestPrimitive = {
    ...(stem === undefined ? {} : { fr: stem }),
    rvi: '3',
    ...request,
    rqi: request.rqi ?? context.freshRequestId(configuration.name),
  }
  return registrar.send(filled, context.answerTimeoutMs)
}

/** AE registration (TS-0001 10.2.2.2). */
async function register(state: AeState): Promise<RequestOutcome> {
  const { configuration } = state
  const { registrar, resourceName, appId, pointOfAccess, aeIdStem } = configuration
  const reachable = pointOfAccess !== undefined && configuration.listener !== undefined
  const outcome = await send(state, {
    op: 1,
    to: `${registrar.cseId}/${registrar.cseBaseName}`,
    ty: ResourceType.ae,
    fr: aeIdStem,
    pc: {
      'm2m:ae': {
        rn: resourceName,
        api: appId,
        rr: reachable,
        srv: ['3'],
        ...(reachable ? { poa: [pointOfAccess] } : {}),
      },
    },
  })
  if (outcome.outcome === 'response' && isSuccess(outcome.response.rsc)) {
    const { pc } = outcome.response
    const ae = isJsonObject(pc) ? pc['m2m:ae'] : undefined
    if (isJsonObject(ae) && typeof ae.aei === 'string') state.stem = ae.aei
  }
  return outcome
}

function deregister(state: AeState): Promise<RequestOutcome> {
  const { registrar, resourceName } = state.configuration
  const to = `${registrar.cseId}/${registrar.cseBaseName}/${resourceName}`
  return send(state, { op: 4, to })
}

/** A request on the point of access: notifications are kept and acknowledged, an AE hosts nothing else. */
function take(state: AeState, request: RequestPrimitive): ResponsePrimitive {
  const { context, received, configuration } = state
  const { op, to, rqi, rvi, fr = '' } = request
  const about = { entity: configuration.name, op, from: fr, to, rqi }
  received.push(request)
  if (received.length > maxReceived) received.shift()
  const rsc = op === 5 ? 2000 : 4005
  context.emit({ event: 'request', ...about })
  context.emit({ event: 'response', ...about, rsc })
  return { rsc, rqi, ...(rvi === undefined ? {} : { rvi }) }
}
