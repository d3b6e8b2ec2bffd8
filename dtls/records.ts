const recordHeader = 13
const handshakeHeader = 12
const contentHandshake = 22
const messageClientHello = 1
/** Record and handshake headers, version, random, and the three empty vectors that a hello cannot be without. */
const shortestHello = recordHeader + handshakeHeader + 2 + 32 + 1 + 1 + 2 + 2

/** One fragment of a handshake message in clear (RFC 6347 4.2.2). */
export interface HandshakeFragment {
  readonly type: number
  /** Length of the whole message. */
  readonly length: number
  readonly sequence: number
  readonly offset: number
  readonly body: Buffer
}

/** Whether the datagram begins with a record of epoch 0, that is: in clear. */
export function isInClear(datagram: Uint8Array): boolean {
  return datagram.length >= recordHeader && datagram[3] === 0 && datagram[4] === 0
}

/**
 * Version and random of the ClientHello that the datagram begins with; they are the same in the hello that brings the cookie
 * back. `undefined` for every other datagram.
 */
export function helloOf(datagram: Buffer): Buffer | undefined {
  if (datagram.length < shortestHello || !isInClear(datagram)) return undefined
  if (datagram[0] !== contentHandshake || datagram[recordHeader] !== messageClientHello)
    return undefined
  const start = recordHeader + handshakeHeader
  return datagram.subarray(start, start + 34)
}

/** Record number of the first record of a datagram, without its epoch. */
export function sequenceOf(datagram: Buffer): number {
  return datagram.readUIntBE(5, 6)
}

/**
 * Adds to the record numbers of all records in clear, in place. The first ServerHello must carry the number of the hello that
 * brought the cookie (RFC 6347 4.2.1); OpenSSL 3.5 always gives it 1, which a client that had to repeat its first hello has seen
 * in the HelloVerifyRequest, and drops.
 */
export function shiftClearRecords(datagram: Buffer, by: number): void {
  for (let at = 0; at + recordHeader <= datagram.length; ) {
    if (datagram.readUInt16BE(at + 3) === 0) {
      const sequence = datagram.readUIntBE(at + 5, 6) + by
      datagram.writeUIntBE((sequence + 2 ** 48) % 2 ** 48, at + 5, 6)
    }
    at += recordHeader + datagram.readUInt16BE(at + 11)
  }
}

/** The handshake fragments in clear of a datagram; stops at the first thing that is not well-formed. */
export function clearFragments(datagram: Buffer): readonly HandshakeFragment[] {
  const fragments: HandshakeFragment[] = []
  for (let at = 0; at + recordHeader <= datagram.length; ) {
    const length = datagram.readUInt16BE(at + 11)
    const end = at + recordHeader + length
    if (end > datagram.length) break
    const isClearHandshake =
      datagram[at] === contentHandshake && datagram.readUInt16BE(at + 3) === 0
    if (isClearHandshake) fragments.push(...fragmentsIn(datagram.subarray(at + recordHeader, end)))
    at = end
  }
  return fragments
}

function fragmentsIn(record: Buffer): readonly HandshakeFragment[] {
  const fragments: HandshakeFragment[] = []
  for (let at = 0; at + handshakeHeader <= record.length; ) {
    const end = at + handshakeHeader + record.readUIntBE(at + 9, 3)
    if (end > record.length) break
    fragments.push({
      type: record.readUInt8(at),
      length: record.readUIntBE(at + 1, 3),
      sequence: record.readUInt16BE(at + 4),
      offset: record.readUIntBE(at + 6, 3),
      body: record.subarray(at + handshakeHeader, end),
    })
    at = end
  }
  return fragments
}
