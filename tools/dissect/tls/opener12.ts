import {
  createDecipheriv,
  createHmac,
  createSecretKey,
  type Decipheriv,
  getCiphers,
} from 'node:crypto'
import { type Aead, aead } from './aead.ts'
import { oldPrf, prf } from './keySchedule.ts'
import {
  additionalData,
  type NegotiatedProtection,
  type OpenedRecord,
  type RecordOpener,
} from './opener.ts'
import type { TlsRecord } from './record.ts'

/** Opens records of TLS 1.0 to 1.2 (RFC 5246 6.3); `undefined` when the suite is none the dissector can open. */
export function makeOpener12(
  negotiated: NegotiatedProtection,
  masterSecret: Buffer,
): RecordOpener | undefined {
  const make = modes[negotiated.suite.mode]
  if (make === undefined || negotiated.version < 0x0301) return undefined
  return make(negotiated, keysOf(negotiated, masterSecret))
}

interface DirectionKeys {
  readonly macKey: Buffer
  readonly key: Buffer
  readonly iv: Buffer
}

const macLengths: Readonly<Record<string, number>> = { md5: 16, sha1: 20, sha256: 32, sha384: 48 }

/** The key block, and of it what protects one direction (RFC 5246 6.3). */
function keysOf(negotiated: NegotiatedProtection, masterSecret: Buffer): DirectionKeys {
  const { suite, version, clientRandom, serverRandom } = negotiated
  const macLength = macLengths[suite.mac] ?? 0
  const length = 2 * (macLength + suite.keyLength + suite.ivLength)
  const seed = Buffer.concat([serverRandom, clientRandom])
  const block =
    version >= 0x0303
      ? prf(
          suite.prf === 'sha384' ? 'sha384' : 'sha256',
          masterSecret,
          'key expansion',
          seed,
          length,
        )
      : oldPrf(masterSecret, 'key expansion', seed, length)
  const second = negotiated.side === 'server' ? 1 : 0
  const part = (start: number, size: number) =>
    block.subarray(start + second * size, start + (second + 1) * size)
  return {
    macKey: part(0, macLength),
    key: part(2 * macLength, suite.keyLength),
    iv: part(2 * (macLength + suite.keyLength), suite.ivLength),
  }
}

type MakeOpener = (
  negotiated: NegotiatedProtection,
  keys: DirectionKeys,
) => RecordOpener | undefined

const modes: Readonly<Record<string, MakeOpener>> = {
  null: makeNullOpener,
  cbc: makeCbcOpener,
  gcm: makeExplicitNonceOpener,
  ccm: makeExplicitNonceOpener,
  poly1305: makeChaChaOpener,
}

function makeNullOpener(
  { suite }: NegotiatedProtection,
  keys: DirectionKeys,
): RecordOpener | undefined {
  if (suite.mac === 'other') return undefined
  const checkMac = macCheck(suite.mac, keys.macKey)
  let sequence = 0
  return {
    open(record) {
      const length = record.fragment.length - (macLengths[suite.mac] ?? 0)
      if (length < 0) return undefined
      const content = record.fragment.subarray(0, length)
      const covered = additionalData(sequence++, record, length)
      return checkMac([covered, content], record.fragment.subarray(length))
        ? { type: record.type, content }
        : undefined
    },
  }
}

const available = new Set(getCiphers())

function makeCbcOpener(
  negotiated: NegotiatedProtection,
  keys: DirectionKeys,
): RecordOpener | undefined {
  const { suite } = negotiated
  const name = `${suite.cipher}-cbc`
  if (!available.has(name) || suite.mac === 'other') return undefined
  // One decipher for the whole direction: CBC chains over ciphertext, so that feeding it the explicit IV of each record
  // (TLS 1.1, 1.2) puts it in the right state, and without one (TLS 1.0) it is in it already.
  const decipher = createDecipheriv(name, keys.key, keys.iv)
  decipher.setAutoPadding(false)
  return negotiated.encryptThenMac
    ? encryptThenMacOpener(negotiated, decipher, keys)
    : macThenEncryptOpener(negotiated, decipher, keys)
}

/** RFC 7366. */
function encryptThenMacOpener(
  { suite, version }: NegotiatedProtection,
  decipher: Decipheriv,
  keys: DirectionKeys,
): RecordOpener {
  const checkMac = macCheck(suite.mac, keys.macKey)
  const macLength = macLengths[suite.mac] ?? 0
  let sequence = 0
  return {
    open(record) {
      const length = record.fragment.length - macLength
      if (length < suite.ivLength || length % suite.ivLength !== 0) return undefined
      const encrypted = record.fragment.subarray(0, length)
      const covered = additionalData(sequence++, record, length)
      if (!checkMac([covered, encrypted], record.fragment.subarray(length))) return undefined
      const padded = decrypted(decipher, encrypted, version, suite.ivLength)
      const paddingLength = paddingOf(padded)
      if (paddingLength === undefined) return undefined
      return { type: record.type, content: padded.subarray(0, padded.length - paddingLength) }
    },
  }
}

/** RFC 5246 6.2.3.2. */
function macThenEncryptOpener(
  { suite, version }: NegotiatedProtection,
  decipher: Decipheriv,
  keys: DirectionKeys,
): RecordOpener {
  const checkMac = macCheck(suite.mac, keys.macKey)
  const macLength = macLengths[suite.mac] ?? 0
  let sequence = 0
  return {
    open(record): OpenedRecord | undefined {
      const { fragment } = record
      if (fragment.length < suite.ivLength || fragment.length % suite.ivLength !== 0)
        return undefined
      const padded = decrypted(decipher, fragment, version, suite.ivLength)
      const length = padded.length - (paddingOf(padded) ?? padded.length + 1) - macLength
      if (length < 0) return undefined
      const content = padded.subarray(0, length)
      const covered = additionalData(sequence++, record, length)
      return checkMac([covered, content], padded.subarray(length, length + macLength))
        ? { type: record.type, content }
        : undefined
    },
  }
}

function decrypted(decipher: Decipheriv, bytes: Buffer, version: number, ivLength: number): Buffer {
  const plain = decipher.update(bytes)
  return version >= 0x0302 ? plain.subarray(ivLength) : plain
}

/** Length of the padding with its length byte; `undefined` when it is malformed. */
function paddingOf(padded: Buffer): number | undefined {
  const last = padded[padded.length - 1]
  if (last === undefined || last >= padded.length) return undefined
  for (let at = padded.length - 1 - last; at < padded.length; at++)
    if (padded[at] !== last) return undefined
  return last + 1
}

type MacCheck = (covered: readonly Buffer[], mac: Buffer) => boolean

function macCheck(hash: string, key: Buffer): MacCheck {
  if (hash === 'none') return () => true
  // Made once: turning bytes into a key costs more than the MAC of a short record.
  const secret = createSecretKey(key)
  return (covered, mac) => {
    const expected = createHmac(hash, secret)
    for (const bytes of covered) expected.update(bytes)
    return expected.digest().equals(mac)
  }
}

/** AES-GCM (RFC 5288 3) and CCM (RFC 6655 3): four bytes of the nonce from the key block, eight in the record. */
function makeExplicitNonceOpener(
  { suite }: NegotiatedProtection,
  keys: DirectionKeys,
): RecordOpener | undefined {
  const open = aead(suite, keys.key)
  if (open === undefined) return undefined
  return aeadOpener(open, suite.tagLength, (record) => ({
    nonce: Buffer.concat([keys.iv, record.fragment.subarray(0, 8)]),
    bytes: record.fragment.subarray(8),
  }))
}

/** ChaCha20-Poly1305 (RFC 7905 2): the sequence number is the changing part of the nonce. */
function makeChaChaOpener(
  { suite }: NegotiatedProtection,
  keys: DirectionKeys,
): RecordOpener | undefined {
  const open = aead(suite, keys.key)
  if (open === undefined) return undefined
  return aeadOpener(open, suite.tagLength, (record, sequence) => ({
    nonce: sequenceNonce(keys.iv, sequence),
    bytes: record.fragment,
  }))
}

function aeadOpener(
  open: Aead,
  tagLength: number,
  split: (record: TlsRecord, sequence: number) => { nonce: Buffer; bytes: Buffer },
): RecordOpener {
  let sequence = 0
  return {
    open(record) {
      const { nonce, bytes } = split(record, sequence)
      if (nonce.length !== 12 || bytes.length < tagLength) return undefined
      const covered = additionalData(sequence, record, bytes.length - tagLength)
      const content = open({ nonce, additionalData: covered, bytes })
      sequence++
      return content === undefined ? undefined : { type: record.type, content }
    },
  }
}

/** The IV with the sequence number XORed into its end (RFC 7905 2, RFC 8446 5.3). */
export function sequenceNonce(iv: Buffer, sequence: number): Buffer {
  const nonce = Buffer.from(iv)
  const high = Math.floor(sequence / 2 ** 32)
  nonce.writeUInt32BE((nonce.readUInt32BE(4) ^ high) >>> 0, 4)
  nonce.writeUInt32BE((nonce.readUInt32BE(8) ^ sequence) >>> 0, 8)
  return nonce
}
