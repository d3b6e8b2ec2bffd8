import { addressText } from '../../dissect/packets/address.ts'
import { type ByteOrder, bigEndian, littleEndian } from './byteOrder.ts'
import { optionCode, type PcapngOption, padded, readOptions, textOption } from './pcapngOptions.ts'
import type {
  ReadingProblem,
  ReadingProblemCode,
  RecordedInterface,
  RecordingItem,
  RecordingParser,
} from './recordingItem.ts'

const blockType = {
  sectionHeader: 0x0a0d0d0a,
  interfaceDescription: 1,
  packet: 2,
  simplePacket: 3,
  nameResolution: 4,
  interfaceStatistics: 5,
  enhancedPacket: 6,
  decryptionSecrets: 10,
} as const

const tlsKeyLog = 0x544c534b
const byteOrderMagic = 0x1a2b3c4d
/** Larger blocks are no frames of ours or anybody's: 16 MiB. */
const largestBlock = 16 * 1024 * 1024

interface TimedInterface extends RecordedInterface {
  /** Ticks per millisecond of its time stamps. */
  readonly ticksPerMs: number
  readonly offsetMs: number
}

/** A streaming reader of pcapng; keeps no more than one block. */
export class PcapngParser implements RecordingParser {
  #rest: Buffer = Buffer.alloc(0)
  #offset = 0
  #order: ByteOrder = littleEndian
  #interfaces: TimedInterface[] = []
  #frames = 0
  #lastAtMs = 0
  #stopped = false

  push(chunk: Buffer): RecordingItem[] {
    if (this.#stopped) return []
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    const items: RecordingItem[] = []
    let at = 0
    for (;;) {
      const length = this.#blockLength(at, items)
      if (length === undefined || at + length > this.#rest.length) break
      this.#block(this.#rest.subarray(at, at + length), items)
      at += length
      this.#offset += length
      if (this.#stopped) break
    }
    this.#rest = this.#stopped ? Buffer.alloc(0) : this.#rest.subarray(at)
    return items
  }

  finish(): RecordingItem[] {
    if (this.#stopped || this.#rest.length === 0) return []
    this.#stopped = true
    return [this.#problem('truncated', `the file ends within a block`)]
  }

  /** Length of the block at `at`; `undefined` when more bytes are needed or reading has stopped. */
  #blockLength(at: number, items: RecordingItem[]): number | undefined {
    if (this.#rest.length - at < 12) return undefined
    if (this.#rest.readUInt32BE(at) === blockType.sectionHeader) {
      const order = orderOf(this.#rest, at + 8)
      if (order === undefined) {
        this.#stop(items, 'invalid', 'a section header with an unknown byte order')
        return undefined
      }
      this.#order = order
    }
    const length = this.#order.u32(this.#rest, at + 4)
    if (length < 12 || length % 4 !== 0 || length > largestBlock) {
      this.#stop(items, 'invalid', `a block of ${length} bytes`)
      return undefined
    }
    return length
  }

  #block(block: Buffer, items: RecordingItem[]): void {
    const order = this.#order
    if (order.u32(block, block.length - 4) !== block.length) {
      this.#stop(items, 'invalid', 'a block whose two lengths differ')
      return
    }
    const type = order.u32(block, 0)
    const body = block.subarray(8, block.length - 4)
    this.#readers[type]?.(body, items)
  }

  readonly #readers: Readonly<Record<number, (body: Buffer, items: RecordingItem[]) => void>> = {
    [blockType.sectionHeader]: () => {
      this.#interfaces = []
    },
    [blockType.interfaceDescription]: (body, items) => this.#interfaceDescription(body, items),
    [blockType.enhancedPacket]: (body, items) => this.#enhancedPacket(body, items),
    [blockType.packet]: (body, items) => this.#obsoletePacket(body, items),
    [blockType.simplePacket]: (body, items) => this.#simplePacket(body, items),
    [blockType.nameResolution]: (body, items) => this.#nameResolution(body, items),
    [blockType.interfaceStatistics]: (body, items) => this.#statistics(body, items),
    [blockType.decryptionSecrets]: (body, items) => this.#secrets(body, items),
  }

  #interfaceDescription(body: Buffer, items: RecordingItem[]): void {
    if (body.length < 8) {
      this.#report(items, 'invalid', 'an interface block too short')
      return
    }
    const options = readOptions(body.subarray(8), this.#order)
    const described: TimedInterface = {
      name: textOption(options, optionCode.interfaceName) ?? `interface ${this.#interfaces.length}`,
      linkType: this.#order.u16(body, 0),
      ticksPerMs: ticksPerMs(options),
      offsetMs: offsetMs(options, this.#order),
    }
    this.#interfaces.push(described)
    items.push({ kind: 'interface', interface: described })
  }

  #enhancedPacket(body: Buffer, items: RecordingItem[]): void {
    if (body.length < 20) {
      this.#frames++
      this.#brokenFrame(items)
      return
    }
    const order = this.#order
    this.#packet(
      {
        interfaceId: order.u32(body, 0),
        ticks: order.u32(body, 4) * 2 ** 32 + order.u32(body, 8),
        captured: order.u32(body, 12),
        originalLength: order.u32(body, 16),
        body: body.subarray(20),
      },
      items,
    )
  }

  #obsoletePacket(body: Buffer, items: RecordingItem[]): void {
    if (body.length < 20) {
      this.#frames++
      this.#brokenFrame(items)
      return
    }
    const order = this.#order
    const drops = order.u16(body, 2)
    if (drops !== 0 && drops !== 0xffff) this.#report(items, 'lost', `${drops} frames dropped`)
    this.#packet(
      {
        interfaceId: order.u16(body, 0),
        ticks: order.u32(body, 4) * 2 ** 32 + order.u32(body, 8),
        captured: order.u32(body, 12),
        originalLength: order.u32(body, 16),
        body: body.subarray(20),
      },
      items,
    )
  }

  #simplePacket(body: Buffer, items: RecordingItem[]): void {
    if (body.length < 4) {
      this.#frames++
      this.#brokenFrame(items)
      return
    }
    const originalLength = this.#order.u32(body, 0)
    const captured = Math.min(originalLength, body.length - 4)
    this.#packet(
      { interfaceId: 0, ticks: undefined, captured, originalLength, body: body.subarray(4) },
      items,
    )
  }

  #packet(packet: Packet, items: RecordingItem[]): void {
    this.#frames++
    const from = this.#interfaces[packet.interfaceId]
    if (packet.captured > packet.body.length) {
      this.#brokenFrame(items)
      return
    }
    if (from === undefined) {
      const message = `frame ${this.#frames} comes from interface ${packet.interfaceId}, which the recording does not describe`
      this.#report(items, 'invalid', message)
      return
    }
    // A simple packet has no time of its own: it happened no earlier than the frame before it.
    const atMs =
      packet.ticks === undefined ? this.#lastAtMs : packet.ticks / from.ticksPerMs + from.offsetMs
    this.#lastAtMs = atMs
    const options = readOptions(packet.body.subarray(padded(packet.captured)), this.#order)
    this.#reportDrops(options, optionCode.frameDropCount, items)
    items.push({
      kind: 'frame',
      frame: this.#frames,
      interface: from,
      atMs,
      data: packet.body.subarray(0, packet.captured),
      originalLength: packet.originalLength,
      comments: options
        .filter((option) => option.code === optionCode.comment)
        .map((option) => option.value.toString('utf8')),
    })
  }

  #nameResolution(body: Buffer, items: RecordingItem[]): void {
    let at = 0
    while (at + 4 <= body.length) {
      const type = this.#order.u16(body, at)
      const length = this.#order.u16(body, at + 2)
      const addressLength = type === 1 ? 4 : 16
      if (type === 0 || at + 4 + length > body.length) return
      if ((type === 1 || type === 2) && length > addressLength) {
        const value = body.subarray(at + 4, at + 4 + length)
        const name = value.subarray(addressLength).toString('utf8').split('\0')[0] ?? ''
        const address = addressText(value.subarray(0, addressLength))
        if (name !== '') items.push({ kind: 'name', address, name })
      }
      at += 4 + padded(length)
    }
  }

  #statistics(body: Buffer, items: RecordingItem[]): void {
    if (body.length < 12) return
    const options = readOptions(body.subarray(12), this.#order)
    this.#reportDrops(options, optionCode.statisticsDropped, items)
  }

  #reportDrops(options: readonly PcapngOption[], code: number, items: RecordingItem[]): void {
    const value = options.find((option) => option.code === code)?.value
    if (value?.some((byte) => byte !== 0))
      this.#report(items, 'lost', 'the capture dropped frames here')
  }

  #secrets(body: Buffer, items: RecordingItem[]): void {
    if (body.length < 8 || this.#order.u32(body, 0) !== tlsKeyLog) return
    const length = this.#order.u32(body, 4)
    if (8 + length > body.length) {
      this.#report(items, 'invalid', 'a secrets block too short')
      return
    }
    const lines = body
      .subarray(8, 8 + length)
      .toString('latin1')
      .split(/\r?\n/)
    items.push({ kind: 'secrets', lines })
  }

  #brokenFrame(items: RecordingItem[]): void {
    this.#report(items, 'invalid', `frame ${this.#frames} is longer than its block`)
  }

  #report(items: RecordingItem[], code: ReadingProblemCode, message: string): void {
    items.push(this.#problem(code, message))
  }

  #stop(items: RecordingItem[], code: ReadingProblemCode, message: string): void {
    this.#stopped = true
    this.#report(items, code, message)
  }

  #problem(code: ReadingProblemCode, message: string): ReadingProblem {
    return { kind: 'problem', code, message, offset: this.#offset }
  }
}

interface Packet {
  readonly interfaceId: number
  readonly ticks: number | undefined
  readonly captured: number
  readonly originalLength: number
  /** Frame, padding, options. */
  readonly body: Buffer
}

function orderOf(bytes: Buffer, at: number): ByteOrder | undefined {
  if (bytes.readUInt32LE(at) === byteOrderMagic) return littleEndian
  if (bytes.readUInt32BE(at) === byteOrderMagic) return bigEndian
  return undefined
}

/** if_tsresol: a power of ten, or of two when the highest bit is set; microseconds when absent. */
function ticksPerMs(options: readonly PcapngOption[]): number {
  const value = options.find((option) => option.code === optionCode.interfaceResolution)?.value[0]
  const resolution = value ?? 6
  const perSecond = resolution & 0x80 ? 2 ** (resolution & 0x7f) : 10 ** (resolution & 0x7f)
  return perSecond / 1000
}

/** if_tsoffset: whole seconds, signed 64 bits. */
function offsetMs(options: readonly PcapngOption[], order: ByteOrder): number {
  const value = options.find((option) => option.code === optionCode.interfaceOffset)?.value
  if (value === undefined || value.length !== 8) return 0
  const seconds = order === littleEndian ? value.readBigInt64LE(0) : value.readBigInt64BE(0)
  return Number(seconds) * 1000
}
