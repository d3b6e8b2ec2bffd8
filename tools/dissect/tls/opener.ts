import type { CipherSuite } from '../../../protocol/security/cipherSuites.ts'
import type { Side } from '../trace.ts'
import type { TlsRecord } from './record.ts'

/** What was inside a protected record. */
export interface OpenedRecord {
  readonly type: number
  readonly content: Buffer
}

/**
 * Opens the protected records of one direction, in order. `undefined` = it does not decrypt, or its integrity check
 * fails; the opener is then of no further use.
 */
export interface RecordOpener {
  open(record: TlsRecord): OpenedRecord | undefined
}

/** What both ends agreed on before protection starts, TLS 1.0 to 1.2. */
export interface NegotiatedProtection {
  readonly suite: CipherSuite
  /** e.g. 0x0303. */
  readonly version: number
  readonly encryptThenMac: boolean
  readonly clientRandom: Buffer
  readonly serverRandom: Buffer
  readonly side: Side
}

/** The record's sequence number, type, version and length: what MACs and AEADs cover besides the content. */
export function additionalData(
  sequence: number,
  record: Pick<TlsRecord, 'type' | 'version'>,
  length: number,
): Buffer {
  const bytes = Buffer.alloc(13)
  writeSequence(bytes, sequence)
  bytes[8] = record.type
  bytes.writeUInt16BE(record.version, 9)
  bytes.writeUInt16BE(length, 11)
  return bytes
}

export function writeSequence(bytes: Buffer, sequence: number): void {
  bytes.writeUInt32BE(Math.floor(sequence / 2 ** 32), 0)
  bytes.writeUInt32BE(sequence >>> 0, 4)
}
