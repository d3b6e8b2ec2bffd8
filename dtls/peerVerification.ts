import { writtenBy } from './encodings.ts'
import { openssl, type Pointer } from './openssl.ts'
import { type RefusalAlert, verifyErrorName, verifyErrorOfAlert } from './verifyErrors.ts'

/** Why OpenSSL itself would not trust the peer. */
export interface VerifyError {
  /** X509_V_ERR_* without the prefix, e.g. `CERT_HAS_EXPIRED`. */
  readonly name: string
  readonly message: string
  /** Which certificate of the chain: 0 is the peer's own. */
  readonly depth: number
}

/** What the peer presented, with OpenSSL's opinion of it. */
export type PresentedPeer =
  | {
      readonly kind: 'x509'
      /** DER, as presented: the peer's own certificate first. */
      readonly chain: readonly Buffer[]
      readonly isTrusted: boolean
      readonly error?: VerifyError
    }
  | {
      readonly kind: 'rawPublicKey'
      /** SubjectPublicKeyInfo, DER. */
      readonly publicKey: Buffer
      readonly isTrusted: boolean
      readonly error?: VerifyError
    }

/** A caller's rule: `true` accepts the peer, an alert refuses it with that alert. It must answer at once. */
export type PeerRule = (peer: PresentedPeer) => true | RefusalAlert

/** Without a rule, OpenSSL's opinion decides, and its reason chooses the alert. */
export interface PeerCheck {
  readonly rule?: PeerRule
  /** The moment validity is judged at; default now. */
  readonly verifyAt?: () => Date
}

/**
 * Runs within OpenSSL's verification: lets OpenSSL build and check the path, then asks the rule.
 * @returns the peer, and 1 or 0 for OpenSSL
 */
export function verifyPresented(
  store: Pointer,
  { rule, verifyAt }: PeerCheck,
): { readonly peer: PresentedPeer; readonly answer: number } {
  if (verifyAt !== undefined)
    openssl.X509_VERIFY_PARAM_set_time(
      openssl.X509_STORE_CTX_get0_param(store),
      Math.floor(verifyAt().getTime() / 1000),
    )
  const isTrusted = openssl.X509_verify_cert(store) === 1
  const peer = presented(store, isTrusted)
  if (rule === undefined) return { peer, answer: isTrusted ? 1 : 0 }
  const decision = rule(peer)
  openssl.X509_STORE_CTX_set_error(store, decision === true ? 0 : verifyErrorOfAlert[decision])
  return { peer, answer: decision === true ? 1 : 0 }
}

function presented(store: Pointer, isTrusted: boolean): PresentedPeer {
  const opinion = isTrusted ? { isTrusted } : { isTrusted, error: errorOf(store) }
  const key = openssl.X509_STORE_CTX_get0_rpk(store)
  if (key !== null) return { kind: 'rawPublicKey', publicKey: encodedKey(key), ...opinion }
  const stack = openssl.X509_STORE_CTX_get0_untrusted(store)
  const length = stack === null ? 0 : Math.max(openssl.OPENSSL_sk_num(stack), 0)
  const chain = Array.from({ length }, (_, index) =>
    encodedCertificate(openssl.OPENSSL_sk_value(stack ?? 0n, index)),
  )
  return { kind: 'x509', chain, ...opinion }
}

function errorOf(store: Pointer): VerifyError {
  const code = openssl.X509_STORE_CTX_get_error(store)
  return {
    name: verifyErrorName(code),
    message: openssl.X509_verify_cert_error_string(code),
    depth: openssl.X509_STORE_CTX_get_error_depth(store),
  }
}

/** DER of a certificate. */
export function encodedCertificate(certificate: Pointer): Buffer {
  return writtenBy((bio) => openssl.i2d_X509_bio(bio, certificate)) ?? Buffer.alloc(0)
}

/** DER of a public key. */
export function encodedKey(key: Pointer): Buffer {
  return writtenBy((bio) => openssl.i2d_PUBKEY_bio(bio, key)) ?? Buffer.alloc(0)
}
