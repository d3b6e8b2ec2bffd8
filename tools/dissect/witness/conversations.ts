import { type RecordingSource, readRecording } from '../../capture/reading/readRecording.ts'
import type { CapturedFrame } from '../../capture/reading/recordingItem.ts'
import { decodeFrame, type TcpSegment, type UdpDatagram } from '../packets/decodePacket.ts'
import { TcpStream } from '../packets/tcpStream.ts'
import type { Seen } from '../seen.ts'
import type { Side } from '../trace.ts'

/** What one recording says that two ends told each other. */
export interface Conversation {
  readonly transport: 'tcp' | 'udp'
  /** Interface of the recording. */
  readonly wire: string
  /** `address:port` of who began, and of the other. */
  readonly client: string
  readonly server: string
  /** Octets (TCP, one piece) or datagrams (UDP), in order, per sender. */
  readonly said: Readonly<Record<Side, readonly Buffer[]>>
  /** Broken off: what was said last need not have arrived. */
  readonly isReset: boolean
}

export interface Conversations {
  readonly all: readonly Conversation[]
  readonly frames: number
  /** Why the recording itself cannot be believed. */
  readonly problems: readonly string[]
}

interface Draft extends Conversation {
  readonly said: Record<Side, Buffer[]>
  isReset: boolean
}

interface OpenTcp {
  readonly draft: Draft
  readonly streams: Readonly<Record<Side, TcpStream>>
  readonly synSequence: number | undefined
}

/** More than this is not held in memory: 256 MiB. */
const mostBytes = 256 * 1024 * 1024

/** Reads every conversation of a recording whole. Rejects with the system's error when it cannot be read. */
export async function readConversations(source: RecordingSource): Promise<Conversations> {
  const reader = new ConversationReader()
  for await (const items of readRecording(source))
    for (const item of items) {
      if (item.kind === 'frame') reader.frame(item)
      else if (item.kind === 'problem') reader.problem(`${item.message} (${item.code})`)
    }
  return reader.finish()
}

class ConversationReader {
  readonly #drafts: Draft[] = []
  readonly #problems = new Set<string>()
  readonly #tcp = new Map<string, OpenTcp>()
  readonly #udp = new Map<string, Draft>()
  #frames = 0
  #bytes = 0

  frame(frame: CapturedFrame): void {
    this.#frames += 1
    const decoded = decodeFrame(frame.interface.linkType, frame.data)
    if (decoded.kind === 'problem') this.problem(`frame ${frame.frame}: ${decoded.message}`)
    if (decoded.kind !== 'packet') return
    const wire = frame.interface.name
    const seen = { ref: { wire, frame: frame.frame }, atMs: frame.atMs }
    if (decoded.packet.protocol === 'tcp') this.#segment(decoded.packet, seen)
    else this.#datagram(decoded.packet, seen)
  }

  problem(problem: string): void {
    this.#problems.add(problem)
  }

  finish(): Conversations {
    for (const { streams } of this.#tcp.values()) close(streams)
    if (this.#bytes > mostBytes)
      this.problem(`it holds more than the ${mostBytes} octets that can be compared`)
    const all = this.#drafts.map((draft) =>
      draft.transport === 'tcp' ? { ...draft, said: joined(draft.said) } : draft,
    )
    return { all, frames: this.#frames, problems: [...this.#problems] }
  }

  #segment(segment: TcpSegment, seen: Seen): void {
    const [source, destination] = endsOf(segment)
    const key = keyOf(seen.ref.wire, source, destination)
    const opens = segment.syn && !segment.ack
    let open = this.#tcp.get(key)
    if (open === undefined || (opens && open.synSequence !== segment.sequence)) {
      // What comes late for a conversation before the recording says nothing.
      if (!segment.syn && segment.payload.length === 0) return
      if (!segment.syn) this.problem(`it begins within a connection (frame ${seen.ref.frame})`)
      if (open !== undefined) close(open.streams)
      open = this.#open(segment, seen)
      this.#tcp.set(key, open)
    }
    const from = open.draft.client === source ? 'client' : 'server'
    const start = segment.syn ? (segment.sequence + 1) >>> 0 : segment.sequence
    if (segment.syn) open.streams[from].open(segment.sequence)
    open.streams[from].segment(start, segment.payload, seen)
    if (segment.rst) open.draft.isReset = true
  }

  #open(segment: TcpSegment, seen: Seen): OpenTcp {
    const [source, destination] = endsOf(segment)
    const isAnswer = segment.syn && segment.ack
    const draft = this.#draft('tcp', seen, isAnswer ? [destination, source] : [source, destination])
    const stream = (side: Side) =>
      new TcpStream({
        data: (bytes) => this.#keep(draft, side, bytes),
        gap: (at) => this.problem(`octets are missing before frame ${at.ref.frame}`),
      })
    return {
      draft,
      streams: { client: stream('client'), server: stream('server') },
      synSequence: segment.syn && !segment.ack ? segment.sequence : undefined,
    }
  }

  #datagram(datagram: UdpDatagram, seen: Seen): void {
    const [source, destination] = endsOf(datagram)
    const key = keyOf(seen.ref.wire, source, destination)
    let draft = this.#udp.get(key)
    if (draft === undefined) {
      draft = this.#draft('udp', seen, [source, destination])
      this.#udp.set(key, draft)
    }
    this.#keep(draft, draft.client === source ? 'client' : 'server', datagram.payload)
  }

  #draft(transport: 'tcp' | 'udp', seen: Seen, [client, server]: readonly [string, string]): Draft {
    const said = { client: [], server: [] }
    const draft: Draft = { transport, wire: seen.ref.wire, client, server, said, isReset: false }
    this.#drafts.push(draft)
    return draft
  }

  #keep(draft: Draft, side: Side, bytes: Buffer): void {
    this.#bytes += bytes.length
    // Views of the reader's buffer: copied, because they are kept.
    if (this.#bytes <= mostBytes) draft.said[side].push(Buffer.from(bytes))
  }
}

function close(streams: Readonly<Record<Side, TcpStream>>): void {
  streams.client.close()
  streams.server.close()
}

function joined(said: Readonly<Record<Side, readonly Buffer[]>>): Record<Side, Buffer[]> {
  return { client: [Buffer.concat(said.client)], server: [Buffer.concat(said.server)] }
}

function endsOf(packet: TcpSegment | UdpDatagram): [source: string, destination: string] {
  return [
    `${packet.source}:${packet.sourcePort}`,
    `${packet.destination}:${packet.destinationPort}`,
  ]
}

/** The same for both directions. */
function keyOf(wire: string, ...ends: [string, string]): string {
  return [wire, ...ends.toSorted()].join(' ')
}
