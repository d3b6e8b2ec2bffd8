/** Builds recordings block by block, in either byte order: what a reader must cope with and our own writer never writes. */
export interface BlockOptions {
  readonly bigEndian?: boolean
}

export function block(type: number, body: Buffer, options: BlockOptions = {}): Buffer {
  const padding = Buffer.alloc((4 - (body.length % 4)) % 4)
  const length = u32(12 + body.length + padding.length, options)
  return Buffer.concat([u32(type, options), length, body, padding, length])
}

export function sectionHeader(options: BlockOptions = {}): Buffer {
  const body = Buffer.concat([
    u32(0x1a2b3c4d, options),
    u16(1, options),
    u16(0, options),
    Buffer.alloc(8, 0xff),
  ])
  return block(0x0a0d0d0a, body, options)
}

export interface InterfaceOptions extends BlockOptions {
  readonly name?: string
  readonly linkType?: number
  /** The if_tsresol octet. */
  readonly resolution?: number
}

export function interfaceDescription(described: InterfaceOptions = {}): Buffer {
  const { name, linkType = 101, resolution } = described
  const options = Buffer.concat([
    ...(name === undefined ? [] : [option(2, Buffer.from(name), described)]),
    ...(resolution === undefined ? [] : [option(9, Buffer.from([resolution]), described)]),
    option(0, Buffer.alloc(0), described),
  ])
  return block(
    1,
    Buffer.concat([u16(linkType, described), u16(0, described), u32(0, described), options]),
    described,
  )
}

export interface PacketOptions extends BlockOptions {
  readonly interfaceId?: number
  readonly ticks?: bigint
  readonly comment?: string
  readonly originalLength?: number
}

export function enhancedPacket(data: Buffer, packet: PacketOptions = {}): Buffer {
  const { interfaceId = 0, ticks = 0n, comment, originalLength = data.length } = packet
  const body = Buffer.concat([
    u32(interfaceId, packet),
    u32(Number(ticks >> 32n), packet),
    u32(Number(ticks & 0xffffffffn), packet),
    u32(data.length, packet),
    u32(originalLength, packet),
    data,
    Buffer.alloc((4 - (data.length % 4)) % 4),
    ...(comment === undefined ? [] : [option(1, Buffer.from(comment), packet)]),
  ])
  return block(6, body, packet)
}

export function simplePacket(data: Buffer, options: BlockOptions = {}): Buffer {
  return block(3, Buffer.concat([u32(data.length, options), data]), options)
}

export function secretsBlock(text: string, options: BlockOptions = {}): Buffer {
  const body = Buffer.concat([
    u32(0x544c534b, options),
    u32(text.length, options),
    Buffer.from(text),
  ])
  return block(10, body, options)
}

export function nameBlock(address: Buffer, name: string, options: BlockOptions = {}): Buffer {
  const value = Buffer.concat([address, Buffer.from(`${name}\0`)])
  const record = option(address.length === 4 ? 1 : 2, value, options)
  return block(4, Buffer.concat([record, Buffer.alloc(4)]), options)
}

export function option(code: number, value: Buffer, options: BlockOptions = {}): Buffer {
  const padding = Buffer.alloc((4 - (value.length % 4)) % 4)
  return Buffer.concat([u16(code, options), u16(value.length, options), value, padding])
}

function u16(value: number, { bigEndian = false }: BlockOptions): Buffer {
  const bytes = Buffer.alloc(2)
  if (bigEndian) bytes.writeUInt16BE(value)
  else bytes.writeUInt16LE(value)
  return bytes
}

function u32(value: number, { bigEndian = false }: BlockOptions): Buffer {
  const bytes = Buffer.alloc(4)
  if (bigEndian) bytes.writeUInt32BE(value)
  else bytes.writeUInt32LE(value)
  return bytes
}
