import type { DraftConnection } from './connection.ts'
import { Conversation, type DissectionContext } from './conversation.ts'
import type { TcpSegment } from './packets/decodePacket.ts'
import { TcpStream } from './packets/tcpStream.ts'
import type { Seen } from './seen.ts'
import type { Side } from './trace.ts'

/** Follows one TCP connection from its first segment to its end. */
export class TcpConnection {
  readonly connection: DraftConnection
  readonly #conversation: Conversation
  readonly #streams: Record<Side, TcpStream>
  /** Where each side said that its octets end. */
  readonly #endsAt: Partial<Record<Side, number>> = {}
  #last: Seen | undefined
  readonly #onGap: (from: Side, seen: Seen) => void
  #synSequence: number | undefined
  #ended = false
  #finished = false

  constructor(
    context: DissectionContext,
    connection: DraftConnection,
    onGap: (from: Side, seen: Seen) => void,
  ) {
    this.connection = connection
    this.#conversation = new Conversation(context, connection)
    this.#onGap = onGap
    this.#streams = { client: this.#stream('client'), server: this.#stream('server') }
  }

  /** Nothing more will be taken in; its state is gone. */
  get finished(): boolean {
    return this.#finished
  }

  /** Whether a SYN is that of this connection, sent again. */
  isSynAgain(sequence: number): boolean {
    return this.#synSequence === sequence
  }

  segment(segment: TcpSegment, from: Side, seen: Seen): void {
    this.connection.lastFrame = seen.ref
    this.#last = seen
    const stream = this.#streams[from]
    const start = segment.syn ? (segment.sequence + 1) >>> 0 : segment.sequence
    if (segment.syn) {
      if (from === 'client' && !segment.ack) this.#synSequence = segment.sequence
      stream.open(segment.sequence)
    }
    stream.segment(start, segment.payload, seen)
    if (segment.fin || (segment.rst && stream.isOpen)) {
      this.#endsAt[from] = (start + segment.payload.length) >>> 0
    }
    if (segment.fin || segment.rst) this.#over(segment.rst, seen)
    if (segment.rst || (this.#complete('client') && this.#complete('server'))) this.finish()
  }

  /** The recording is over, or the connection is. */
  finish(): void {
    if (this.#finished) return
    this.#finished = true
    this.#closeStream('client')
    this.#closeStream('server')
    this.#conversation.close(this.#ended)
  }

  /** Octets that the sender counted and the recording does not have are missing, also when nothing came after them. */
  #closeStream(side: Side): void {
    const stream = this.#streams[side]
    stream.close()
    const end = this.#endsAt[side]
    if (end === undefined || stream.reached(end) || this.#last === undefined) return
    this.#conversation.gap(side)
    this.#onGap(side, this.#last)
  }

  #over(abrupt: boolean, seen: Seen): void {
    this.#ended = true
    const both = this.#endsAt.client !== undefined && this.#endsAt.server !== undefined
    if (abrupt || both) this.connection.closedAtMs = seen.atMs
  }

  #complete(side: Side): boolean {
    const end = this.#endsAt[side]
    return end !== undefined && this.#streams[side].reached(end)
  }

  #stream(from: Side): TcpStream {
    return new TcpStream({
      data: (bytes, seen) => this.#conversation.data(from, bytes, seen),
      gap: (seen) => {
        this.#conversation.gap(from)
        this.#onGap(from, seen)
      },
    })
  }
}

/** Which side sent a segment. */
export function senderOf(segment: TcpSegment, connection: DraftConnection): Side {
  const { address, port } = connection.client
  return segment.source === address && segment.sourcePort === port ? 'client' : 'server'
}
