import { infoAlert, pskLimits } from './constants.ts'
import { copyFrom, copyText } from './encodings.ts'
import { openssl, type Pointer, registerCallback, writeUnsignedInt } from './openssl.ts'

/** What OpenSSL asks or tells the owner of an SSL object while it works on it. Nothing in here may free the object. */
export interface NativeHooks {
  /** The pre-shared key of a client with this identity; `undefined` refuses it. */
  pskOf?(identity: Buffer): Uint8Array | undefined
  /** Identity and key that a client uses. */
  ownPsk?(): { readonly identity: Uint8Array; readonly key: Uint8Array } | undefined
  /** Judges the peer's certificate or raw public key; the answer is OpenSSL's: 1 or 0. */
  verify?(store: Pointer): number
  keyLog?(line: string): void
  alert?(direction: 'sent' | 'received', level: number, description: number): void
  /** The cookie for the hello that is being looked at; listeners only. */
  cookie?(): Buffer
  isCookie?(cookie: Buffer): boolean
  /** A hook threw; the handshake goes on as if it had refused. */
  failed(error: unknown): void
}

const owners = new Map<Pointer, NativeHooks>()

/** From now on OpenSSL's questions about this object go to these hooks. */
export function adopt(ssl: Pointer, hooks: NativeHooks): void {
  owners.set(ssl, hooks)
}

/** Nobody is asked about this object any more; it is about to be freed. */
export function disown(ssl: Pointer): void {
  owners.delete(ssl)
}

/** How many SSL objects have an owner. */
export function ownedObjects(): number {
  return owners.size
}

/**
 * Asks the owner. An exception must not travel through C, so it is handed to the owner and the question is answered with
 * `refusal`.
 */
function ask<T>(ssl: Pointer | null, refusal: T, question: (hooks: NativeHooks) => T): T {
  const hooks = ssl === null ? undefined : owners.get(ssl)
  if (hooks === undefined) return refusal
  try {
    return question(hooks)
  } catch (error) {
    hooks.failed(error)
    return refusal
  }
}

function answerPsk(ssl: Pointer, identity: Pointer | null, psk: Pointer, room: number): number {
  return ask(ssl, 0, (hooks) => {
    if (identity === null) return 0
    const key = hooks.pskOf?.(copyText(identity))
    if (key === undefined || key.length > Math.min(room, pskLimits.key)) return 0
    openssl.memcpy(psk, key, key.length)
    return key.length
  })
}

function givePsk(
  ssl: Pointer,
  _hint: Pointer | null,
  identity: Pointer,
  identityRoom: number,
  psk: Pointer,
  keyRoom: number,
): number {
  return ask(ssl, 0, (hooks) => {
    const own = hooks.ownPsk?.()
    if (own === undefined) return 0
    if (own.identity.length + 1 > identityRoom || own.key.length > keyRoom) return 0
    openssl.memcpy(
      identity,
      Buffer.concat([own.identity, Buffer.alloc(1)]),
      own.identity.length + 1,
    )
    openssl.memcpy(psk, own.key, own.key.length)
    return own.key.length
  })
}

function verifyPeer(store: Pointer): number {
  const index = openssl.SSL_get_ex_data_X509_STORE_CTX_idx()
  const ssl = openssl.X509_STORE_CTX_get_ex_data(store, index)
  return ask(ssl, 0, (hooks) => hooks.verify?.(store) ?? 0)
}

function tellInfo(ssl: Pointer, where: number, value: number): undefined {
  if (where !== infoAlert.read && where !== infoAlert.write) return
  const direction = where === infoAlert.read ? 'received' : 'sent'
  ask(ssl, undefined, (hooks) => hooks.alert?.(direction, value >> 8, value & 0xff))
}

function tellKeyLog(ssl: Pointer, line: string): undefined {
  ask(ssl, undefined, (hooks) => hooks.keyLog?.(line))
}

function makeCookie(ssl: Pointer, cookie: Pointer, length: Pointer): number {
  return ask(ssl, 0, (hooks) => {
    const made = hooks.cookie?.()
    if (made === undefined) return 0
    openssl.memcpy(cookie, made, made.length)
    writeUnsignedInt(length, made.length)
    return 1
  })
}

function checkCookie(ssl: Pointer, cookie: Pointer, length: number): number {
  return ask(ssl, 0, (hooks) => (hooks.isCookie?.(copyFrom(cookie, length)) === true ? 1 : 0))
}

/** OpenSSL's own timer is set so far away that it never decides: `retransmission.ts` does. */
const farAway = 0xffff_ffff

export interface NativeCallbacks {
  readonly answerPsk: Pointer
  readonly givePsk: Pointer
  readonly verifyPeer: Pointer
  readonly info: Pointer
  readonly keyLog: Pointer
  readonly makeCookie: Pointer
  readonly checkCookie: Pointer
  readonly timer: Pointer
}

let registered: NativeCallbacks | undefined

/**
 * The call-backs as C sees them: one of each for the whole process, however many associations there are, because the number
 * that can be registered is limited and a registered one must stay while any object may call it.
 */
export function nativeCallbacks(): NativeCallbacks {
  const p = 'void *'
  registered ??= {
    answerPsk: registerCallback('uint', [p, p, p, 'uint'], answerPsk),
    givePsk: registerCallback('uint', [p, p, p, 'uint', p, 'uint'], givePsk),
    verifyPeer: registerCallback('int', [p, p], verifyPeer),
    info: registerCallback('void', [p, 'int', 'int'], tellInfo),
    keyLog: registerCallback('void', [p, 'str'], tellKeyLog),
    makeCookie: registerCallback('int', [p, p, p], makeCookie),
    checkCookie: registerCallback('int', [p, p, 'uint'], checkCookie),
    timer: registerCallback('uint', [p, 'uint'], () => farAway),
  }
  return registered
}
