/** Blocks of the pcapng file format, little endian: pure functions from values to bytes. */

const blockType = {
  sectionHeader: 0x0a0d0d0a,
  interfaceDescription: 1,
  nameResolution: 4,
  interfaceStatistics: 5,
  enhancedPacket: 6,
  decryptionSecrets: 10,
} as const

/** LINKTYPE_RAW: the packet begins with its IP header. */
const linkTypeRaw = 101
const tlsKeyLog = 0x544c534b
/** Options longer than this are cut: their length field has 16 bits. */
const longestOption = 65_000

const option = { end: 0, comment: 1, interfaceName: 2, timeResolution: 9, application: 4 } as const

/** Opens a section of unknown length; `application` names the writer. */
export function sectionHeader(application: string): Buffer {
  const fixed = Buffer.alloc(16)
  fixed.writeUInt32LE(0x1a2b3c4d, 0)
  fixed.writeUInt16LE(1, 4)
  fixed.writeBigInt64LE(-1n, 8)
  return block(blockType.sectionHeader, [fixed, options([[option.application, application]])])
}

/** An interface with time stamps in microseconds; interfaces are numbered from 0 in order of declaration. */
export function interfaceDescription(name: string): Buffer {
  const fixed = Buffer.alloc(8)
  fixed.writeUInt16LE(linkTypeRaw, 0)
  const listed = options([
    [option.interfaceName, name],
    [option.timeResolution, Uint8Array.of(6)],
  ])
  return block(blockType.interfaceDescription, [fixed, listed])
}

export interface PacketBlock {
  readonly interfaceIndex: number
  /** Microseconds since the epoch, an integer. */
  readonly atUs: number
  readonly packet: Buffer
  readonly comments: readonly string[]
}

export function enhancedPacket(packet: PacketBlock): Buffer {
  const fixed = Buffer.allocUnsafe(20)
  fixed.writeUInt32LE(packet.interfaceIndex, 0)
  fixed.writeUInt32LE(Math.floor(packet.atUs / 2 ** 32), 4)
  fixed.writeUInt32LE(packet.atUs % 2 ** 32, 8)
  fixed.writeUInt32LE(packet.packet.length, 12)
  fixed.writeUInt32LE(packet.packet.length, 16)
  const listed = packet.comments.map((text): Option => [option.comment, text])
  return block(blockType.enhancedPacket, [fixed, padded(packet.packet), options(listed)])
}

/** Carries comments that no packet came after. */
export function interfaceStatistics(
  interfaceIndex: number,
  atUs: number,
  comments: readonly string[],
): Buffer {
  const fixed = Buffer.alloc(12)
  fixed.writeUInt32LE(interfaceIndex, 0)
  fixed.writeUInt32LE(Math.floor(atUs / 2 ** 32), 4)
  fixed.writeUInt32LE(atUs % 2 ** 32, 8)
  const listed = comments.map((text): Option => [option.comment, text])
  return block(blockType.interfaceStatistics, [fixed, options(listed)])
}

/** TLS secrets as lines of an NSS key log. */
export function decryptionSecrets(lines: readonly string[]): Buffer {
  const secrets = Buffer.from(`${lines.join('\n')}\n`, 'latin1')
  const fixed = Buffer.alloc(8)
  fixed.writeUInt32LE(tlsKeyLog, 0)
  fixed.writeUInt32LE(secrets.length, 4)
  return block(blockType.decryptionSecrets, [fixed, padded(secrets)])
}

export interface NamedAddress {
  /** 4 octets (IPv4) or 16 (IPv6). */
  readonly octets: Uint8Array
  readonly name: string
}

export function nameResolution(names: readonly NamedAddress[]): Buffer {
  const records = names.map(({ octets, name }) => {
    const value = Buffer.concat([octets, Buffer.from(`${name}\0`)])
    return typeLengthValue(octets.length === 4 ? 1 : 2, value)
  })
  return block(blockType.nameResolution, [...records, Buffer.alloc(4)])
}

type Option = readonly [code: number, value: string | Uint8Array]

function options(listed: readonly Option[]): Buffer {
  if (listed.length === 0) {
    return Buffer.alloc(0)
  }
  const encoded = listed.map(([code, value]) =>
    typeLengthValue(code, Buffer.from(value).subarray(0, longestOption)),
  )
  return Buffer.concat([...encoded, Buffer.alloc(4)])
}

function typeLengthValue(type: number, value: Buffer): Buffer {
  const head = Buffer.alloc(4)
  head.writeUInt16LE(type, 0)
  head.writeUInt16LE(value.length, 2)
  return Buffer.concat([head, padded(value)])
}

function padded(bytes: Buffer): Buffer {
  const missing = -bytes.length & 3
  return missing === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(missing)])
}

function block(type: number, parts: readonly Buffer[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 12)
  const head = Buffer.allocUnsafe(8)
  head.writeUInt32LE(type, 0)
  head.writeUInt32LE(length, 4)
  const tail = Buffer.allocUnsafe(4)
  tail.writeUInt32LE(length, 0)
  return Buffer.concat([head, ...parts, tail], length)
}
