import { BenchError } from '../protocol/errors.ts'
import type { DtlsContext } from './context.ts'
import type { Cookies } from './cookies.ts'
import { datagramExchange } from './datagramExchange.ts'
import type { NativeHooks } from './nativeCallbacks.ts'
import { openssl, type Pointer } from './openssl.ts'
import { freeSsl, makeSsl } from './sslObject.ts'

/** What became of a hello: silence, an answer that asks for the cookie, or an object that may go on with the handshake. */
export type HelloOutcome =
  | { readonly kind: 'ignored' }
  | { readonly kind: 'asked'; readonly reply: Buffer }
  | { readonly kind: 'proved'; readonly ssl: Pointer }

/**
 * The cookie exchange of a server. Until a peer has shown that it gets what is sent to its address, nothing is kept for it:
 * one SSL object looks at all hellos, and becomes the association of the first peer that returns a good cookie. The answer is
 * never longer than the hello, so that nobody is flooded through us.
 */
export interface HelloListener {
  /** @param hello version and random of the ClientHello in the datagram */
  offer(datagram: Buffer, peer: string, hello: Buffer): HelloOutcome
  free(): void
}

export function helloListener(context: DtlsContext, mtu: number, cookies: Cookies): HelloListener {
  let current: { readonly peer: string; readonly hello: Buffer } | undefined
  let spare: Pointer | undefined
  const hooks: NativeHooks = {
    cookie: () =>
      current === undefined ? Buffer.alloc(0) : cookies.make(current.peer, current.hello),
    isCookie: (cookie) =>
      current !== undefined && cookies.check(current.peer, current.hello, cookie),
    failed: () => {},
  }
  return {
    offer: (datagram, peer, hello) => {
      spare ??= makeSsl(context, mtu, hooks)
      current = { peer, hello }
      openssl.ERR_clear_error()
      const exchange = datagramExchange()
      exchange.put(datagram)
      const result = openssl.DTLSv1_listen(spare, noAddress())
      const [reply] = exchange.take()
      openssl.ERR_clear_error()
      current = undefined
      if (result > 0) {
        const ssl = spare
        spare = undefined
        return { kind: 'proved', ssl }
      }
      return reply === undefined || reply.length > datagram.length
        ? { kind: 'ignored' }
        : { kind: 'asked', reply }
    },
    free: () => {
      if (spare !== undefined) freeSsl(spare)
      spare = undefined
    },
  }
}

let address: Pointer | undefined

/** DTLSv1_listen wants to write the peer's address somewhere; a memory BIO has none. One for the process. */
function noAddress(): Pointer {
  const made = address ?? openssl.BIO_ADDR_new()
  if (made === null) throw new BenchError('INTERNAL', 'OpenSSL made no address')
  address = made
  return made
}
