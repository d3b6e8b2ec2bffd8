import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'

export type Hash = 'md5' | 'sha1' | 'sha256' | 'sha384'

/** P_hash of RFC 5246 5 (RFC 2246 5). */
function expand(hash: Hash, secret: Buffer, seed: Buffer, length: number): Buffer {
  const blocks: Buffer[] = []
  let produced = 0
  let a = seed
  const key = createSecretKey(secret)
  while (produced < length) {
    a = hmac(hash, key, a)
    const block = hmac(hash, key, Buffer.concat([a, seed]))
    blocks.push(block)
    produced += block.length
  }
  return Buffer.concat(blocks).subarray(0, length)
}

/** The PRF of TLS 1.2 (RFC 5246 5). */
export function prf(
  hash: Hash,
  secret: Buffer,
  label: string,
  seed: Buffer,
  length: number,
): Buffer {
  return expand(hash, secret, Buffer.concat([Buffer.from(label, 'ascii'), seed]), length)
}

/** The PRF of TLS 1.0 and 1.1 (RFC 2246 5): MD5 over one half of the secret, SHA-1 over the other. */
export function oldPrf(secret: Buffer, label: string, seed: Buffer, length: number): Buffer {
  const half = Math.ceil(secret.length / 2)
  const md5 = prf('md5', secret.subarray(0, half), label, seed, length)
  const sha1 = prf('sha1', secret.subarray(secret.length - half), label, seed, length)
  return md5.map((byte, index) => byte ^ (sha1[index] ?? 0)) as Buffer
}

/** HKDF-Expand-Label with an empty context (RFC 8446 7.1). */
export function expandLabel(hash: Hash, secret: Buffer, label: string, length: number): Buffer {
  const name = Buffer.from(`tls13 ${label}`, 'ascii')
  const info = Buffer.concat([
    Buffer.from([length >> 8, length & 0xff, name.length]),
    name,
    Buffer.from([0]),
  ])
  const key = createSecretKey(secret)
  const blocks: Buffer[] = []
  let previous: Buffer = Buffer.alloc(0)
  for (let produced = 0; produced < length; produced += previous.length) {
    previous = hmac(hash, key, Buffer.concat([previous, info, Buffer.from([blocks.length + 1])]))
    blocks.push(previous)
  }
  return Buffer.concat(blocks).subarray(0, length)
}

function hmac(hash: Hash, key: KeyObject, data: Buffer): Buffer {
  return createHmac(hash, key).update(data).digest()
}
