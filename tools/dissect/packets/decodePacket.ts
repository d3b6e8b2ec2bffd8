import { addressText } from './address.ts'

/** A TCP segment or UDP datagram of a frame. Payload is a view of the frame. */
export type Packet = TcpSegment | UdpDatagram

interface PacketEnds {
  readonly source: string
  readonly sourcePort: number
  readonly destination: string
  readonly destinationPort: number
  readonly payload: Buffer
}

export interface TcpSegment extends PacketEnds {
  readonly protocol: 'tcp'
  readonly sequence: number
  readonly acknowledgement: number
  readonly syn: boolean
  readonly ack: boolean
  readonly fin: boolean
  readonly rst: boolean
}

export interface UdpDatagram extends PacketEnds {
  readonly protocol: 'udp'
}

/** `other`: a frame that carries neither TCP nor UDP. `problem`: one that ought to, and cannot be read. */
export type DecodedFrame =
  | { readonly kind: 'packet'; readonly packet: Packet }
  | { readonly kind: 'other' }
  | { readonly kind: 'problem'; readonly message: string }

const other: DecodedFrame = { kind: 'other' }

/** Unwraps a captured frame. Never throws. */
export function decodeFrame(linkType: number, data: Buffer): DecodedFrame {
  const unwrap = linkLayers[linkType]
  if (unwrap === undefined) return problem(`link type ${linkType} is not known`)
  const at = unwrap(data)
  if (at === undefined) return other
  const version = at < data.length ? (data[at] ?? 0) >> 4 : 0
  if (version === 4) return decodeIpv4(data, at)
  if (version === 6) return decodeIpv6(data, at)
  return problem('no IP packet where the link layer says there is one')
}

/** Where the IP packet starts; `undefined` when the frame carries something else. */
type LinkLayer = (data: Buffer) => number | undefined

const raw: LinkLayer = () => 0
const nullFamily: LinkLayer = () => 4
const ipv4Type = 0x0800
const ipv6Type = 0x86dd
const vlanTypes = new Set([0x8100, 0x88a8])

const linkLayers: Readonly<Record<number, LinkLayer>> = {
  0: nullFamily,
  108: nullFamily,
  1: (data) => afterEtherType(data, 12),
  12: raw,
  14: raw,
  101: raw,
  228: raw,
  229: raw,
  113: (data) => afterEtherType(data, 14),
  276: (data) => (isIp(data, 0) ? 20 : undefined),
}

function afterEtherType(data: Buffer, at: number): number | undefined {
  let typeAt = at
  while (typeAt + 2 <= data.length && vlanTypes.has(data.readUInt16BE(typeAt))) typeAt += 4
  return isIp(data, typeAt) ? typeAt + 2 : undefined
}

function isIp(data: Buffer, at: number): boolean {
  if (at + 2 > data.length) return false
  const type = data.readUInt16BE(at)
  return type === ipv4Type || type === ipv6Type
}

function decodeIpv4(data: Buffer, at: number): DecodedFrame {
  const headerLength = ((data[at] ?? 0) & 0x0f) * 4
  if (headerLength < 20 || at + headerLength > data.length) return problem('IPv4 header cut short')
  const declared = data.readUInt16BE(at + 2)
  const fragment = data.readUInt16BE(at + 6) & 0x3fff
  const protocol = data[at + 9] ?? 0
  if (!(protocol in transports)) return other
  if (fragment !== 0) return problem('an IP fragment, which is not reassembled')
  // Zero: the network card was to fill it in (segmentation offload), so the packet is what was captured.
  const end = declared === 0 ? data.length : at + declared
  if (end > data.length) return problem('a frame cut short by the capture')
  if (end < at + headerLength) return problem('IPv4 total length shorter than its header')
  const ends = {
    source: ipv4Text(data.readUInt32BE(at + 12)),
    destination: ipv4Text(data.readUInt32BE(at + 16)),
  }
  return decodeTransport(protocol, data.subarray(at + headerLength, end), ends)
}

const extensionHeaders = new Set([0, 43, 60])
const fragmentHeader = 44

function decodeIpv6(data: Buffer, at: number): DecodedFrame {
  if (at + 40 > data.length) return problem('IPv6 header cut short')
  const declared = data.readUInt16BE(at + 4)
  const end = declared === 0 ? data.length : at + 40 + declared
  if (end > data.length) return problem('a frame cut short by the capture')
  const ends = {
    source: addressText(data.subarray(at + 8, at + 24)),
    destination: addressText(data.subarray(at + 24, at + 40)),
  }
  let next = data[at + 6] ?? 0
  let header = at + 40
  while (extensionHeaders.has(next) && header + 8 <= end) {
    next = data[header] ?? 0
    header += ((data[header + 1] ?? 0) + 1) * 8
  }
  if (next === fragmentHeader) return problem('an IP fragment, which is not reassembled')
  if (!(next in transports)) return other
  return decodeTransport(next, data.subarray(Math.min(header, end), end), ends)
}

interface Addresses {
  readonly source: string
  readonly destination: string
}

const transports: Readonly<Record<number, (bytes: Buffer, ends: Addresses) => DecodedFrame>> = {
  6: decodeTcp,
  17: decodeUdp,
}

function decodeTransport(protocol: number, bytes: Buffer, ends: Addresses): DecodedFrame {
  return transports[protocol]?.(bytes, ends) ?? other
}

function decodeTcp(bytes: Buffer, ends: Addresses): DecodedFrame {
  if (bytes.length < 20) return problem('TCP header cut short')
  const headerLength = ((bytes[12] ?? 0) >> 4) * 4
  if (headerLength < 20 || headerLength > bytes.length) return problem('TCP header cut short')
  const flags = bytes[13] ?? 0
  return {
    kind: 'packet',
    packet: {
      protocol: 'tcp',
      ...ends,
      sourcePort: bytes.readUInt16BE(0),
      destinationPort: bytes.readUInt16BE(2),
      sequence: bytes.readUInt32BE(4),
      acknowledgement: bytes.readUInt32BE(8),
      fin: (flags & 0x01) !== 0,
      syn: (flags & 0x02) !== 0,
      rst: (flags & 0x04) !== 0,
      ack: (flags & 0x10) !== 0,
      payload: bytes.subarray(headerLength),
    },
  }
}

function decodeUdp(bytes: Buffer, ends: Addresses): DecodedFrame {
  if (bytes.length < 8) return problem('UDP header cut short')
  const length = bytes.readUInt16BE(4)
  const end = length >= 8 && length <= bytes.length ? length : bytes.length
  return {
    kind: 'packet',
    packet: {
      protocol: 'udp',
      ...ends,
      sourcePort: bytes.readUInt16BE(0),
      destinationPort: bytes.readUInt16BE(2),
      payload: bytes.subarray(8, end),
    },
  }
}

function ipv4Text(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 0xff}.${(address >>> 8) & 0xff}.${address & 0xff}`
}

function problem(message: string): DecodedFrame {
  return { kind: 'problem', message }
}
