import type { Seen } from '../seen.ts'

export const contentType = {
  changeCipherSpec: 20,
  alert: 21,
  handshake: 22,
  applicationData: 23,
  heartbeat: 24,
} as const

/** One TLS record as it was on the wire (RFC 5246 6.2). */
export interface TlsRecord {
  readonly type: number
  /** As in the record, e.g. 0x0303. */
  readonly version: number
  readonly fragment: Buffer
  /** Frames that carried it, in order; the last one completed it. */
  readonly seen: readonly [Seen, ...Seen[]]
}

export interface RecordSink {
  record(record: TlsRecord): void
  /** Bytes outside any record. */
  clear(bytes: Buffer, seen: Seen): void
  /** Bytes after a gap, before records can be told again. */
  lost(bytes: Buffer, seen: Seen): void
}

const headerLength = 5
/** 2^14 and the expansion that RFC 5246 6.2.3 allows. */
const largestFragment = 16_384 + 2_048

/**
 * Cuts one direction of a stream into TLS records. Whatever is no record is clear; after clear bytes, a segment that
 * starts like a hello starts records again (an upgrade).
 */
export class RecordReader {
  readonly #sink: RecordSink
  #pieces: Buffer[] = []
  #seen: Seen[] = []
  #length = 0
  #clear = false
  #lost = false
  /** A record was seen on this direction. */
  #anyRecord = false

  constructor(sink: RecordSink) {
    this.#sink = sink
  }

  push(bytes: Buffer, seen: Seen): void {
    if (this.#lost && !startsRecord(bytes)) {
      this.#sink.lost(bytes, seen)
      return
    }
    this.#lost = false
    if (this.#clear && !startsLikeHello(bytes)) {
      this.#sink.clear(bytes, seen)
      return
    }
    this.#clear = false
    let rest = bytes
    while (rest.length > 0) {
      const wanted = this.#wanted(rest)
      if (wanted === undefined) {
        this.#turnClear(rest, seen)
        return
      }
      const piece = rest.subarray(0, wanted - this.#length)
      this.#take(piece, seen)
      rest = rest.subarray(piece.length)
    }
  }

  /** Octets are missing: what was begun cannot be completed. */
  gap(): void {
    this.#forget()
    this.#lost = this.#anyRecord
    this.#clear &&= !this.#anyRecord
  }

  /** The stream is over. Returns the frames of a record that was begun and never completed. */
  end(): readonly Seen[] {
    const [first] = this.#seen
    const begun = this.#seen
    if (first !== undefined && !this.#anyRecord) {
      this.#sink.clear(Buffer.concat(this.#pieces), first)
      this.#forget()
      return []
    }
    this.#forget()
    return begun
  }

  /** How many bytes the record being read has, as far as is known; `undefined` when it is no record. */
  #wanted(rest: Buffer): number | undefined {
    const header = this.#length >= headerLength ? this.#pieces[0] : this.#header(rest)
    if (header === undefined || !plausible(header)) return undefined
    return header.length < headerLength ? headerLength : headerLength + header.readUInt16BE(3)
  }

  #header(rest: Buffer): Buffer {
    if (this.#length === 0) return rest.subarray(0, headerLength)
    return Buffer.concat([...this.#pieces, rest.subarray(0, headerLength - this.#length)])
  }

  #take(piece: Buffer, seen: Seen): void {
    this.#pieces.push(piece)
    this.#seen.push(seen)
    this.#length += piece.length
    if (this.#length < headerLength) return
    if (this.#pieces.length > 1 && (this.#pieces[0]?.length ?? 0) < headerLength)
      this.#pieces = [Buffer.concat(this.#pieces)]
    const header = this.#pieces[0]
    if (header === undefined || this.#length < headerLength + header.readUInt16BE(3)) return
    this.#complete()
  }

  #complete(): void {
    const whole =
      this.#pieces.length === 1 ? (this.#pieces[0] ?? Buffer.alloc(0)) : Buffer.concat(this.#pieces)
    const [first, ...others] = this.#seen
    this.#forget()
    if (first === undefined) return
    this.#anyRecord = true
    this.#sink.record({
      type: whole[0] ?? 0,
      version: whole.readUInt16BE(1),
      fragment: whole.subarray(headerLength),
      seen: [first, ...others],
    })
  }

  #turnClear(rest: Buffer, seen: Seen): void {
    const held = this.#pieces
    const heldSeen = this.#seen[0] ?? seen
    this.#forget()
    this.#clear = true
    if (held.length > 0) this.#sink.clear(Buffer.concat(held), heldSeen)
    this.#sink.clear(rest, seen)
  }

  #forget(): void {
    this.#pieces = []
    this.#seen = []
    this.#length = 0
  }
}

/** Whether bytes can be (the start of) a record header. */
function plausible(header: Buffer): boolean {
  const type = header[0] ?? 0
  if (type < contentType.changeCipherSpec || type > contentType.heartbeat) return false
  if (header.length > 1 && header[1] !== 3) return false
  if (header.length > 2 && (header[2] ?? 0) > 4) return false
  if (header.length < headerLength) return true
  const length = header.readUInt16BE(3)
  return length <= largestFragment && (length > 0 || type === contentType.applicationData)
}

function startsRecord(bytes: Buffer): boolean {
  return bytes.length >= headerLength && plausible(bytes.subarray(0, headerLength))
}

/** A handshake record with a hello in it. */
function startsLikeHello(bytes: Buffer): boolean {
  const hello = bytes[5]
  return (
    bytes[0] === contentType.handshake &&
    plausible(bytes.subarray(0, headerLength)) &&
    (hello === 1 || hello === 2)
  )
}
