import { cipherSuite, cipherSuiteName } from '../protocol/security/cipherSuites.ts'
import type { DtlsPeer, DtlsSecurity } from './associationTypes.ts'
import { copyText } from './encodings.ts'
import { openssl, type Pointer } from './openssl.ts'
import { encodedCertificate, encodedKey, type PresentedPeer } from './peerVerification.ts'

/** Whether the suite with this registry value authenticates with a pre-shared key. */
export function isPskSuite(id: number): boolean {
  return cipherSuite(id)?.kx.endsWith('psk') === true
}

/**
 * What a completed handshake agreed.
 * @param presented what was verified in this handshake; in a resumed one nothing is, and the session remembers
 * @param identity the PSK identity as it stood on the wire, where this end is the server
 */
export function readSecurity(
  ssl: Pointer,
  presented: PresentedPeer | undefined,
  identity: Buffer | undefined,
): DtlsSecurity {
  const cipher = openssl.SSL_get_current_cipher(ssl)
  const id = cipher === null ? 0 : openssl.SSL_CIPHER_get_protocol_id(cipher)
  return {
    version: openssl.SSL_get_version(ssl),
    suite: cipherSuiteName(id),
    isResumed: openssl.SSL_session_reused(ssl) === 1,
    peer: isPskSuite(id) ? pskPeer(ssl, identity) : (presented ?? rememberedPeer(ssl)),
  }
}

function pskPeer(ssl: Pointer, identity: Buffer | undefined): DtlsPeer {
  if (identity !== undefined) return { kind: 'psk', identity }
  const remembered = openssl.SSL_get_psk_identity(ssl)
  return remembered === null ? { kind: 'none' } : { kind: 'psk', identity: copyText(remembered) }
}

function rememberedPeer(ssl: Pointer): DtlsPeer {
  const isTrusted = openssl.SSL_get_verify_result(ssl) === 0
  const key = openssl.SSL_get0_peer_rpk(ssl)
  if (key !== null) return { kind: 'rawPublicKey', publicKey: encodedKey(key), isTrusted }
  const certificate = openssl.SSL_get0_peer_certificate(ssl)
  return certificate === null
    ? { kind: 'none' }
    : { kind: 'x509', chain: [encodedCertificate(certificate)], isTrusted }
}
