import type { CipherSuite } from '../../../protocol/security/cipherSuites.ts'
import { aead } from './aead.ts'
import { expandLabel, type Hash } from './keySchedule.ts'
import type { OpenedRecord, RecordOpener } from './opener.ts'
import { sequenceNonce } from './opener12.ts'
import { contentType, type TlsRecord } from './record.ts'

export interface RecordOpener13 extends RecordOpener {
  /** The sender of this direction changed its keys (KeyUpdate, RFC 8446 7.2). */
  update(): void
}

/** Opens records of TLS 1.3 with one traffic secret (RFC 8446 5.2, 7.3); `undefined` when the suite cannot be opened. */
export function makeOpener13(
  suite: CipherSuite,
  trafficSecret: Buffer,
): RecordOpener13 | undefined {
  const hash: Hash = suite.prf === 'sha384' ? 'sha384' : 'sha256'
  const keysFor = (secret: Buffer) => {
    const open = aead(suite, expandLabel(hash, secret, 'key', suite.keyLength))
    const iv = expandLabel(hash, secret, 'iv', suite.ivLength)
    return open === undefined ? undefined : { open, iv }
  }
  let secret = trafficSecret
  let sequence = 0
  let keys = suite.mac === 'aead' && suite.prf !== 'other' ? keysFor(secret) : undefined
  if (keys === undefined) return undefined
  return {
    open(record) {
      const inner = keys?.open({
        nonce: sequenceNonce(keys.iv, sequence),
        additionalData: recordHeader(record),
        bytes: record.fragment,
      })
      if (inner === undefined) return undefined
      sequence++
      return unpadded(inner)
    },
    update() {
      secret = expandLabel(hash, secret, 'traffic upd', secret.length)
      keys = keysFor(secret)
      sequence = 0
    },
  }
}

function recordHeader(record: TlsRecord): Buffer {
  const header = Buffer.alloc(5)
  header[0] = record.type
  header.writeUInt16BE(record.version, 1)
  header.writeUInt16BE(record.fragment.length, 3)
  return header
}

/** The content, and behind it its type and zeros (RFC 8446 5.2). */
function unpadded(inner: Buffer): OpenedRecord | undefined {
  let end = inner.length - 1
  while (end >= 0 && inner[end] === 0) end--
  const type = inner[end]
  if (type === undefined || type < contentType.alert) return undefined
  return { type, content: inner.subarray(0, end) }
}
