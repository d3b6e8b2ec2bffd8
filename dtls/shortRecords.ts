import {
  type CipherSuite,
  cipherSuite,
  cipherSuiteByName,
} from '../protocol/security/cipherSuites.ts'
import { openssl, type Pointer } from './openssl.ts'

const recordHeader = 13

/** Fewest bytes of a record that an AEAD protects: its nonce on the wire (RFC 5288 3, RFC 7905 2) and its tag. */
function shortestOf({ mode, mac, tagLength }: CipherSuite): number {
  if (mac !== 'aead') return 0
  return tagLength + (mode === 'poly1305' ? 0 : 8)
}

/** Fewest bytes a protected record can have: of the suite that is being agreed, else of the longest one offered. */
export function shortestRecord(ssl: Pointer, offered: readonly string[]): number {
  const cipher = openssl.SSL_get_pending_cipher(ssl) ?? openssl.SSL_get_current_cipher(ssl)
  if (cipher === null)
    return Math.max(0, ...offered.flatMap((name) => cipherSuiteByName(name) ?? []).map(shortestOf))
  const suite = cipherSuite(openssl.SSL_CIPHER_get_protocol_id(cipher))
  return suite === undefined ? 0 : shortestOf(suite)
}

/**
 * The datagram without protected records that are too short for their suite. They must be dropped without a word (RFC 6347
 * 4.1.2.7), but OpenSSL 3.5 ends the association with an internal_error: anybody who knows two addresses could end it.
 */
export function withoutShortRecords(datagram: Buffer, shortest: number): Buffer {
  const kept: Buffer[] = []
  let keptFrom = 0
  for (let at = 0; at + recordHeader <= datagram.length; ) {
    const length = datagram.readUInt16BE(at + 11)
    const end = at + recordHeader + length
    if (datagram.readUInt16BE(at + 3) > 0 && length < shortest) {
      kept.push(datagram.subarray(keptFrom, at))
      keptFrom = end
    }
    at = end
  }
  return keptFrom === 0 ? datagram : Buffer.concat([...kept, datagram.subarray(keptFrom)])
}
