import { EventEmitter } from 'node:events'
import { type PcapGlobalHeader, type PcapPacketHeader, parse } from 'pcap-parser'
import type {
  ReadingProblem,
  ReadingProblemCode,
  RecordedInterface,
  RecordingItem,
  RecordingParser,
} from './recordingItem.ts'

const magicLength = 4
const globalHeaderLength = 24
const packetHeaderLength = 16
/** tcpdump's own largest snapshot. */
const largestFrame = 262_144
/** The library copies what it holds with every piece it is given: small pieces keep that cheap. */
const pieceLength = 64 * 1024

/** Magic numbers of the classic format, nanosecond variants to the microsecond number the library knows. */
const magics: Readonly<Record<string, { readonly as: string; readonly ticksPerMs: number }>> = {
  a1b2c3d4: { as: 'a1b2c3d4', ticksPerMs: 1_000 },
  d4c3b2a1: { as: 'd4c3b2a1', ticksPerMs: 1_000 },
  a1b23c4d: { as: 'a1b2c3d4', ticksPerMs: 1_000_000 },
  '4d3cb2a1': { as: 'd4c3b2a1', ticksPerMs: 1_000_000 },
}

export function isPcapMagic(bytes: Buffer): boolean {
  return bytes.toString('hex', 0, magicLength) in magics
}

/** Reader of classic pcap, as tcpdump writes it; the library parses, this bounds it and finds what was cut off. */
export class PcapParser implements RecordingParser {
  readonly #stream = Object.assign(new EventEmitter(), { pause() {}, resume() {} })
  readonly #items: RecordingItem[] = []
  #head: Buffer = Buffer.alloc(0)
  #started = false
  #stopped = false
  #received = 0
  /** Bytes of the file that whole records account for. */
  #consumed = 0
  #frames = 0
  #ticksPerMs = 1_000
  #interface: RecordedInterface = { name: 'interface 0', linkType: 1 }

  constructor() {
    parse(this.#stream)
      .on('error', (error: Error) => this.#stop('invalid', error.message))
      .on('globalHeader', (header: PcapGlobalHeader) => this.#globalHeader(header))
      .on('packetHeader', (header: PcapPacketHeader) => {
        if (header.capturedLength > largestFrame)
          this.#stop('invalid', `a frame of ${header.capturedLength} bytes`)
      })
      .on('packet', (packet: { header: PcapPacketHeader; data: Buffer }) => this.#packet(packet))
  }

  push(chunk: Buffer): RecordingItem[] {
    this.#received += chunk.length
    if (this.#started) this.#feed(chunk)
    else this.#start(chunk)
    return this.#items.splice(0)
  }

  finish(): RecordingItem[] {
    if (!this.#stopped && (this.#consumed !== this.#received || !this.#started))
      this.#stop('truncated', 'the file ends within a frame')
    return this.#items.splice(0)
  }

  #start(chunk: Buffer): void {
    this.#head = Buffer.concat([this.#head, chunk])
    if (this.#head.length < magicLength || this.#stopped) return
    const magic = magics[this.#head.toString('hex', 0, magicLength)]
    if (magic === undefined) {
      this.#stop('foreign', 'no pcap file')
      return
    }
    this.#started = true
    this.#ticksPerMs = magic.ticksPerMs
    this.#feed(Buffer.concat([Buffer.from(magic.as, 'hex'), this.#head.subarray(magicLength)]))
  }

  #feed(chunk: Buffer): void {
    for (let at = 0; at < chunk.length && !this.#stopped; at += pieceLength)
      this.#stream.emit('data', chunk.subarray(at, at + pieceLength))
  }

  #globalHeader(header: PcapGlobalHeader): void {
    this.#consumed = globalHeaderLength
    // The upper bits of the field carry the length of a frame check sequence.
    this.#interface = { name: 'interface 0', linkType: header.linkLayerType & 0xffff }
    this.#items.push({ kind: 'interface', interface: this.#interface })
  }

  #packet({ header, data }: { header: PcapPacketHeader; data: Buffer }): void {
    if (this.#stopped) return
    this.#frames++
    this.#consumed += packetHeaderLength + header.capturedLength
    this.#items.push({
      kind: 'frame',
      frame: this.#frames,
      interface: this.#interface,
      atMs: header.timestampSeconds * 1000 + header.timestampMicroseconds / this.#ticksPerMs,
      data,
      originalLength: header.originalLength,
      comments: [],
    })
  }

  #stop(code: ReadingProblemCode, message: string): void {
    if (this.#stopped) return
    this.#stopped = true
    const problem: ReadingProblem = { kind: 'problem', code, message, offset: this.#consumed }
    this.#items.push(problem)
  }
}
