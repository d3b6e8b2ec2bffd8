/**
 * Reads the fields of a message one after the other. Reading past the end gives zeros and empty vectors and clears `ok`,
 * so that a parser reads to its end and asks once.
 */
export class ByteReader {
  readonly #bytes: Buffer
  #at = 0
  ok = true

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get remaining(): number {
    return this.#bytes.length - this.#at
  }

  u8(): number {
    return this.#number(1)
  }

  u16(): number {
    return this.#number(2)
  }

  u32(): number {
    return this.#number(4)
  }

  bytes(length: number): Buffer {
    if (length > this.remaining) {
      this.ok = false
      return Buffer.alloc(0)
    }
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  /** A vector preceded by its length in `lengthBytes` bytes. */
  vector(lengthBytes: 1 | 2 | 3): Buffer {
    return this.bytes(this.#number(lengthBytes))
  }

  #number(length: number): number {
    const bytes = this.bytes(length)
    return this.ok ? bytes.readUIntBE(0, length) : 0
  }
}

/** The 16-bit values of a vector; an odd byte at the end is dropped. */
export function u16List(bytes: Buffer): number[] {
  return Array.from({ length: bytes.length >> 1 }, (_, index) => bytes.readUInt16BE(2 * index))
}
