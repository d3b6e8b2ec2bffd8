import { ByteReader, u16List } from './byteReader.ts'

export const extension = {
  serverName: 0,
  encryptThenMac: 22,
  extendedMasterSecret: 23,
  preSharedKey: 41,
  earlyData: 42,
  supportedVersions: 43,
} as const

/** A ClientHello (RFC 5246 7.4.1.2, RFC 8446 4.1.2). */
export interface ClientHello {
  readonly version: number
  readonly random: Buffer
  readonly sessionId: Buffer
  readonly suites: readonly number[]
  readonly serverName: string | undefined
  /** From supported_versions; empty when the extension is missing. */
  readonly supportedVersions: readonly number[]
  /** Identities of the pre_shared_key extension, in order. */
  readonly pskIdentities: readonly Buffer[]
  readonly earlyData: boolean
}

/** A ServerHello (RFC 5246 7.4.1.3, RFC 8446 4.1.3). */
export interface ServerHello {
  /** Negotiated, whichever field says it. */
  readonly version: number
  readonly random: Buffer
  readonly sessionId: Buffer
  readonly suite: number
  readonly compression: number
  readonly encryptThenMac: boolean
  readonly extendedMasterSecret: boolean
  /** Index of the pre-shared key the server chose. */
  readonly selectedPsk: number | undefined
  readonly helloRetryRequest: boolean
}

/** `undefined` when the message is malformed. */
export function parseClientHello(body: Buffer): ClientHello | undefined {
  const reader = new ByteReader(body)
  const version = reader.u16()
  const random = reader.bytes(32)
  const sessionId = reader.vector(1)
  const suites = u16List(reader.vector(2))
  reader.vector(1)
  const extensions = readExtensions(reader)
  if (!reader.ok || extensions === undefined) return undefined
  const supported = extensions.get(extension.supportedVersions)
  return {
    version,
    random,
    sessionId,
    suites,
    serverName: readServerName(extensions.get(extension.serverName)),
    supportedVersions: supported === undefined ? [] : u16List(new ByteReader(supported).vector(1)),
    pskIdentities: readPskIdentities(extensions.get(extension.preSharedKey)),
    earlyData: extensions.has(extension.earlyData),
  }
}

/** SHA-256 of "HelloRetryRequest": the random of a server that wants another ClientHello (RFC 8446 4.1.3). */
const retryRandom = Buffer.from(
  'cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c',
  'hex',
)

/** `undefined` when the message is malformed. */
export function parseServerHello(body: Buffer): ServerHello | undefined {
  const reader = new ByteReader(body)
  const legacyVersion = reader.u16()
  const random = reader.bytes(32)
  const sessionId = reader.vector(1)
  const suite = reader.u16()
  const compression = reader.u8()
  const extensions = readExtensions(reader)
  if (!reader.ok || extensions === undefined) return undefined
  const selectedVersion = extensions.get(extension.supportedVersions)
  const selectedPsk = extensions.get(extension.preSharedKey)
  return {
    version: selectedVersion?.length === 2 ? selectedVersion.readUInt16BE(0) : legacyVersion,
    random,
    sessionId,
    suite,
    compression,
    encryptThenMac: extensions.has(extension.encryptThenMac),
    extendedMasterSecret: extensions.has(extension.extendedMasterSecret),
    selectedPsk: selectedPsk?.length === 2 ? selectedPsk.readUInt16BE(0) : undefined,
    helloRetryRequest: random.equals(retryRandom),
  }
}

/** Extensions by type; empty when there are none (allowed before TLS 1.3), `undefined` when malformed. */
function readExtensions(reader: ByteReader): ReadonlyMap<number, Buffer> | undefined {
  const extensions = new Map<number, Buffer>()
  if (reader.remaining === 0) return extensions
  const list = new ByteReader(reader.vector(2))
  while (list.ok && list.remaining > 0) extensions.set(list.u16(), list.vector(2))
  return list.ok && reader.remaining === 0 ? extensions : undefined
}

function readServerName(bytes: Buffer | undefined): string | undefined {
  if (bytes === undefined) return undefined
  const list = new ByteReader(new ByteReader(bytes).vector(2))
  while (list.ok && list.remaining > 0) {
    const type = list.u8()
    const name = list.vector(2)
    if (list.ok && type === 0) return name.toString('utf8')
  }
  return undefined
}

function readPskIdentities(bytes: Buffer | undefined): Buffer[] {
  if (bytes === undefined) return []
  const list = new ByteReader(new ByteReader(bytes).vector(2))
  const identities: Buffer[] = []
  while (list.ok && list.remaining > 0) {
    identities.push(list.vector(2))
    list.u32()
  }
  return identities
}

/** Bytes that should be text, as text; bytes that are no UTF-8 as \xNN. */
export function identityText(bytes: Buffer): string {
  const text = bytes.toString('utf8')
  if (Buffer.from(text, 'utf8').equals(bytes)) return text
  return [...bytes]
    .map((byte) =>
      byte >= 0x20 && byte < 0x7f
        ? String.fromCharCode(byte)
        : `\\x${byte.toString(16).padStart(2, '0')}`,
    )
    .join('')
}
