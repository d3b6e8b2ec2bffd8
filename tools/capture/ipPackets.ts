/** IPv4 and IPv6 packets with a TCP segment or a UDP datagram in them: pure functions from values to bytes, checksums right. */
import { isIPv4, isIPv6 } from 'node:net'
import { BenchError } from '../../protocol/errors.ts'

/** An IP address as it stands in a header: 4 octets (IPv4) or 16 (IPv6). */
export type IpOctets = Uint8Array

export interface PacketEnds {
  readonly source: IpOctets
  readonly destination: IpOctets
  readonly sourcePort: number
  readonly destinationPort: number
}

export interface TcpSegment {
  readonly sequence: number
  readonly acknowledgement: number
  readonly flags: number
  readonly options: Uint8Array
  readonly payload: Uint8Array
}

export const tcpFlag = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16 } as const

const protocolNumber = { tcp: 6, udp: 17 } as const
const timeToLive = 64
/** The largest window; with the scale option of the SYN no sender ever seems to overrun it. */
const fullWindow = 65_535

/** Reads an address as text; an IPv4 address mapped into IPv6 becomes IPv4. @throws BenchError INTERNAL */
export function ipOctets(address: string): IpOctets {
  const plain =
    address.startsWith('::ffff:') && isIPv4(address.slice(7)) ? address.slice(7) : address
  if (isIPv4(plain)) {
    return Uint8Array.from(plain.split('.'), Number)
  }
  if (isIPv6(plain)) {
    return ipv6Octets(plain.split('%')[0] ?? '')
  }
  throw new BenchError('INTERNAL', `"${address}" is not an IP address`)
}

/** `identification` goes into the IPv4 header. */
export function tcpPacket(ends: PacketEnds, identification: number, segment: TcpSegment): Buffer {
  const headerLength = 20 + segment.options.length
  const { packet, at } = ipHeader(
    ends,
    'tcp',
    identification,
    headerLength + segment.payload.length,
  )
  packet.writeUInt16BE(ends.sourcePort, at)
  packet.writeUInt16BE(ends.destinationPort, at + 2)
  packet.writeUInt32BE(segment.sequence, at + 4)
  packet.writeUInt32BE(segment.acknowledgement, at + 8)
  packet[at + 12] = (headerLength / 4) << 4
  packet[at + 13] = segment.flags
  packet.writeUInt16BE(fullWindow, at + 14)
  packet.writeUInt32BE(0, at + 16)
  packet.set(segment.options, at + 20)
  packet.set(segment.payload, at + headerLength)
  packet.writeUInt16BE(transportChecksum(packet, at, ends, 'tcp'), at + 16)
  return packet
}

export function udpPacket(ends: PacketEnds, identification: number, payload: Uint8Array): Buffer {
  const { packet, at } = ipHeader(ends, 'udp', identification, 8 + payload.length)
  packet.writeUInt16BE(ends.sourcePort, at)
  packet.writeUInt16BE(ends.destinationPort, at + 2)
  packet.writeUInt16BE(8 + payload.length, at + 4)
  packet.writeUInt16BE(0, at + 6)
  packet.set(payload, at + 8)
  // RFC 768: a sum of zero is sent as all ones, since zero means "none".
  packet.writeUInt16BE(transportChecksum(packet, at, ends, 'udp') || 0xffff, at + 6)
  return packet
}

function ipHeader(
  ends: PacketEnds,
  protocol: keyof typeof protocolNumber,
  identification: number,
  length: number,
): { packet: Buffer; at: number } {
  if (ends.source.length === 16) {
    const packet = Buffer.alloc(40 + length)
    packet[0] = 0x60
    packet.writeUInt16BE(length, 4)
    packet[6] = protocolNumber[protocol]
    packet[7] = timeToLive
    packet.set(ends.source, 8)
    packet.set(ends.destination, 24)
    return { packet, at: 40 }
  }
  const packet = Buffer.alloc(20 + length)
  packet[0] = 0x45
  packet.writeUInt16BE(20 + length, 2)
  packet.writeUInt16BE(identification & 0xffff, 4)
  packet.writeUInt16BE(0x4000, 6)
  packet[8] = timeToLive
  packet[9] = protocolNumber[protocol]
  packet.set(ends.source, 12)
  packet.set(ends.destination, 16)
  packet.writeUInt16BE(folded(sumOfWords(packet, 0, 20)), 10)
  return { packet, at: 20 }
}

function transportChecksum(
  packet: Buffer,
  at: number,
  ends: PacketEnds,
  protocol: keyof typeof protocolNumber,
): number {
  const pseudoHeader =
    sumOfWords(ends.source, 0, ends.source.length) +
    sumOfWords(ends.destination, 0, ends.destination.length) +
    protocolNumber[protocol] +
    (packet.length - at)
  return folded(pseudoHeader + sumOfWords(packet, at, packet.length))
}

/** Sum of big-endian 16-bit words; a last odd octet counts as the high one (RFC 1071). */
function sumOfWords(bytes: Uint8Array, from: number, to: number): number {
  let sum = 0
  let index = from
  for (; index + 1 < to; index += 2) {
    sum += ((bytes[index] ?? 0) << 8) | (bytes[index + 1] ?? 0)
  }
  return index < to ? sum + ((bytes[index] ?? 0) << 8) : sum
}

function folded(sum: number): number {
  let rest = sum
  while (rest > 0xffff) {
    rest = (rest & 0xffff) + Math.floor(rest / 0x1_0000)
  }
  return ~rest & 0xffff
}

function ipv6Octets(text: string): IpOctets {
  const [front = '', back] = text.split('::')
  const head = words(front)
  const tail = back === undefined ? [] : words(back)
  const filler: number[] = new Array(Math.max(0, 8 - head.length - tail.length)).fill(0)
  const all = back === undefined ? head : [...head, ...filler, ...tail]
  return Uint8Array.from(all.flatMap((word) => [word >> 8, word & 0xff]))
}

function words(part: string): number[] {
  return part === ''
    ? []
    : part.split(':').flatMap((word) => {
        if (!word.includes('.')) {
          return [Number.parseInt(word, 16)]
        }
        const [a = 0, b = 0, c = 0, d = 0] = word.split('.').map(Number)
        return [(a << 8) | b, (c << 8) | d]
      })
}
