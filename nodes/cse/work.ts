import type { ResourceAddress } from '../../protocol/address.ts'
import type { Own } from '../../protocol/identifiers.ts'
import type { Json, RequestPrimitive, ResponsePrimitive } from '../../protocol/primitive.ts'
import type { CseConfiguration } from '../contract.ts'
import type { NodeContext } from '../nodeContext.ts'
import type { Peer } from '../security/peer.ts'
import type { Links } from './links.ts'
import type { ResourceTree } from './resourceTree.ts'
import type { Target } from './target.ts'

/** What a CSE holds while it runs. */
export interface CseState {
  readonly context: NodeContext
  readonly configuration: CseConfiguration
  readonly own: Own
  /** m2m:cseTypeID: 1 IN-CSE, 2 MN-CSE, 3 ASN-CSE. */
  readonly cseType: 1 | 2 | 3
  readonly tree: ResourceTree
  readonly links: Links
  /** Absolute id of the originator that may do anything. */
  readonly administrator: string | undefined
  /** Neighbours below, kept in step with the remoteCSE resources. */
  neighbours: Neighbours
  /** SP-relative address of this CSE's remoteCSE at its registrar, once registered. */
  registeredAs: string | undefined
}

export interface Neighbours {
  readonly registrees: readonly {
    readonly cseId: string
    readonly descendants: readonly string[]
  }[]
  /** Absolute CSE-IDs of the registrees. */
  readonly registreeIds: readonly string[]
}

/** One request on its way through the receiver's steps; each step adds what it found out. */
export interface Work {
  readonly cse: CseState
  readonly request: RequestPrimitive
  readonly peer: Peer
  readonly nowMs: number
  /** Absolute id in From; empty where From is absent or no AE-ID or CSE-ID. */
  readonly originator: string
  /** Stands above identity checks and policies. */
  readonly isAdministrator: boolean
  address?: ResourceAddress
  target?: Target
}

/** A step either ends the request with a response or leaves it to the next one. */
export type StepOutcome = ResponsePrimitive | undefined | Promise<ResponsePrimitive | undefined>

export function respond(request: RequestPrimitive, rsc: number, pc?: Json): ResponsePrimitive {
  const base = { rsc, rqi: request.rqi, ...(request.rvi === undefined ? {} : { rvi: request.rvi }) }
  return pc === undefined ? base : { ...base, pc }
}

/** A refusal carries its reason as debug text. */
export function refuse(request: RequestPrimitive, rsc: number, because: string): ResponsePrimitive {
  return respond(request, rsc, { 'm2m:dbg': because })
}
