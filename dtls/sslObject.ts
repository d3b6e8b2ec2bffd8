import { BenchError } from '../protocol/errors.ts'
import { ctrl, largestMtu, smallestMtu } from './constants.ts'
import type { DtlsContext } from './context.ts'
import { datagramExchange } from './datagramExchange.ts'
import { adopt, disown, type NativeHooks, nativeCallbacks } from './nativeCallbacks.ts'
import { openssl, type Pointer } from './openssl.ts'

/** Fits every IPv6 link: 1280 without 40 bytes of IP and 8 of UDP. */
export const defaultMtu = 1232

/** A new SSL object on the shared exchange; the caller owns it and gives it back with `freeSsl`. */
export function makeSsl(context: DtlsContext, mtu: number, hooks: NativeHooks): Pointer {
  if (!Number.isInteger(mtu) || mtu < smallestMtu || mtu > largestMtu)
    throw new BenchError('USAGE', `an MTU of ${mtu} is not within ${smallestMtu} to ${largestMtu}`)
  const ssl = context.newSsl()
  datagramExchange().attach(ssl)
  openssl.SSL_ctrl(ssl, ctrl.setMtu, mtu, null)
  openssl.DTLS_set_timer_cb(ssl, nativeCallbacks().timer)
  adopt(ssl, hooks)
  return ssl
}

export function freeSsl(ssl: Pointer): void {
  disown(ssl)
  openssl.SSL_free(ssl)
}
