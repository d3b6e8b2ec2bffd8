import { hmacSha256 } from './crypto.ts'

/** `length` bytes of the stream `label` of a seed: same seed and label, same bytes; nothing else has an influence. */
export function seededBytes(seed: number, label: string, length: number): Uint8Array {
  const out = new Uint8Array(length)
  const key = new TextEncoder().encode(`seed ${seed}`)
  for (let block = 0; block * 32 < length; block += 1) {
    const bytes = hmacSha256(key, new TextEncoder().encode(`${block} ${label}`))
    out.set(bytes.subarray(0, Math.min(32, length - block * 32)), block * 32)
  }
  return out
}

/** A whole number from `min` to `max`, both included. */
export function seededInt(
  seed: number,
  label: string,
  range: { readonly min: number; readonly max: number },
): number {
  const size = range.max - range.min + 1
  const bytes = seededBytes(seed, label, 8)
  let value = 0n
  for (const byte of bytes) value = value * 256n + BigInt(byte)
  return range.min + Number(value % BigInt(size))
}

/** Lower-case hexadecimal of `length` bytes of a stream. */
export function seededHex(seed: number, label: string, length: number): string {
  return Array.from(seededBytes(seed, label, length), (b) => b.toString(16).padStart(2, '0')).join(
    '',
  )
}
