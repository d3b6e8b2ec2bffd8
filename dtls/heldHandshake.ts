import type { PskLookup } from './context.ts'
import { openssl, type Pointer } from './openssl.ts'
import { pskIdentityReader } from './pskIdentityReader.ts'
import { isPskSuite } from './security.ts'

/** While a key is fetched, this many datagrams are kept; a client repeats what is dropped. */
const mostHeld = 32

/** Finds the key of a client before OpenSSL asks for it, and keeps OpenSSL waiting where that takes time. */
export interface HeldHandshake {
  /** Whether the datagram is kept back for now. */
  holds(datagram: Buffer): boolean
  /** OpenSSL's question. */
  keyOf(identity: Buffer): Uint8Array | undefined
  /** The identity that was read off the wire. */
  identity(): Buffer | undefined
}

/** @param release gets the datagrams that were kept back, once the key is there or refused */
export function heldHandshake({
  ssl,
  lookup,
  failed,
  release,
}: {
  readonly ssl: Pointer
  readonly lookup: PskLookup | undefined
  readonly failed: (error: unknown) => void
  readonly release: (datagrams: readonly Buffer[]) => void
}): HeldHandshake {
  const reader = pskIdentityReader()
  let identity: Buffer | undefined
  let key: Uint8Array | undefined
  let held: Buffer[] | undefined
  const settle = (found: Uint8Array | undefined) => {
    key = found
    const datagrams = held ?? []
    held = undefined
    release(datagrams)
  }
  return {
    identity: () => identity,
    keyOf: (asked) => (identity?.equals(asked) === true ? key : undefined),
    holds: (datagram) => {
      if (held !== undefined) {
        if (held.length < mostHeld) held.push(Buffer.from(datagram))
        return true
      }
      if (lookup === undefined || identity !== undefined || !awaitsPsk(ssl)) return false
      const read = reader.offer(datagram)
      if (read === undefined) return false
      identity = Buffer.from(read)
      const found = askFor(identity, lookup, failed)
      if (!(found instanceof Promise)) {
        key = found
        return false
      }
      held = [Buffer.from(datagram)]
      found.then(settle, (error: unknown) => {
        failed(error)
        settle(undefined)
      })
      return true
    },
  }
}

function askFor(
  identity: Buffer,
  lookup: PskLookup,
  failed: (error: unknown) => void,
): ReturnType<PskLookup> {
  try {
    return lookup(Buffer.from(identity))
  } catch (error) {
    failed(error)
    return undefined
  }
}

/** Whether the server has chosen a suite with a pre-shared key and now waits for the client's flight. */
function awaitsPsk(ssl: Pointer): boolean {
  const cipher = openssl.SSL_get_pending_cipher(ssl)
  return cipher !== null && isPskSuite(openssl.SSL_CIPHER_get_protocol_id(cipher))
}
