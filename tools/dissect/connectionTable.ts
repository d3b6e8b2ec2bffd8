import { type DraftConnection, draftConnection } from './connection.ts'
import type { DissectionContext } from './conversation.ts'
import type { Packet, TcpSegment, UdpDatagram } from './packets/decodePacket.ts'
import type { Problems } from './problems.ts'
import type { Seen } from './seen.ts'
import { senderOf, TcpConnection } from './tcpConnection.ts'
import type { EndPoint } from './trace.ts'
import { UdpConversation } from './udpConversation.ts'

export interface ConnectionTableOptions {
  readonly context: DissectionContext
  readonly problems: Problems
  /** Node of an address (`address:port` is asked first), when the recording or the caller names it. */
  readonly nodeOf: (address: string) => string | undefined
}

/** All connections of a recording; each is followed until it ends and then only remembered. */
export class ConnectionTable {
  /** In order of opening. */
  readonly connections: DraftConnection[] = []
  readonly #options: ConnectionTableOptions
  readonly #open = new Map<string, TcpConnection>()
  readonly #closed = new Map<string, TcpConnection['connection']>()
  readonly #udp = new Map<string, UdpConversation>()

  constructor(options: ConnectionTableOptions) {
    this.#options = options
  }

  packet(packet: Packet, seen: Seen): void {
    if (packet.protocol === 'tcp') this.#segment(packet, seen)
    else this.#datagram(packet, seen)
  }

  /** The recording is over. */
  finish(): void {
    for (const connection of this.#open.values()) connection.finish()
    this.#open.clear()
  }

  #segment(segment: TcpSegment, seen: Seen): void {
    const key = keyOf(segment, seen)
    const known = this.#connectionFor(key, segment, seen)
    if (known === undefined) return
    known.segment(segment, senderOf(segment, known.connection), seen)
    if (!known.finished) return
    this.#open.delete(key)
    this.#closed.set(key, known.connection)
  }

  #connectionFor(key: string, segment: TcpSegment, seen: Seen): TcpConnection | undefined {
    const open = this.#open.get(key)
    const opens = segment.syn && !segment.ack
    if (open !== undefined && !(opens && !open.isSynAgain(segment.sequence))) return open
    if (!opens && this.#isLate(key, segment, seen)) return undefined
    open?.finish()
    const carries = segment.payload.length > 0 || segment.syn
    return carries ? this.#opened(key, segment, seen) : undefined
  }

  /** A segment of a connection that is over already: fine without octets. */
  #isLate(key: string, segment: TcpSegment, seen: Seen): boolean {
    const closed = this.#closed.get(key)
    if (closed === undefined) return false
    closed.lastFrame = seen.ref
    if (segment.payload.length > 0) {
      const { search } = this.#options.context
      search.onWire(search.newState(), closed, segment.payload, seen)
      this.#options.problems.add(`octets after the end of ${described(closed)}`)
    }
    return true
  }

  #opened(key: string, segment: TcpSegment, seen: Seen): TcpConnection {
    const fromClient = segment.syn ? !segment.ack : looksLikeClient(segment)
    const connection = this.#connection('tcp', segment, fromClient, seen)
    const opened = new TcpConnection(this.#options.context, connection, (_from, gapSeen) =>
      this.#options.problems.add(
        `octets are missing in ${described(connection)} before frame ${gapSeen.ref.frame}`,
      ),
    )
    if (!segment.syn) {
      connection.gap = true
      this.#options.problems.add(`the recording begins within ${described(connection)}`)
    }
    this.#open.set(key, opened)
    return opened
  }

  #datagram(datagram: UdpDatagram, seen: Seen): void {
    const key = keyOf(datagram, seen)
    let conversation = this.#udp.get(key)
    if (conversation === undefined) {
      const connection = this.#connection('udp', datagram, true, seen)
      conversation = new UdpConversation(this.#options.context, connection)
      this.#udp.set(key, conversation)
    }
    conversation.datagram(datagram, seen)
  }

  #connection(
    transport: 'tcp' | 'udp',
    packet: Packet,
    fromClient: boolean,
    seen: Seen,
  ): DraftConnection {
    const sender = this.#endPoint(packet.source, packet.sourcePort)
    const receiver = this.#endPoint(packet.destination, packet.destinationPort)
    const connection = draftConnection({
      id: this.connections.length + 1,
      wire: seen.ref.wire,
      transport,
      client: fromClient ? sender : receiver,
      server: fromClient ? receiver : sender,
      opening: seen.ref,
      openedAtMs: seen.atMs,
    })
    this.connections.push(connection)
    return connection
  }

  #endPoint(address: string, port: number): EndPoint {
    const { nodeOf } = this.#options
    const node = nodeOf(`${address}:${port}`) ?? nodeOf(address)
    return node === undefined ? { address, port } : { address, port, node }
  }
}

/** The same for both directions. */
function keyOf(packet: Packet, seen: Seen): string {
  const source = `${packet.source}:${packet.sourcePort}`
  const destination = `${packet.destination}:${packet.destinationPort}`
  const ends = source < destination ? `${source} ${destination}` : `${destination} ${source}`
  return `${ends} ${seen.ref.wire}`
}

/** Without a SYN: who speaks first in TLS and HTTP, else who has the higher port. */
function looksLikeClient(segment: TcpSegment): boolean {
  const { payload } = segment
  if (payload[0] === 22 && payload[1] === 3) return payload[5] !== 2
  if (/^[A-Z]{3,7} \S/.test(payload.toString('latin1', 0, 12))) return true
  if (payload.toString('latin1', 0, 5) === 'HTTP/') return false
  return segment.sourcePort > segment.destinationPort
}

function described(connection: DraftConnection): string {
  const { client, server, id, wire } = connection
  return `connection ${id} on wire ${wire} (${client.address}:${client.port} to ${server.address}:${server.port})`
}
