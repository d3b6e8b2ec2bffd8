import type { KeyObject } from 'node:crypto'
import { BenchError } from '../protocol/errors.ts'
import { cipherSuiteByName } from '../protocol/security/cipherSuites.ts'
import {
  certificateTypeRawPublicKey,
  ctrl,
  dtlsVersions,
  modeReleaseBuffers,
  options as option,
  pskLimits,
  storePartialChain,
  verifyMode,
} from './constants.ts'
import { parseFrom } from './encodings.ts'
import { nativeCallbacks } from './nativeCallbacks.ts'
import { openssl, type Pointer } from './openssl.ts'
import { takeOpensslError } from './opensslErrors.ts'
import type { PeerCheck } from './peerVerification.ts'

export type DtlsVersion = keyof typeof dtlsVersions

/** Finds the key of an identity, at once or later; `undefined` refuses it. The identity is what stood on the wire, byte for byte. */
export type PskLookup = (
  identity: Buffer,
) => Uint8Array | undefined | Promise<Uint8Array | undefined>

/** Everything that associations of one kind share. What is left out is not offered and not accepted. */
export interface DtlsContextOptions extends PeerCheck {
  /** IANA names, the preferred first. */
  readonly suites: readonly string[]
  /** Default DTLS 1.2 only. */
  readonly versions?: { readonly min: DtlsVersion; readonly max: DtlsVersion }
  /** Identity and key of a client. The identity is at most 255 bytes and has no NUL; the key is 1 to 512 bytes. */
  readonly psk?: { readonly identity: string | Uint8Array; readonly key: Uint8Array }
  /** Keys of clients, for a server. */
  readonly pskLookup?: PskLookup
  /** Own certificate first, then intermediates: DER. */
  readonly certificate?: { readonly chain: readonly Uint8Array[]; readonly privateKey: KeyObject }
  /** Raw public keys on both sides instead of certificates; `expected` are SubjectPublicKeyInfos in DER. */
  readonly rawPublicKey?: {
    readonly privateKey: KeyObject
    readonly expected: readonly Uint8Array[]
  }
  /** Certificates in DER that a peer's chain may end in. */
  readonly trustAnchors?: readonly Uint8Array[]
  /** A server that authenticates with a certificate or raw key asks for the client's; default yes, and insists. */
  readonly requestClientCertificate?: boolean
  /** OpenSSL names, e.g. `P-256`; default OpenSSL's. */
  readonly groups?: readonly string[]
  /** OpenSSL names, e.g. `ECDSA+SHA256`; default OpenSSL's. */
  readonly signatureAlgorithms?: readonly string[]
  /** Session tickets; default off, and nothing else resumes. */
  readonly tickets?: boolean
  /** Gets each line of the NSS key log. */
  readonly onKeyLog?: (line: string) => void
}

/** Owner of one SSL_CTX. Free it when no more associations are to be made; those that exist go on. */
export interface DtlsContext {
  readonly options: DtlsContextOptions
  /** A new SSL object; the caller owns it. */
  newSsl(): Pointer
  free(): void
}

/** Checks the options and makes what associations share. Wrong options throw `USAGE`. */
export function dtlsContext(options: DtlsContextOptions): DtlsContext {
  openssl.ERR_clear_error()
  const ctx = must(openssl.SSL_CTX_new(openssl.DTLS_method()), 'no context could be made')
  const expected: Pointer[] = []
  let isFreed = false
  const free = () => {
    if (isFreed) return
    isFreed = true
    openssl.SSL_CTX_free(ctx)
    for (const key of expected) openssl.EVP_PKEY_free(key)
  }
  try {
    configure(ctx, options)
    for (const key of options.rawPublicKey?.expected ?? [])
      expected.push(parsed('an expected raw public key', key, openssl.d2i_PUBKEY_bio))
  } catch (error) {
    free()
    throw error
  }
  return {
    options,
    free,
    newSsl: () => {
      if (isFreed) throw new BenchError('INTERNAL', 'the DTLS context is freed')
      const ssl = must(openssl.SSL_new(ctx), 'no association could be made')
      if (options.rawPublicKey !== undefined) openssl.SSL_dane_enable(ssl, null)
      for (const key of expected) openssl.SSL_add_expected_rpk(ssl, key)
      return ssl
    },
  }
}

function configure(ctx: Pointer, options: DtlsContextOptions): void {
  const { min, max } = options.versions ?? { min: 'DTLSv1.2', max: 'DTLSv1.2' }
  openssl.SSL_CTX_ctrl(ctx, ctrl.setMinVersion, dtlsVersions[min], null)
  openssl.SSL_CTX_ctrl(ctx, ctrl.setMaxVersion, dtlsVersions[max], null)
  openssl.SSL_CTX_ctrl(ctx, ctrl.setSessionCacheMode, 0, null)
  openssl.SSL_CTX_ctrl(ctx, ctrl.mode, modeReleaseBuffers, null)
  const tickets = options.tickets === true ? 0 : option.noTicket
  openssl.SSL_CTX_set_options(
    ctx,
    option.noQueryMtu |
      option.noEncryptThenMac |
      option.noRenegotiation |
      option.cipherServerPreference |
      tickets,
  )
  openssl.SSL_CTX_set_session_id_context(ctx, Buffer.from('onem2m'), 6)
  setSuites(ctx, options.suites)
  setList(ctx, ctrl.setGroups, 'groups', options.groups)
  setList(ctx, ctrl.setSignatureAlgorithms, 'signatureAlgorithms', options.signatureAlgorithms)
  setList(
    ctx,
    ctrl.setClientSignatureAlgorithms,
    'signatureAlgorithms',
    options.signatureAlgorithms,
  )
  setPsk(ctx, options)
  if (options.certificate !== undefined) setCertificate(ctx, options.certificate)
  if (options.rawPublicKey !== undefined) setRawPublicKey(ctx, options.rawPublicKey.privateKey)
  for (const anchor of options.trustAnchors ?? []) addTrustAnchor(ctx, anchor)
  const asks = options.requestClientCertificate ?? true
  const mode = asks ? verifyMode.peer | verifyMode.failIfNoPeerCertificate : verifyMode.peer
  openssl.SSL_CTX_set_verify(ctx, mode, null)
  const callbacks = nativeCallbacks()
  openssl.SSL_CTX_set_cert_verify_callback(ctx, callbacks.verifyPeer, null)
  openssl.SSL_CTX_set_info_callback(ctx, callbacks.info)
  openssl.SSL_CTX_set_cookie_generate_cb(ctx, callbacks.makeCookie)
  openssl.SSL_CTX_set_cookie_verify_cb(ctx, callbacks.checkCookie)
  if (options.onKeyLog !== undefined) openssl.SSL_CTX_set_keylog_callback(ctx, callbacks.keyLog)
}

function setSuites(ctx: Pointer, suites: readonly string[]): void {
  const names = suites.map((name) => {
    const suite = cipherSuiteByName(name)
    if (suite?.openssl === undefined || suite.tls13)
      throw invalid(`the suite ${name} is unknown, or OpenSSL has none like it for DTLS 1.2`)
    return suite
  })
  // OpenSSL counts an eight byte tag as 64 bits of security, which any level above 0 refuses.
  if (names.some(({ tagLength }) => tagLength === 8)) openssl.SSL_CTX_set_security_level(ctx, 0)
  const list = names.map(({ openssl: name }) => name).join(':')
  if (openssl.SSL_CTX_set_cipher_list(ctx, list) !== 1)
    throw invalid(`OpenSSL takes none of the suites ${suites.join(', ')}`)
}

function setList(
  ctx: Pointer,
  command: number,
  name: string,
  list: readonly string[] | undefined,
): void {
  if (list === undefined) return
  if (openssl.SSL_CTX_ctrl(ctx, command, 0, Buffer.from(`${list.join(':')}\0`)) !== 1)
    throw invalid(`${name} ${list.join(', ')} are not known to OpenSSL`)
}

function setPsk(ctx: Pointer, { psk, pskLookup }: DtlsContextOptions): void {
  if (psk !== undefined) {
    const identity = Buffer.from(psk.identity)
    if (identity.length >= pskLimits.identity || identity.includes(0))
      throw invalid(
        'the PSK identity is longer than 255 bytes or has a NUL, which OpenSSL cannot send',
      )
    if (psk.key.length === 0 || psk.key.length > pskLimits.key)
      throw invalid(`the pre-shared key has ${psk.key.length} bytes, not 1 to ${pskLimits.key}`)
    openssl.SSL_CTX_set_psk_client_callback(ctx, nativeCallbacks().givePsk)
  }
  if (pskLookup !== undefined)
    openssl.SSL_CTX_set_psk_server_callback(ctx, nativeCallbacks().answerPsk)
}

function setCertificate(
  ctx: Pointer,
  { chain, privateKey }: NonNullable<DtlsContextOptions['certificate']>,
): void {
  const [own, ...intermediates] = chain
  if (own === undefined) throw invalid('the certificate chain is empty')
  withCertificate(own, (certificate) => openssl.SSL_CTX_use_certificate(ctx, certificate))
  for (const intermediate of intermediates)
    withCertificate(intermediate, (certificate) =>
      openssl.SSL_CTX_ctrl(ctx, ctrl.addExtraChainCertificate, 1, certificate),
    )
  usePrivateKey(ctx, privateKey)
  if (openssl.SSL_CTX_check_private_key(ctx) !== 1)
    throw invalid('the private key is not that of the certificate')
}

function setRawPublicKey(ctx: Pointer, privateKey: KeyObject): void {
  usePrivateKey(ctx, privateKey)
  const types = Buffer.from([certificateTypeRawPublicKey])
  openssl.SSL_CTX_set1_client_cert_type(ctx, types, types.length)
  openssl.SSL_CTX_set1_server_cert_type(ctx, types, types.length)
  openssl.SSL_CTX_dane_enable(ctx)
}

function addTrustAnchor(ctx: Pointer, der: Uint8Array): void {
  const store = openssl.SSL_CTX_get_cert_store(ctx)
  openssl.X509_STORE_set_flags(store, storePartialChain)
  withCertificate(der, (certificate) =>
    openssl.X509_STORE_add_cert(store, certificate) === 1
      ? openssl.SSL_CTX_add_client_CA(ctx, certificate)
      : 0,
  )
}

function usePrivateKey(ctx: Pointer, privateKey: KeyObject): void {
  const der = privateKey.export({ type: 'pkcs8', format: 'der' })
  const key = parsed('the private key', der, openssl.d2i_PrivateKey_bio)
  const isUsed = openssl.SSL_CTX_use_PrivateKey(ctx, key) === 1
  openssl.EVP_PKEY_free(key)
  if (!isUsed) throw invalid('the private key cannot be used')
}

/** Parses, uses and frees a certificate; what keeps it has taken its own reference. */
function withCertificate(der: Uint8Array, use: (certificate: Pointer) => number): void {
  const certificate = parsed('a certificate', der, openssl.d2i_X509_bio)
  const isUsed = use(certificate) === 1
  openssl.X509_free(certificate)
  if (!isUsed) throw invalid('a certificate cannot be used')
}

function parsed(
  what: string,
  der: Uint8Array,
  parse: (bio: Pointer, reuse: null) => Pointer | null,
): Pointer {
  return must(
    parseFrom(der, (bio) => parse(bio, null)),
    `${what} cannot be parsed`,
  )
}

function must(pointer: Pointer | null, message: string): Pointer {
  if (pointer === null) throw invalid(message)
  return pointer
}

function invalid(message: string): BenchError {
  const reason = takeOpensslError()
  return new BenchError('USAGE', reason === undefined ? message : `${message}: ${reason}`)
}
