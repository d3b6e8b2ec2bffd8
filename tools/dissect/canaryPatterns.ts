import type { Canary, CanaryEncoding } from './trace.ts'

/** A byte string that betrays a canary in one encoding. */
export interface Needle {
  readonly canary: number
  readonly encoding: CanaryEncoding
  readonly bytes: Buffer
}

/** Every fixed byte string to look for. Escapes that can be mixed freely (URL, JSON) are undone by the search instead. */
export function needlesOf(canaries: readonly Canary[]): Needle[] {
  return canaries.flatMap((canary, index) => {
    const bytes = Buffer.from(canary.text, 'utf8')
    const hex = bytes.toString('hex')
    const formEncoded = encodeURIComponent(canary.text).replaceAll('%20', '+')
    const texts: readonly (readonly [CanaryEncoding, string])[] = [
      ['raw', canary.text],
      ...base64Forms(bytes).map((form) => ['base64', form] as const),
      ['hex', hex],
      ['hex', hex.toUpperCase()],
      ...(formEncoded === canary.text ? [] : [['url', formEncoded] as const]),
    ]
    return texts.map(([encoding, text]) => ({
      canary: index,
      encoding,
      bytes: Buffer.from(text, 'utf8'),
    }))
  })
}

/** How many bytes the longest way to write any of the canaries can take. */
export function longestForm(canaries: readonly Canary[]): number {
  return Math.max(
    0,
    ...canaries.map(({ text }) => Math.max(6 * text.length, 3 * Buffer.byteLength(text, 'utf8'))),
  )
}

/**
 * The part of the base64 text that does not depend on the neighbours, for each of the three places the bytes can start
 * at in a group, in both alphabets.
 */
function base64Forms(bytes: Buffer): string[] {
  const forms = [0, 1, 2].flatMap((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64')
    const start = Math.ceil((8 * before) / 6)
    const end = Math.floor((8 * (before + bytes.length)) / 6)
    const standard = encoded.slice(start, end)
    return [standard, standard.replaceAll('+', '-').replaceAll('/', '_')]
  })
  return [...new Set(forms)]
}

/** The bytes with %XX undone; `undefined` when there is none. */
export function percentDecoded(bytes: Buffer): Buffer | undefined {
  let found = false
  for (let at = bytes.indexOf(0x25); at >= 0 && !found; at = bytes.indexOf(0x25, at + 1))
    found = isHex(bytes[at + 1]) && isHex(bytes[at + 2])
  if (!found) return undefined
  const text = bytes
    .toString('latin1')
    .replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(text, 'latin1')
}

const jsonEscape = /(?:\\u[0-9a-f]{4})+|\\["\\/bfnrt]/gi
const simpleEscapes: Readonly<Record<string, string>> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}

/** The bytes with the escapes of JSON strings undone; `undefined` when there is none. */
export function jsonUnescaped(bytes: Buffer): Buffer | undefined {
  if (bytes.indexOf(0x5c) < 0) return undefined
  const text = bytes.toString('latin1')
  const unescaped = text.replace(jsonEscape, (written) => {
    const kind = written.charAt(1)
    if (kind !== 'u' && kind !== 'U') return simpleEscapes[kind] ?? kind
    const units = written.match(/[0-9a-f]{4}/gi) ?? []
    const characters = String.fromCharCode(...units.map((unit) => Number.parseInt(unit, 16)))
    return Buffer.from(characters, 'utf8').toString('latin1')
  })
  return unescaped === text ? undefined : Buffer.from(unescaped, 'latin1')
}

function isHex(byte: number | undefined): boolean {
  return byte !== undefined && /^[0-9a-f]$/i.test(String.fromCharCode(byte))
}
