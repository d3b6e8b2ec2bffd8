import { alertName } from '../../protocol/security/alertNames.ts'
import type { ClientHelloSpec, HelloAnswer } from '../../suites/framework/testSystem.ts'

const contentType = { alert: 0x15, handshake: 0x16 } as const
const handshakeType = { clientHello: 1, serverHello: 2 } as const

/** Extensions that OpenSSL and others want to see before they choose an (EC)DHE suite: type and body. */
const keyExchangeExtensions: readonly (readonly [number, readonly number[]])[] = [
  [10, [0, 4, 0, 0x17, 0, 0x1d]], // supported_groups: secp256r1, x25519
  [11, [1, 0]], // ec_point_formats: uncompressed
]
/** signature_algorithms, only from TLS 1.2 on: ECDSA and RSA with SHA-256 and SHA-1. */
const signatureAlgorithms: readonly [number, readonly number[]] = [
  13,
  [0, 8, 4, 3, 4, 1, 2, 3, 2, 1],
]

/** The record with one ClientHello (RFC 5246 7.4.1.2), null compression only. `random`: 32 bytes. */
export function buildClientHello(spec: ClientHelloSpec, random: Uint8Array): Uint8Array {
  const suites = spec.suites.flatMap((suite) => uint16(suite))
  const extensions = extensionsOf(spec).flatMap(([type, body]) => [
    ...uint16(type),
    ...uint16(body.length),
    ...body,
  ])
  const hello = [
    ...uint16(spec.version),
    ...random.subarray(0, 32),
    0, // no session to resume
    ...uint16(suites.length),
    ...suites,
    1,
    0, // null compression
    ...uint16(extensions.length),
    ...extensions,
  ]
  const handshake = [handshakeType.clientHello, 0, ...uint16(hello.length), ...hello]
  // The record layer says TLS 1.0, as clients do for the sake of old servers.
  return Uint8Array.from([contentType.handshake, 3, 1, ...uint16(handshake.length), ...handshake])
}

/** What the first bytes of the answer say; `undefined` = not enough of them yet. */
export function parseHelloAnswer(bytes: Uint8Array): HelloAnswer | undefined {
  if (bytes.length === 0) return undefined
  const type = bytes[0]
  if (type !== contentType.alert && type !== contentType.handshake) return other(bytes)
  if (bytes.length < 5) return undefined
  if (bytes[1] !== 3) return other(bytes)
  const length = uint16At(bytes, 3)
  const body = bytes.subarray(5, 5 + length)
  if (type === contentType.alert) {
    if (length !== 2) return other(bytes)
    if (body.length < 2) return undefined
    return { answer: 'alert', level: body[0] ?? 0, description: alertName(body[1] ?? 0) }
  }
  return parseServerHello(body, length) ?? (body.length < length ? undefined : other(bytes))
}

/** Reads version and suite as soon as they are there; the rest of the message does not matter. */
function parseServerHello(body: Uint8Array, length: number): HelloAnswer | undefined {
  const sessionIdAt = 4 + 2 + 32
  if (body[0] !== handshakeType.serverHello || body.length <= sessionIdAt) return undefined
  const suiteAt = sessionIdAt + 1 + (body[sessionIdAt] ?? 0)
  if (suiteAt + 2 > length || body.length < suiteAt + 2) return undefined
  return { answer: 'server-hello', version: uint16At(body, 4), suite: uint16At(body, suiteAt) }
}

function extensionsOf(spec: ClientHelloSpec): (readonly [number, readonly number[]])[] {
  const extensions = [...keyExchangeExtensions]
  if (spec.version >= 0x0303) extensions.push(signatureAlgorithms)
  if (spec.serverName !== undefined) {
    const name = [...Buffer.from(spec.serverName, 'ascii')]
    extensions.push([0, [...uint16(name.length + 3), 0, ...uint16(name.length), ...name]])
  }
  return extensions
}

function other(bytes: Uint8Array): HelloAnswer {
  return { answer: 'other', firstBytes: Buffer.from(bytes.subarray(0, 16)).toString('hex') }
}

function uint16(value: number): [number, number] {
  return [(value >> 8) & 0xff, value & 0xff]
}

function uint16At(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
}
