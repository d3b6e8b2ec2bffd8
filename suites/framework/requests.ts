/** The request primitives that purposes send, by what they are for. Pure. */
import type { OutgoingRequest } from '../../protocol/exchange.ts'
import { type Json, type JsonObject, Operation } from '../../protocol/primitive.ts'
import { ResourceType } from '../../protocol/resources/resourceTable.ts'

export function createContainer(
  to: string,
  name: string,
  attributes: JsonObject = {},
): OutgoingRequest {
  return create(to, ResourceType.container, { 'm2m:cnt': { rn: name, ...attributes } })
}

export function createContentInstance(to: string, content: Json): OutgoingRequest {
  return create(to, ResourceType.contentInstance, { 'm2m:cin': { con: content } })
}

/** Who may do what: absolute ids or patterns, and the sum of operation bits (TS-0004 6.3.4.2.29). */
export interface Grant {
  readonly originators: readonly string[]
  readonly operations: number
}

/** Operation bits of an access control rule. */
export const Privilege = {
  create: 1,
  retrieve: 2,
  update: 4,
  delete: 8,
  notify: 16,
  discovery: 32,
  all: 63,
} as const

/** The policy itself may be changed by `owner` only. */
export function createAccessControlPolicy(
  to: string,
  policy: { readonly name: string; readonly owner: string; readonly grants: readonly Grant[] },
): OutgoingRequest {
  return create(to, ResourceType.accessControlPolicy, {
    'm2m:acp': {
      rn: policy.name,
      pv: { acr: policy.grants.map(ruleOf) },
      pvs: { acr: [ruleOf({ originators: [policy.owner], operations: Privilege.all })] },
    },
  })
}

/** An AE registration (TS-0004 7.4.5); `fr` is left to the caller. */
export function createAe(
  to: string,
  ae: { readonly name: string; readonly appId: string },
): OutgoingRequest {
  const { name, appId } = ae
  return create(to, ResourceType.ae, { 'm2m:ae': { rn: name, api: appId, rr: false, srv: ['3'] } })
}

/** A CSE registration (TS-0004 7.4.4). */
export function createRemoteCse(
  to: string,
  cse: { readonly name: string; readonly cseId: string; readonly cseBase: string },
): OutgoingRequest {
  const { name, cseId, cseBase } = cse
  return create(to, ResourceType.remoteCse, {
    'm2m:csr': { rn: name, csi: cseId, cb: cseBase, cst: 2, rr: false, srv: ['3'] },
  })
}

export function retrieve(to: string): OutgoingRequest {
  return { op: Operation.retrieve, to }
}

export function remove(to: string): OutgoingRequest {
  return { op: Operation.delete, to }
}

export function update(to: string, content: JsonObject): OutgoingRequest {
  return { op: Operation.update, to, pc: content }
}

/** A notification that carries a text, as an event of no subscription. */
export function notify(to: string, text: string): OutgoingRequest {
  const representation = { 'm2m:cin': { con: text } }
  return {
    op: Operation.notify,
    to,
    pc: { 'm2m:sgn': { nev: { rep: representation, net: 3 }, sur: to } },
  }
}

export function create(to: string, ty: number, pc: JsonObject): OutgoingRequest {
  return { op: Operation.create, to, ty, pc }
}

function ruleOf({ originators, operations }: Grant): JsonObject {
  return { acor: [...originators], acop: operations }
}
