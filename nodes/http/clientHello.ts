/** Registry values of the suites a listener can be configured with (RFC 5487, RFC 5489, RFC 6655, RFC 7905, RFC 4279). */
const registryValues: Readonly<Record<string, number>> = {
  TLS_PSK_WITH_AES_128_CBC_SHA256: 0x00ae,
  TLS_PSK_WITH_AES_256_CBC_SHA384: 0x00af,
  TLS_PSK_WITH_AES_128_GCM_SHA256: 0x00a8,
  TLS_PSK_WITH_AES_256_GCM_SHA384: 0x00a9,
  TLS_PSK_WITH_AES_128_CCM: 0xc0a4,
  TLS_PSK_WITH_AES_128_CCM_8: 0xc0a8,
  TLS_PSK_WITH_CHACHA20_POLY1305_SHA256: 0xccab,
  TLS_DHE_PSK_WITH_AES_128_CBC_SHA256: 0x00b2,
  TLS_DHE_PSK_WITH_AES_128_GCM_SHA256: 0x00aa,
  TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256: 0xc037,
  TLS_PSK_WITH_AES_128_CBC_SHA: 0x008c,
}

/** Offsets of a ClientHello at the start of a connection (RFC 5246 7.4.1.2): record header, message header, version, random. */
const sessionIdAt = 5 + 4 + 2 + 32

/** The first suite of a ClientHello that offers none of `suites`; undefined when it offers one, or is no ClientHello. */
export function firstForeignSuite(
  bytes: Uint8Array,
  suites: readonly string[],
): number | undefined {
  if (bytes[0] !== 0x16 || bytes[5] !== 0x01) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const listAt = sessionIdAt + 1 + (bytes[sessionIdAt] ?? 0)
  if (listAt + 2 > bytes.length) return undefined
  const end = Math.min(listAt + 2 + view.getUint16(listAt), bytes.length - 1)
  const offered: number[] = []
  for (let at = listAt + 2; at < end; at += 2) offered.push(view.getUint16(at))
  const known = suites.map((name) => registryValues[name])
  return offered.some((suite) => known.includes(suite)) ? undefined : offered[0]
}

/** A TLS 1.2 record with a ServerHello that takes `suite`; the random is all zero, for it is never used. */
export function forgedServerHello(suite: number): Uint8Array {
  const body = [3, 3, ...new Array<number>(32).fill(0), 0, suite >> 8, suite & 0xff, 0]
  const message = [2, 0, 0, body.length, ...body]
  return Uint8Array.from([0x16, 3, 3, 0, message.length, ...message])
}
