import { clearFragments, type HandshakeFragment } from './records.ts'

const messageClientKeyExchange = 16
/** An identity of 256 bytes with RSA_PSK's encrypted secret behind it fits; more is not looked at. */
const longestMessage = 4096

/** Reads the PSK identity off the wire before OpenSSL sees it. */
export interface PskIdentityReader {
  /** The identity, once the datagrams up to this one carry the whole of it. */
  offer(datagram: Buffer): Buffer | undefined
}

/**
 * OpenSSL asks for a key while it works on the ClientKeyExchange, wants the answer at once, and shows the identity as a text
 * of C, cut at its first NUL. The message is in clear, so it is read here first: then a key may be fetched from elsewhere
 * before OpenSSL is given the datagram, and the identity is what the client really sent.
 */
export function pskIdentityReader(): PskIdentityReader {
  let message: Buffer | undefined
  let sequence = -1
  let seen = new Uint8Array()
  const add = (fragment: HandshakeFragment) => {
    if (message?.length !== fragment.length || sequence !== fragment.sequence) {
      message = Buffer.alloc(fragment.length)
      seen = new Uint8Array(fragment.length)
      sequence = fragment.sequence
    }
    fragment.body.copy(message, fragment.offset)
    seen.fill(1, fragment.offset, fragment.offset + fragment.body.length)
  }
  return {
    offer: (datagram) => {
      for (const fragment of clearFragments(datagram)) {
        const { type, length, offset, body } = fragment
        if (type !== messageClientKeyExchange || length > longestMessage) continue
        if (offset + body.length > length) continue
        add(fragment)
        if (message !== undefined && seen.every((byte) => byte === 1)) return identityIn(message)
      }
      return undefined
    },
  }
}

/** Every PSK key exchange begins with the identity (RFC 4279 2 to 4, RFC 5489 2). */
function identityIn(message: Buffer): Buffer | undefined {
  if (message.length < 2) return undefined
  const end = 2 + message.readUInt16BE(0)
  return end > message.length ? undefined : message.subarray(2, end)
}
