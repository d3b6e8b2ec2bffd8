/**
 * The node contract: all that the bench may assume of a node, ours or anybody's (docs/bring-your-own-node.md).
 *
 * One configuration file in, credentials as files. On standard output one JSON object per line: `ready` when every
 * listener accepts, then events. A key-log file (NSS format) where the configuration names one. Control apart from Mca
 * and Mcc: an address on loopback with a token, or the program's own streams. Exit 0 on orderly stop, 2 on bad
 * configuration, 127 when asked for
 * something the node does not have. No state over a restart.
 */
import type { OutgoingRequest } from '../protocol/exchange.ts'
import type { LoadPlan, LoadReport } from './load/loadContract.ts'

export const contractVersion = 1

export type NodeKind = 'adn' | 'asn' | 'mn' | 'in' | 'in-ae'

/** One configuration file. Unknown fields are refused. */
export interface NodeConfiguration {
  readonly contractVersion: typeof contractVersion
  /** Name of the node in the topology. */
  readonly name: string
  readonly kind: NodeKind
  /** All of the node's random choices follow from it. */
  readonly seed: number
  /** M2M-SP-ID without the leading slashes, e.g. `sp.example`. */
  readonly spId: string
  /** Local address that outbound connections are made from. */
  readonly address: string
  readonly cse?: CseConfiguration
  readonly aes: readonly AeConfiguration[]
  /** How the upper tester reaches the node; absent = not at all (in-process nodes are called directly). */
  readonly control?: ControlConfiguration
  /** NSS key log; absent = secrets are not written to a file. */
  readonly keyLogFile?: string
  /** Say every secret on standard output, as a `KeyLogLine`. For a node whose output only the bench reads. */
  readonly keyLogToStream?: boolean
  /** Named deviations this node commits on purpose (nodes/misbehaviours.ts). Unknown names: exit 127. */
  readonly misbehaviours: readonly string[]
  /** Milliseconds to wait for an answer from the next hop; default 5000. */
  readonly answerTimeoutMs?: number
}

export type ControlConfiguration =
  /** An HTTP address of its own, on loopback. */
  | { readonly address: string; readonly port: number; readonly tokenFile: string }
  /** Commands on standard input, replies on standard output, one JSON object per line. */
  | { readonly streams: true }

export interface CseConfiguration {
  /** SP-relative CSE-ID with its leading slash, e.g. `/cse1`. */
  readonly cseId: string
  /** Name of the CSEBase resource. */
  readonly name: string
  readonly listener: ListenerConfiguration
  /** Where this CSE's resources are said to be reachable, per peer node; each is the address of a wire. */
  readonly pointsOfAccess: readonly string[]
  readonly registrar?: RegistrarConfiguration
  /** Registrees known beforehand: who may register over Mcc, and how to reach them (second association, TS-0003 8.2.1). */
  readonly registrees: readonly RegistreeConfiguration[]
  /** An originator that may do anything; absent = nobody is above the policies. */
  readonly adminOriginator?: string
  /** Service subscription: which AE may register with which credential; absent = no subscription profile is enforced. */
  readonly appRules?: readonly AppRule[]
}

/** One rule of the service subscription (TS-0001 9.6.29): an AE registration needs a rule that it fits in all three. `*` is a wildcard. */
export interface AppRule {
  /** Credential-IDs, e.g. `12-kpsa-CAE1@sp.example`; absent = fits a registration without security association. */
  readonly credentialIds?: readonly string[]
  readonly appIds: readonly string[]
  /** AE-ID-Stems. */
  readonly aeIds: readonly string[]
}

export interface AeConfiguration {
  /** Entity name in the topology, e.g. `AE1`. */
  readonly name: string
  /** AE-ID-Stem to ask for: complete (`CAE1`, `SAE2`), `C`, `S`; absent = no From in the create. */
  readonly aeIdStem?: string
  readonly appId: string
  readonly resourceName: string
  readonly registrar: RegistrarConfiguration
  /** Present when the AE is request reachable: it listens for the second association. */
  readonly listener?: ListenerConfiguration
  /** Point of access to register (address of a wire); present with `listener`. */
  readonly pointOfAccess?: string
}

export interface RegistrarConfiguration {
  /** SP-relative CSE-ID of the registrar. */
  readonly cseId: string
  /** Name of the registrar's CSEBase. */
  readonly cseBaseName: string
  /** URL of the wire that leads to the registrar, e.g. `https://127.42.9.1:20001`. */
  readonly pointOfAccess: string
  /** Point of access a CSE registers there: the address of the wire back from this registrar. AEs have their own. */
  readonly ownPointOfAccess?: string
  /** Absent = plain. */
  readonly security?: OutboundSecurity
  /** Register without being told, right after `ready`. */
  readonly autoRegister: boolean
}

/** What a registrar knows of a registree beforehand (association configuration, TS-0003 8.2.2.1). */
export interface RegistreeConfiguration {
  /** Absolute AE-ID or CSE-ID, e.g. `//sp.example/cse1` or `//sp.example/cse1/CAE1`. */
  readonly id: string
  /** How the registrar protects requests towards this registree; absent = plain. */
  readonly security?: OutboundSecurity
}

export interface ListenerConfiguration {
  readonly address: string
  /** 0 = any free port; the ready line tells. */
  readonly port: number
  readonly binding: 'http'
  /** Absent = plain, anybody may connect. */
  readonly security?: InboundSecurity
}

/** SAEF with provisioned symmetric keys (TS-0003 8.2.2.1), server side. */
export interface InboundSecurity {
  readonly saef: 'psk'
  /** IANA names of the suites offered, e.g. `TLS_PSK_WITH_AES_128_CBC_SHA256`. */
  readonly suites: readonly string[]
  readonly credentials: readonly CredentialConfiguration[]
}

/** SAEF with provisioned symmetric keys, client side. */
export interface OutboundSecurity {
  readonly saef: 'psk'
  readonly suites: readonly string[]
  readonly credential: CredentialConfiguration
}

export interface CredentialConfiguration {
  /** KpsaID (TS-0003 10.5), also the psk_identity of the handshake. */
  readonly id: string
  /** File with the key in hexadecimal, mode 0600. */
  readonly keyFile: string
  /** Absolute id of the peer this credential authenticates: AE-ID or CSE-ID. */
  readonly peer: string
}

// ---------------------------------------------------------------------------------------------------------------------
// What a node says

export interface ReadyListener {
  /** `cse` or the name of an AE. */
  readonly entity: string
  readonly address: string
  readonly port: number
  readonly secured: boolean
}

/** Every line a node writes has these; `atMs` is the node's clock in milliseconds since the epoch. */
interface EventBase {
  readonly node: string
  readonly atMs: number
}

export type NodeEvent = EventBase &
  (
    | {
        readonly event: 'ready'
        readonly contractVersion: number
        readonly version: string
        readonly listeners: readonly ReadyListener[]
        readonly control?: { readonly address: string; readonly port: number }
      }
    | {
        /** The entity registered (or failed to) with its registrar. */
        readonly event: 'registered' | 'registration-failed'
        readonly entity: string
        readonly registrar: string
        readonly rsc?: number
        readonly because?: string
      }
    | {
        readonly event: 'association'
        readonly role: 'client' | 'server'
        readonly peer: string
        readonly pskIdentity: string
        readonly suite: string
        readonly version: string
      }
    | {
        readonly event: 'association-failed'
        readonly role: 'client' | 'server'
        readonly because: string
        readonly pskIdentity?: string
      }
    | {
        /** A request was taken in, answered, or passed on; `rsc` on answers. */
        readonly event: 'request' | 'response' | 'forward' | 'notify'
        readonly entity: string
        readonly op: number
        readonly from: string
        readonly to: string
        readonly rqi: string
        readonly rsc?: number
        readonly nextHop?: string
      }
    | {
        /** An authorization or identity decision, with the rule that made it. */
        readonly event: 'decision'
        readonly entity: string
        readonly rqi: string
        readonly granted: boolean
        readonly because: string
      }
    | { readonly event: 'misbehaviour'; readonly name: string; readonly rqi?: string }
    | {
        /** A load is through: every request has its outcome, or it was told to stop. */
        readonly event: 'load-ended'
        readonly entity: string
        readonly state: LoadReport['state']
      }
    | { readonly event: 'error'; readonly because: string }
    | { readonly event: 'stopped' }
  )

/** An event before the node has stamped its name and time on it. */
export type UnstampedEvent = NodeEvent extends infer E
  ? E extends NodeEvent
    ? Omit<E, 'node' | 'atMs'>
    : never
  : never

// ---------------------------------------------------------------------------------------------------------------------
// What a node can be told (upper tester). On the wire: POST /control, JSON in, JSON out, `Authorization: Bearer <token>`.

export type ControlCommand =
  | { readonly do: 'describe' }
  /** Have an entity (an AE by name, or `cse`) make a request of its registrar; `rqi` and `fr` default to its own. */
  | { readonly do: 'request'; readonly entity: string; readonly request: OutgoingRequest }
  | { readonly do: 'register' | 'deregister'; readonly entity: string }
  /** Requests an AE received on its point of access, oldest first. */
  | { readonly do: 'received'; readonly entity: string }
  /** Close all outbound associations of the node; the next request makes new ones. */
  | { readonly do: 'disconnect' }
  /** Set the node's clock; `null` = real time again. */
  | { readonly do: 'set-clock'; readonly atMs: number | null }
  /** Have an entity offer requests to its registrar by itself, as the plan says; `load-ended` tells when it is through. */
  | { readonly do: 'load-start'; readonly entity: string; readonly plan: LoadPlan }
  /** What became of the entity's load so far (a `LoadReport`); `load-stop` ends it first. */
  | { readonly do: 'load-report' | 'load-stop'; readonly entity: string }
  /** What the node's process has used (a `NodeResources`). */
  | { readonly do: 'resources' }
  | { readonly do: 'stop' }

/** `code` 127 = the node does not have what was asked; 2 = the command is malformed; 1 = it was tried and failed. */
export type ControlReply =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly code: 127 | 2 | 1; readonly because: string }

/** A command on standard input; `id` is a whole number that the reply repeats. */
export interface StreamCommand {
  readonly id: number
  readonly command: ControlCommand
}

/** Its reply on standard output; `null` = the reply to a line in which no number could be read. */
export type StreamReply = ControlReply & { readonly reply: number | null }

/** A secret on standard output, before the first record that it protects is sent. No event: it goes into no event log. */
export interface KeyLogLine {
  readonly event: 'key-log'
  /** One line of an NSS key log, without its end. */
  readonly line: string
}

/** A running node as the process that started it sees it. */
export interface RunningNode extends AsyncDisposable {
  readonly name: string
  readonly ready: Extract<NodeEvent, { event: 'ready' }>
  control(command: ControlCommand): Promise<ControlReply>
  /** Ends every connection and listener; resolves when nothing of the node is left. */
  stop(): Promise<void>
}

/** Effects a node is given instead of reaching for them. */
export interface NodeEnvironment {
  emit(event: NodeEvent): void
  /** One line of an NSS key log, without the line end; called before the first protected record is sent. */
  keyLog(line: string): void
  now(): number
}
