import type { DtlsContext } from './context.ts'
import type { PresentedPeer } from './peerVerification.ts'
import type { RetransmissionOptions } from './retransmission.ts'
import type { Timers } from './timers.ts'

export type DtlsRole = 'client' | 'server'

/** `closing`: our close_notify is out and the peer's is awaited. `freed`: nothing native is left; every use throws. */
export type DtlsState = 'created' | 'handshaking' | 'established' | 'closing' | 'closed' | 'freed'

export interface DtlsAlert {
  readonly direction: 'sent' | 'received'
  readonly level: 'warning' | 'fatal'
  /** RFC name, e.g. `bad_certificate`. */
  readonly name: string
}

/**
 * Why an association ended: `close-notify` in order, begun by either side; `unanswered` the peer did not answer our
 * close_notify; `alert` a fatal alert, see there; `time-out` the handshake was given up; `abandoned` closed during the
 * handshake; `replaced` the same peer has made a new association; `failed` none of these, see the error.
 */
export type DtlsEnd =
  | 'close-notify'
  | 'unanswered'
  | 'alert'
  | 'time-out'
  | 'abandoned'
  | 'replaced'
  | 'failed'

export interface DtlsStateChange {
  readonly state: DtlsState
  /** With `closed` only. */
  readonly end?: DtlsEnd
  /** The fatal alert that ended it. */
  readonly alert?: DtlsAlert
  /** What OpenSSL, or a call-back of the caller, had to complain about. */
  readonly error?: string
}

/** Who the peer has proved to be. */
export type DtlsPeer =
  | { readonly kind: 'psk'; readonly identity: Buffer }
  | PresentedPeer
  | { readonly kind: 'none' }

/** What was agreed; there from `established` on. */
export interface DtlsSecurity {
  readonly version: string
  /** IANA name. */
  readonly suite: string
  readonly isResumed: boolean
  readonly peer: DtlsPeer
}

export interface DtlsAssociationOptions {
  readonly context: DtlsContext
  readonly role: DtlsRole
  /** Longest datagram, without IP and UDP headers; default 1232, which fits every IPv6 link. */
  readonly mtu?: number
  readonly timers?: Timers
  readonly retransmission?: RetransmissionOptions
  /** How long the answer to our close_notify is awaited, in milliseconds; default 1000. */
  readonly closeMs?: number
  /** A session that `session()` gave, to resume (clients; needs tickets in the context). */
  readonly session?: Buffer
  /** Server name indication (clients). */
  readonly serverName?: string
}

/**
 * One DTLS association, without a socket: datagrams in, datagrams out. Each `on…` adds a listener; listeners are called after
 * OpenSSL has returned, in the order in which things happened, and may call any method.
 */
export interface DtlsAssociation {
  readonly role: DtlsRole
  readonly state: DtlsState
  /** What was agreed; throws before `established`. */
  readonly security: DtlsSecurity
  /** Longest data that fits a datagram of the MTU; longer data makes a longer datagram. */
  readonly longestData: number
  /** A client sends its hello; a server waits for one. The first datagram starts a server by itself. */
  start(): void
  /** A datagram from the peer. What is not of this association is dropped without a word (RFC 6347 4.1.2.7). */
  receive(datagram: Uint8Array): void
  /** Sends 1 to 16,384 bytes as one record. */
  write(data: Uint8Array): void
  onSend(listener: (datagram: Buffer) => void): void
  onData(listener: (data: Buffer) => void): void
  onState(listener: (change: DtlsStateChange) => void): void
  /** Warnings too. */
  onAlert(listener: (alert: DtlsAlert) => void): void
  /** RFC 5705 without a context. */
  exportKey(label: string, length: number): Buffer
  /** What a client needs to resume; `undefined` when the server gave no ticket. Holds secrets. */
  session(): Buffer | undefined
  /** Sends close_notify and waits for the peer's; during the handshake it just ends. */
  close(): void
  /** Ends without a word. */
  abandon(end: DtlsEnd): void
  /** Gives everything native back. May be called twice; nothing else may be called afterwards. */
  free(): void
}
