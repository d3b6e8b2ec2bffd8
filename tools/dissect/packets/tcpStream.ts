import type { Seen } from '../seen.ts'

/** Where the octets of one direction go, in the order they were sent. Bytes are views: copy what is kept. */
export interface StreamSink {
  data(bytes: Buffer, seen: Seen): void
  /** Octets are missing from the recording between what was delivered and what comes next. */
  gap(seen: Seen): void
}

interface Held {
  readonly bytes: Buffer
  readonly seen: Seen
}

/** Out-of-order octets, and segments, held before the missing ones are given up. */
const largestHeld = 4 * 1024 * 1024
const mostHeld = 10_000

/**
 * One direction of a TCP connection: puts segments in order, drops what was sent twice. Octets that never come are
 * given up when too much is held, or at the end, and the sink is told.
 */
export class TcpStream {
  readonly #sink: StreamSink
  /** Sequence number of the next octet to deliver. */
  #next: number | undefined
  #held: { distance: number; held: Held }[] = []
  #heldBytes = 0
  /** Octets delivered or given up, so that held segments have a place that does not wrap. */
  #position = 0

  constructor(sink: StreamSink) {
    this.#sink = sink
  }

  /** The SYN was seen: the stream starts after it. */
  open(sequence: number): void {
    this.#next ??= (sequence + 1) >>> 0
  }

  /** Whether anything tells where this stream begins. */
  get isOpen(): boolean {
    return this.#next !== undefined
  }

  /** Whether everything before this sequence number was delivered. */
  reached(sequence: number): boolean {
    return this.#next !== undefined && ((this.#next - sequence) | 0) >= 0
  }

  segment(sequence: number, bytes: Buffer, seen: Seen): void {
    if (bytes.length === 0) return
    this.#next ??= sequence
    const ahead = (sequence - this.#next) | 0
    if (ahead > 0) this.#hold(ahead, bytes, seen)
    else if (-ahead < bytes.length) {
      this.#deliver(bytes.subarray(-ahead), seen)
      this.#deliverHeld()
    }
    while (this.#heldBytes > largestHeld || this.#held.length > mostHeld) this.#giveUp()
  }

  /** No more segments will come. */
  close(): void {
    while (this.#held.length > 0) this.#giveUp()
  }

  #deliver(bytes: Buffer, seen: Seen): void {
    this.#position += bytes.length
    this.#next = ((this.#next ?? 0) + bytes.length) >>> 0
    this.#sink.data(bytes, seen)
  }

  #hold(ahead: number, bytes: Buffer, seen: Seen): void {
    const distance = this.#position + ahead
    const at = this.#held.findLastIndex((other) => other.distance <= distance) + 1
    const entry = { distance, held: { bytes: Buffer.from(bytes), seen } }
    this.#held.splice(at, 0, entry)
    this.#heldBytes += bytes.length
  }

  #deliverHeld(): void {
    for (;;) {
      const first = this.#held[0]
      if (first === undefined || first.distance > this.#position) return
      this.#held.shift()
      this.#heldBytes -= first.held.bytes.length
      const old = this.#position - first.distance
      if (old < first.held.bytes.length)
        this.#deliver(first.held.bytes.subarray(old), first.held.seen)
    }
  }

  /** Skips the missing octets before the first held segment. */
  #giveUp(): void {
    const first = this.#held[0]
    if (first === undefined) return
    const missing = first.distance - this.#position
    if (missing > 0) {
      this.#position += missing
      this.#next = ((this.#next ?? 0) + missing) >>> 0
      this.#sink.gap(first.held.seen)
    }
    this.#deliverHeld()
  }
}
