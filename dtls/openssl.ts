import koffi from 'koffi'
import { BenchError } from '../protocol/errors.ts'

/** A native address. It is only ever held by the one object that owns what stands there. */
export type Pointer = bigint
type MaybePointer = Pointer | null
/** What may be passed where C wants `void *`: an address, bytes that live at least as long as the call, or NULL. */
type Memory = Pointer | Uint8Array | null

const library = koffi.load(null)
const p = 'void *'

/**
 * One function of the OpenSSL that Node carries (or of the C library under it). Node exports the symbols; should a build of
 * Node not, the message says so instead of a crash at the first use.
 */
function bind<F extends (...args: never[]) => unknown>(
  name: string,
  result: string,
  args: readonly string[],
): F {
  try {
    const bound: unknown = library.func(name, result, [...args])
    return bound as F
  } catch (cause) {
    throw new BenchError('CAPABILITY_MISSING', `this Node does not export ${name} of OpenSSL`, {
      remedy: 'use the pinned Node: start the bench with ./bench',
      cause,
    })
  }
}

/** The functions of OpenSSL that are used, under their own names, so that its manual can be read beside this file. */
export const openssl = {
  DTLS_method: bind<() => Pointer>('DTLS_method', p, []),

  SSL_CTX_new: bind<(method: Pointer) => MaybePointer>('SSL_CTX_new', p, [p]),
  SSL_CTX_free: bind<(ctx: Pointer) => void>('SSL_CTX_free', 'void', [p]),
  SSL_CTX_ctrl: bind<(ctx: Pointer, command: number, large: number, arg: Memory) => number>(
    'SSL_CTX_ctrl',
    'long',
    [p, 'int', 'long', p],
  ),
  SSL_CTX_set_options: bind<(ctx: Pointer, options: number) => number>(
    'SSL_CTX_set_options',
    'uint64_t',
    [p, 'uint64_t'],
  ),
  SSL_CTX_set_security_level: bind<(ctx: Pointer, level: number) => void>(
    'SSL_CTX_set_security_level',
    'void',
    [p, 'int'],
  ),
  SSL_CTX_set_cipher_list: bind<(ctx: Pointer, list: string) => number>(
    'SSL_CTX_set_cipher_list',
    'int',
    [p, 'str'],
  ),
  SSL_CTX_set_verify: bind<(ctx: Pointer, mode: number, callback: null) => void>(
    'SSL_CTX_set_verify',
    'void',
    [p, 'int', p],
  ),
  SSL_CTX_set_cert_verify_callback: bind<(ctx: Pointer, callback: Pointer, arg: null) => void>(
    'SSL_CTX_set_cert_verify_callback',
    'void',
    [p, p, p],
  ),
  SSL_CTX_set_info_callback: bindSetter('SSL_CTX_set_info_callback'),
  SSL_CTX_set_keylog_callback: bindSetter('SSL_CTX_set_keylog_callback'),
  SSL_CTX_set_psk_client_callback: bindSetter('SSL_CTX_set_psk_client_callback'),
  SSL_CTX_set_psk_server_callback: bindSetter('SSL_CTX_set_psk_server_callback'),
  SSL_CTX_set_cookie_generate_cb: bindSetter('SSL_CTX_set_cookie_generate_cb'),
  SSL_CTX_set_cookie_verify_cb: bindSetter('SSL_CTX_set_cookie_verify_cb'),
  SSL_CTX_set_session_id_context: bind<(ctx: Pointer, id: Uint8Array, length: number) => number>(
    'SSL_CTX_set_session_id_context',
    'int',
    [p, p, 'uint'],
  ),
  SSL_CTX_use_certificate: bind<(ctx: Pointer, certificate: Pointer) => number>(
    'SSL_CTX_use_certificate',
    'int',
    [p, p],
  ),
  SSL_CTX_use_PrivateKey: bind<(ctx: Pointer, key: Pointer) => number>(
    'SSL_CTX_use_PrivateKey',
    'int',
    [p, p],
  ),
  SSL_CTX_check_private_key: bind<(ctx: Pointer) => number>('SSL_CTX_check_private_key', 'int', [
    p,
  ]),
  SSL_CTX_add_client_CA: bind<(ctx: Pointer, certificate: Pointer) => number>(
    'SSL_CTX_add_client_CA',
    'int',
    [p, p],
  ),
  SSL_CTX_get_cert_store: bind<(ctx: Pointer) => Pointer>('SSL_CTX_get_cert_store', p, [p]),
  SSL_CTX_set1_client_cert_type: bindTypes('SSL_CTX_set1_client_cert_type'),
  SSL_CTX_set1_server_cert_type: bindTypes('SSL_CTX_set1_server_cert_type'),
  SSL_CTX_dane_enable: bind<(ctx: Pointer) => number>('SSL_CTX_dane_enable', 'int', [p]),

  SSL_new: bind<(ctx: Pointer) => MaybePointer>('SSL_new', p, [p]),
  SSL_free: bind<(ssl: Pointer) => void>('SSL_free', 'void', [p]),
  SSL_ctrl: bind<(ssl: Pointer, command: number, large: number, arg: Memory) => number>(
    'SSL_ctrl',
    'long',
    [p, 'int', 'long', p],
  ),
  SSL_set_bio: bind<(ssl: Pointer, read: Pointer, write: Pointer) => void>('SSL_set_bio', 'void', [
    p,
    p,
    p,
  ]),
  SSL_set_accept_state: bind<(ssl: Pointer) => void>('SSL_set_accept_state', 'void', [p]),
  SSL_set_connect_state: bind<(ssl: Pointer) => void>('SSL_set_connect_state', 'void', [p]),
  SSL_do_handshake: bind<(ssl: Pointer) => number>('SSL_do_handshake', 'int', [p]),
  SSL_read: bind<(ssl: Pointer, into: Uint8Array, length: number) => number>('SSL_read', 'int', [
    p,
    p,
    'int',
  ]),
  SSL_write: bind<(ssl: Pointer, data: Uint8Array, length: number) => number>('SSL_write', 'int', [
    p,
    p,
    'int',
  ]),
  SSL_shutdown: bind<(ssl: Pointer) => number>('SSL_shutdown', 'int', [p]),
  SSL_has_pending: bind<(ssl: Pointer) => number>('SSL_has_pending', 'int', [p]),
  SSL_get_error: bind<(ssl: Pointer, result: number) => number>('SSL_get_error', 'int', [p, 'int']),
  SSL_get_current_cipher: bind<(ssl: Pointer) => MaybePointer>('SSL_get_current_cipher', p, [p]),
  SSL_get_pending_cipher: bind<(ssl: Pointer) => MaybePointer>('SSL_get_pending_cipher', p, [p]),
  SSL_CIPHER_get_protocol_id: bind<(cipher: Pointer) => number>(
    'SSL_CIPHER_get_protocol_id',
    'uint16_t',
    [p],
  ),
  SSL_get_version: bind<(ssl: Pointer) => string>('SSL_get_version', 'str', [p]),
  SSL_get_psk_identity: bind<(ssl: Pointer) => MaybePointer>('SSL_get_psk_identity', p, [p]),
  SSL_get0_peer_certificate: bind<(ssl: Pointer) => MaybePointer>('SSL_get0_peer_certificate', p, [
    p,
  ]),
  SSL_get0_peer_rpk: bind<(ssl: Pointer) => MaybePointer>('SSL_get0_peer_rpk', p, [p]),
  SSL_get_verify_result: bind<(ssl: Pointer) => number>('SSL_get_verify_result', 'long', [p]),
  SSL_session_reused: bind<(ssl: Pointer) => number>('SSL_session_reused', 'int', [p]),
  SSL_get1_session: bind<(ssl: Pointer) => MaybePointer>('SSL_get1_session', p, [p]),
  SSL_set_session: bind<(ssl: Pointer, session: Pointer) => number>('SSL_set_session', 'int', [
    p,
    p,
  ]),
  SSL_SESSION_free: bind<(session: Pointer) => void>('SSL_SESSION_free', 'void', [p]),
  SSL_SESSION_is_resumable: bind<(session: Pointer) => number>('SSL_SESSION_is_resumable', 'int', [
    p,
  ]),
  SSL_dane_enable: bind<(ssl: Pointer, base: null) => number>('SSL_dane_enable', 'int', [p, p]),
  SSL_add_expected_rpk: bind<(ssl: Pointer, key: Pointer) => number>(
    'SSL_add_expected_rpk',
    'int',
    [p, p],
  ),
  SSL_export_keying_material: bind<
    (
      ssl: Pointer,
      out: Uint8Array,
      length: number,
      label: Uint8Array,
      labelLength: number,
      context: Memory,
      contextLength: number,
      useContext: number,
    ) => number
  >('SSL_export_keying_material', 'int', [p, p, 'size_t', p, 'size_t', p, 'size_t', 'int']),
  SSL_get_ex_data_X509_STORE_CTX_idx: bind<() => number>(
    'SSL_get_ex_data_X509_STORE_CTX_idx',
    'int',
    [],
  ),

  DTLSv1_listen: bind<(ssl: Pointer, peer: Pointer) => number>('DTLSv1_listen', 'int', [p, p]),
  DTLS_set_timer_cb: bindSetter('DTLS_set_timer_cb'),
  DTLS_get_data_mtu: bind<(ssl: Pointer) => number>('DTLS_get_data_mtu', 'size_t', [p]),
  /** Not in OpenSSL's manual; docs/decisions/0012-dtls-binding.md says why it is used. */
  dtls1_retransmit_buffered_messages: bind<(ssl: Pointer) => number>(
    'dtls1_retransmit_buffered_messages',
    'int',
    [p],
  ),

  BIO_new: bind<(method: Pointer) => MaybePointer>('BIO_new', p, [p]),
  BIO_s_mem: bind<() => Pointer>('BIO_s_mem', p, []),
  BIO_s_dgram_mem: bind<() => Pointer>('BIO_s_dgram_mem', p, []),
  BIO_up_ref: bind<(bio: Pointer) => number>('BIO_up_ref', 'int', [p]),
  BIO_free: bind<(bio: Pointer) => number>('BIO_free', 'int', [p]),
  BIO_ctrl_pending: bind<(bio: Pointer) => number>('BIO_ctrl_pending', 'size_t', [p]),
  BIO_write: bind<(bio: Pointer, data: Uint8Array, length: number) => number>('BIO_write', 'int', [
    p,
    p,
    'int',
  ]),
  BIO_read: bind<(bio: Pointer, into: Uint8Array, length: number) => number>('BIO_read', 'int', [
    p,
    p,
    'int',
  ]),
  BIO_ADDR_new: bind<() => MaybePointer>('BIO_ADDR_new', p, []),

  d2i_X509_bio: bind<(bio: Pointer, reuse: null) => MaybePointer>('d2i_X509_bio', p, [p, p]),
  i2d_X509_bio: bind<(bio: Pointer, certificate: Pointer) => number>('i2d_X509_bio', 'int', [p, p]),
  X509_free: bind<(certificate: Pointer) => void>('X509_free', 'void', [p]),
  d2i_PrivateKey_bio: bind<(bio: Pointer, reuse: null) => MaybePointer>('d2i_PrivateKey_bio', p, [
    p,
    p,
  ]),
  d2i_PUBKEY_bio: bind<(bio: Pointer, reuse: null) => MaybePointer>('d2i_PUBKEY_bio', p, [p, p]),
  i2d_PUBKEY_bio: bind<(bio: Pointer, key: Pointer) => number>('i2d_PUBKEY_bio', 'int', [p, p]),
  EVP_PKEY_free: bind<(key: Pointer) => void>('EVP_PKEY_free', 'void', [p]),
  PEM_write_bio_SSL_SESSION: bind<(bio: Pointer, session: Pointer) => number>(
    'PEM_write_bio_SSL_SESSION',
    'int',
    [p, p],
  ),
  PEM_read_bio_SSL_SESSION: bind<
    (bio: Pointer, reuse: null, callback: null, arg: null) => MaybePointer
  >('PEM_read_bio_SSL_SESSION', p, [p, p, p, p]),

  X509_STORE_add_cert: bind<(store: Pointer, certificate: Pointer) => number>(
    'X509_STORE_add_cert',
    'int',
    [p, p],
  ),
  X509_STORE_set_flags: bind<(store: Pointer, flags: number) => number>(
    'X509_STORE_set_flags',
    'int',
    [p, 'ulong'],
  ),
  X509_verify_cert: bind<(store: Pointer) => number>('X509_verify_cert', 'int', [p]),
  X509_verify_cert_error_string: bind<(error: number) => string>(
    'X509_verify_cert_error_string',
    'str',
    ['long'],
  ),
  X509_STORE_CTX_get_ex_data: bind<(store: Pointer, index: number) => MaybePointer>(
    'X509_STORE_CTX_get_ex_data',
    p,
    [p, 'int'],
  ),
  X509_STORE_CTX_get_error: bind<(store: Pointer) => number>('X509_STORE_CTX_get_error', 'int', [
    p,
  ]),
  X509_STORE_CTX_set_error: bind<(store: Pointer, error: number) => void>(
    'X509_STORE_CTX_set_error',
    'void',
    [p, 'int'],
  ),
  X509_STORE_CTX_get_error_depth: bind<(store: Pointer) => number>(
    'X509_STORE_CTX_get_error_depth',
    'int',
    [p],
  ),
  X509_STORE_CTX_get0_untrusted: bind<(store: Pointer) => MaybePointer>(
    'X509_STORE_CTX_get0_untrusted',
    p,
    [p],
  ),
  X509_STORE_CTX_get0_rpk: bind<(store: Pointer) => MaybePointer>('X509_STORE_CTX_get0_rpk', p, [
    p,
  ]),
  X509_STORE_CTX_get0_param: bind<(store: Pointer) => Pointer>('X509_STORE_CTX_get0_param', p, [p]),
  X509_VERIFY_PARAM_set_time: bind<(param: Pointer, seconds: number) => void>(
    'X509_VERIFY_PARAM_set_time',
    'void',
    [p, 'int64_t'],
  ),
  OPENSSL_sk_num: bind<(stack: Pointer) => number>('OPENSSL_sk_num', 'int', [p]),
  OPENSSL_sk_value: bind<(stack: Pointer, index: number) => Pointer>('OPENSSL_sk_value', p, [
    p,
    'int',
  ]),

  ERR_clear_error: bind<() => void>('ERR_clear_error', 'void', []),
  ERR_get_error: bind<() => number | bigint>('ERR_get_error', 'ulong', []),
  ERR_reason_error_string: bind<(code: number | bigint) => string | null>(
    'ERR_reason_error_string',
    'str',
    ['ulong'],
  ),

  memcpy: bind<(to: Memory, from: Memory, length: number) => Pointer>('memcpy', p, [
    p,
    p,
    'size_t',
  ]),
  strlen: bind<(text: Pointer) => number>('strlen', 'size_t', [p]),
} as const

/** The many functions that take an object and a call-back. */
function bindSetter(name: string): (object: Pointer, callback: Pointer) => void {
  return bind(name, 'void', [p, p])
}

function bindTypes(name: string): (ctx: Pointer, types: Uint8Array, length: number) => number {
  return bind(name, 'int', [p, p, 'size_t'])
}

/** Makes a JavaScript function callable from C for the rest of the process; there are few, one for each purpose. */
export function registerCallback(
  result: string,
  args: readonly string[],
  callback: (...args: never[]) => number | undefined,
): Pointer {
  return koffi.register(callback, koffi.pointer(koffi.proto(result, [...args])))
}

/** Writes an unsigned int to where C wants it. */
export function writeUnsignedInt(at: Pointer, value: number): void {
  koffi.encode(at, 'uint', value)
}
