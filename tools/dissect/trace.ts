/**
 * Evidence: what properties read (docs/evidence.md). For every wire a list of frames; over them connections, records,
 * handshakes, alerts and application messages; over those primitives; over those the journey of each request. Everything
 * points to the frames it came from, so that a verdict can be checked in any packet analyser.
 */
import type { RequestPrimitive, ResponsePrimitive } from '../../protocol/primitive.ts'

/** A frame of a recording. `frame` is the number a packet analyser shows: from 1, over the whole file. */
export interface FrameRef {
  readonly wire: string
  readonly frame: number
}

/** `client` opened the connection, `server` accepted it. */
export type Side = 'client' | 'server'

export interface Trace {
  readonly recording: Recording
  readonly wires: readonly WireTrace[]
  readonly connections: readonly Connection[]
  readonly primitives: readonly TracedPrimitive[]
  readonly journeys: readonly Journey[]
}

export interface Recording {
  readonly path: string
  readonly frames: number
  /** Why the recording cannot be trusted: truncated, a gap in a stream, an interface nobody knows. Empty = sound. */
  readonly problems: readonly string[]
}

export interface WireTrace {
  readonly wire: string
  readonly frames: number
  readonly bytes: number
  readonly connections: readonly Connection[]
}

/** One end of a connection; `node` is known when the recording names the address. */
export interface EndPoint {
  readonly address: string
  readonly port: number
  readonly node?: string
}

export interface Connection {
  /** Unique in the trace, from 1 in order of opening. */
  readonly id: number
  readonly wire: string
  readonly transport: 'tcp' | 'udp'
  readonly client: EndPoint
  readonly server: EndPoint
  /** Milliseconds since the epoch, with fractions. */
  readonly openedAtMs: number
  readonly closedAtMs?: number
  readonly opening: FrameRef
  readonly lastFrame: FrameRef
  /** Payload bytes seen, per direction. */
  readonly bytes: Readonly<Record<Side, number>>
  /** Octets were missing from the recorded stream. */
  readonly gap: boolean
  /** Absent: no (D)TLS handshake message was ever seen on it. */
  readonly association?: SecurityAssociation
  /** Payload bytes that travelled outside any (D)TLS record, per direction. */
  readonly clearBytes: Readonly<Record<Side, number>>
  /** First frame with payload outside any record. */
  readonly clearFrame?: FrameRef
}

export type AssociationState =
  /** Both Finished messages were seen. */
  | 'established'
  /** An alert or a close ended it before that. */
  | 'failed'
  /** The recording ends, or the connection does, in the middle without a word. */
  | 'incomplete'

export type Decryption =
  /** Every protected record was decrypted and its integrity checked. */
  | 'complete'
  /** Nothing protected was seen. */
  | 'not-needed'
  /** The recording holds no secret for this handshake. */
  | 'no-secret'
  /** A secret is there but some record does not decrypt with it. */
  | 'failed'
  /** The suite is one the dissector does not know. */
  | 'unsupported-suite'

export interface SecurityAssociation {
  readonly protocol: 'TLS' | 'DTLS'
  /** Negotiated: `TLS 1.0` … `TLS 1.3`, `DTLS 1.0`, `DTLS 1.2`, `SSL 3.0`; absent before a ServerHello. */
  readonly version?: string
  readonly offeredVersions: readonly string[]
  /** Chosen by the server; absent before a ServerHello. */
  readonly suite?: SuiteRef
  readonly offeredSuites: readonly SuiteRef[]
  /** From the ClientKeyExchange (RFC 4279), as text; non-UTF-8 bytes as \xNN. */
  readonly pskIdentity?: string
  readonly pskIdentityHint?: string
  /** server_name of the ClientHello (RFC 6066). */
  readonly serverName?: string
  /** Hexadecimal. */
  readonly clientRandom: string
  readonly serverRandom?: string
  readonly resumed: boolean
  readonly extendedMasterSecret: boolean
  readonly encryptThenMac: boolean
  readonly state: AssociationState
  readonly handshake: readonly HandshakeMessage[]
  readonly alerts: readonly Alert[]
  /** Application data records, and their decrypted bytes, per direction. */
  readonly applicationRecords: Readonly<Record<Side, number>>
  readonly applicationBytes: Readonly<Record<Side, number>>
  readonly decryption: Decryption
  /** First record that did not decrypt. */
  readonly undecrypted?: FrameRef
}

export interface SuiteRef {
  /** Registry value, e.g. 0x00AE. */
  readonly id: number
  /** IANA name; `0xNNNN` where the table does not know it. */
  readonly name: string
}

export interface HandshakeMessage {
  /** RFC name in snake case: client_hello, server_hello, client_key_exchange, finished …; change_cipher_spec is listed too. */
  readonly type: string
  readonly from: Side
  readonly frame: FrameRef
  readonly encrypted: boolean
}

export interface Alert {
  readonly from: Side
  readonly level: 'warning' | 'fatal'
  /** RFC name in snake case, e.g. unknown_psk_identity. */
  readonly description: string
  readonly encrypted: boolean
  readonly frame: FrameRef
}

/** A request or response primitive as it crossed one wire. */
export interface TracedPrimitive {
  readonly kind: 'request' | 'response'
  readonly wire: string
  readonly connection: Connection
  /** Who sent it on this hop and who it was sent to (node names, else addresses). */
  readonly from: string
  readonly to: string
  readonly atMs: number
  readonly frames: readonly FrameRef[]
  /** True when it travelled inside an established association. */
  readonly protected: boolean
  readonly request?: RequestPrimitive
  readonly response?: ResponsePrimitive
  /** Request line or status line of the binding, e.g. `POST /~/cse2/base`, `201`. */
  readonly bindingSummary: string
  /** The content exactly as it travelled, decoded from transfer encodings only. */
  readonly body: Uint8Array
  /** Set when the message was application data but not a primitive; then `request` and `response` are absent. */
  readonly malformed?: string
}

/** One hop of a request: the request as it crossed the wire, and its answer. */
export interface Hop {
  readonly wire: string
  readonly from: string
  readonly to: string
  readonly request: TracedPrimitive
  readonly response?: TracedPrimitive
  /** What the handshake proved about the client of the connection (the PSK identity); absent without association. */
  readonly authenticatedAs?: string
}

/** The way of one request through the network, ordered by time of the request on each hop. */
export interface Journey {
  /** Request identifier as the originator wrote it; registrars prefix it on Mcc (TS-0001 7.1.7), hops are matched modulo that prefix. */
  readonly rqi: string
  readonly hops: readonly Hop[]
}

// ---------------------------------------------------------------------------------------------------------------------
// Knowledge

export type CanaryEncoding = 'raw' | 'base64' | 'hex' | 'url' | 'json-escaped' | 'compressed'

/** A marker that was put into content, to be searched for in everything recorded. */
export interface Canary {
  readonly label: string
  readonly text: string
}

/** What a recording tells about one canary. */
export interface CanaryKnowledge {
  readonly canary: Canary
  /** Nodes that held the clear text on some hop: an end of an association (or of a plain connection) that carried it. */
  readonly readers: readonly {
    readonly node: string
    readonly wire: string
    readonly frame: FrameRef
  }[]
  /** Where it could be read off the wire itself, outside any protection. */
  readonly inClear: readonly {
    readonly wire: string
    readonly encoding: CanaryEncoding
    readonly frame: FrameRef
  }[]
  /** Every encoding that was looked for, in every recorded byte. */
  readonly searched: readonly CanaryEncoding[]
  /** Protected bytes that could not be opened, so the canary could not be looked for in them. */
  readonly unreadable: readonly FrameRef[]
}
