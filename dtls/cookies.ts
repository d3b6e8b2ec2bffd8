import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Timers } from './timers.ts'

/** A cookie is good until its secret has been replaced twice: between one and two minutes. */
const secretLastsMs = 60_000

/** Makes and checks the cookies of HelloVerifyRequest (RFC 6347 4.2.1) without remembering whom they were sent to. */
export interface Cookies {
  /** For this address and this hello. */
  make(peer: string, hello: Buffer): Buffer
  check(peer: string, hello: Buffer, cookie: Buffer): boolean
}

export function makeCookies(timers: Timers): Cookies {
  let secrets: readonly [current: Buffer, before: Buffer] = [randomBytes(32), randomBytes(32)]
  let madeAt = timers.now()
  const rotate = () => {
    const age = timers.now() - madeAt
    if (age < secretLastsMs) return
    secrets = [randomBytes(32), age < 2 * secretLastsMs ? secrets[0] : randomBytes(32)]
    madeAt = timers.now()
  }
  return {
    make: (peer, hello) => {
      rotate()
      return cookieOf(secrets[0], peer, hello)
    },
    check: (peer, hello, cookie) => {
      rotate()
      return secrets.some((secret) => {
        const expected = cookieOf(secret, peer, hello)
        return expected.length === cookie.length && timingSafeEqual(expected, cookie)
      })
    },
  }
}

function cookieOf(secret: Buffer, peer: string, hello: Buffer): Buffer {
  return createHmac('sha256', secret).update(`${peer}\n`).update(hello).digest()
}
