/**
 * The plan: everything about a network that can be known before it is started. A pure function of the topology, its
 * parameters, the seed and the addresses it may use (topologies/planner.ts makes it).
 */
import type { NodeNetwork } from './addressing.ts'

export type NodeKind = 'adn' | 'asn' | 'mn' | 'in' | 'in-ae'
export type Domain = 'field' | 'infrastructure'

export interface Plan {
  readonly name: string
  readonly description?: string
  readonly spId: string
  readonly seed: number
  readonly parameters: Readonly<Record<string, number | string | boolean>>
  /** Every node, in start order. */
  readonly nodes: readonly PlannedNode[]
  /** Start order as levels: the nodes of a level can start side by side once the level before is registered. */
  readonly levels: readonly (readonly string[])[]
  readonly links: readonly PlannedLink[]
  readonly credentials: readonly PlannedCredential[]
}

export interface PlannedNode {
  readonly name: string
  readonly kind: NodeKind
  readonly domain: Domain
  /** The node's own address. */
  readonly address: string
  /** The network that only this node and the fabric are on; absent where one machine's loopback serves all. */
  readonly network?: NodeNetwork
  /** Where it ran, when several machines carried the network. */
  readonly machine?: string
  readonly cse?: PlannedCse
  readonly aes: readonly PlannedAe[]
  readonly misbehaviours: readonly string[]
  /** Somebody else's program that runs it; absent = the bench's own. */
  readonly program?: NodeProgram
  /** False: the scenario registers it by hand. */
  readonly autoRegister: boolean
}

/** A program that keeps the node contract (docs/bring-your-own-node.md). At least one of the two is there. */
export interface NodeProgram {
  /** Container image as the engine names it; absent = the bench's own, or no container at all. */
  readonly image?: string
  /** What starts it, the path of the configuration being put behind; absent = what the image starts. */
  readonly command?: readonly string[]
}

export interface PlannedCse {
  /** SP-relative, e.g. `/cse1`. */
  readonly cseId: string
  readonly name: string
  readonly port: number
  readonly adminOriginator?: string
  readonly appRules?: readonly PlannedAppRule[]
}

/** Service subscription rule; same shape and meaning as AppRule of the node contract. */
export interface PlannedAppRule {
  readonly credentialIds?: readonly string[]
  readonly appIds: readonly string[]
  readonly aeIds: readonly string[]
}

export interface PlannedAe {
  readonly name: string
  /** Complete AE-ID-Stem, or `C` / `S` where the registrar or provider chooses. */
  readonly aeIdStem: string
  /** Absolute AE-ID; absent while the stem is not complete. */
  readonly aeId?: string
  readonly appId: string
  readonly resourceName: string
  readonly requestReachable: boolean
  /** Listening port when request reachable. */
  readonly port?: number
}

export interface PlannedLink {
  /** Name of its wire: `<registree node>-<registrar node>`. */
  readonly wire: string
  /** Which machine carried and recorded it, when there were several. */
  readonly machine?: string
  readonly referencePoint: 'Mca' | 'Mcc'
  /** Entities are AE names; on Mcc the one entity is the registree CSE, named by its node. */
  readonly registree: { readonly node: string; readonly entities: readonly string[] }
  /** `entity` is the registrar CSE, named by its node. */
  readonly registrar: { readonly node: string; readonly entity: string }
  readonly transport: 'tcp' | 'udp'
  readonly binding: 'http'
  /** `null`: plain on purpose. */
  readonly security: PlannedSecurity | null
  readonly toRegistrar: PlannedWay
  /** One per request reachable entity of the registree: the second association (TS-0003 8.2.1). */
  readonly toRegistree: readonly (PlannedWay & { readonly entity: string })[]
  readonly impairment?: {
    readonly delayMs?: number
    readonly limitBytesPerS?: number
    readonly drop?: number
  }
}

export interface PlannedWay {
  /** Where the wire listens. */
  readonly listen: { readonly address: string; readonly port: number }
  /** Where the node behind it listens. */
  readonly target: { readonly address: string; readonly port: number }
}

export interface PlannedSecurity {
  readonly saef: 'psk'
  /** IANA names. */
  readonly suites: readonly string[]
}

/** A credential to mint: both ends hold it. The key follows from seed and id (tools/credentials). */
export interface PlannedCredential {
  readonly kind: 'psk'
  /** KpsaID, `<relative part>@<issuer FQDN>` (TS-0003 10.5). */
  readonly id: string
  readonly wire: string
  /** Registree entity: absolute AE-ID or CSE-ID. */
  readonly entityA: string
  /** Registrar: absolute CSE-ID. */
  readonly entityB: string
}
