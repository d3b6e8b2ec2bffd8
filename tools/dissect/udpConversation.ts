import type { DraftConnection } from './connection.ts'
import type { DissectionContext } from './conversation.ts'
import type { SearchState } from './knowledge.ts'
import type { UdpDatagram } from './packets/decodePacket.ts'
import type { Seen } from './seen.ts'
import type { SecurityAssociation, Side } from './trace.ts'

/**
 * Datagrams between two ends. DTLS is recognised, so that protected datagrams are not taken for clear ones, but not
 * opened: the association says `unsupported-suite`.
 */
export class UdpConversation {
  readonly #context: DissectionContext
  readonly #connection: DraftConnection
  readonly #states: Record<Side, SearchState>

  constructor(context: DissectionContext, connection: DraftConnection) {
    this.#context = context
    this.#connection = connection
    this.#states = { client: context.search.newState(), server: context.search.newState() }
  }

  datagram(datagram: UdpDatagram, seen: Seen): void {
    const { address, port } = this.#connection.client
    const from = datagram.source === address && datagram.sourcePort === port ? 'client' : 'server'
    const { payload } = datagram
    this.#connection.lastFrame = seen.ref
    this.#connection.bytes[from] += payload.length
    this.#context.search.onWire(this.#states[from], this.#connection, payload, seen)
    if (!isDtls(payload)) {
      this.#connection.clearBytes[from] += payload.length
      this.#connection.clearFrame ??= seen.ref
      return
    }
    this.#connection.association ??= unopened(payload)
    if (epochOf(payload) > 0) this.#context.search.unreadable(seen.ref)
  }
}

const headerLength = 13

/** Whether a datagram starts with a DTLS record (RFC 6347 4.1). */
function isDtls(payload: Buffer): boolean {
  if (payload.length < headerLength) return false
  const type = payload[0] ?? 0
  const version = payload.readUInt16BE(1)
  return (
    type >= 20 &&
    type <= 25 &&
    (version === 0xfeff || version === 0xfefd) &&
    headerLength + payload.readUInt16BE(11) <= payload.length
  )
}

function epochOf(payload: Buffer): number {
  return payload.readUInt16BE(3)
}

function unopened(payload: Buffer): SecurityAssociation {
  const random = payload.subarray(headerLength + 14, headerLength + 46)
  return {
    protocol: 'DTLS',
    offeredVersions: [],
    offeredSuites: [],
    clientRandom: random.toString('hex'),
    resumed: false,
    extendedMasterSecret: false,
    encryptThenMac: false,
    state: 'incomplete',
    handshake: [],
    alerts: [],
    applicationRecords: { client: 0, server: 0 },
    applicationBytes: { client: 0, server: 0 },
    decryption: 'unsupported-suite',
  }
}
