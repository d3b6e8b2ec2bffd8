import type { Seen } from '../seen.ts'

export interface HandshakeMessageBytes {
  readonly type: number
  readonly body: Buffer
  /** The frame that completed it. */
  readonly seen: Seen
}

const headerLength = 4
/** Longer messages are nobody's: a certificate chain has some kilobytes. */
const largestMessage = 256 * 1024

/** Puts the handshake messages of one direction together: several in a record, or one over several. */
export class HandshakeReader {
  #rest: Buffer = Buffer.alloc(0)
  #broken = false

  push(fragment: Buffer, seen: Seen): HandshakeMessageBytes[] {
    if (this.#broken) return []
    const bytes = this.#rest.length === 0 ? fragment : Buffer.concat([this.#rest, fragment])
    const messages: HandshakeMessageBytes[] = []
    let at = 0
    while (at + headerLength <= bytes.length) {
      const length = bytes.readUIntBE(at + 1, 3)
      this.#broken = length > largestMessage
      if (this.#broken || at + headerLength + length > bytes.length) break
      const body = bytes.subarray(at + headerLength, at + headerLength + length)
      messages.push({ type: bytes[at] ?? 0, body, seen })
      at += headerLength + length
    }
    this.#rest = this.#broken ? Buffer.alloc(0) : Buffer.from(bytes.subarray(at))
    return messages
  }
}
