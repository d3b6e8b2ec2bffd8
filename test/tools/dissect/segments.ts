import {
  enhancedPacket,
  interfaceDescription,
  nameBlock,
  sectionHeader,
} from '../capture/reading/pcapngBuilder.ts'

/** One TCP segment between fixed ends; sequence numbers are the sender's own. */
export interface Segment {
  readonly from: 'client' | 'server'
  readonly sequence: number
  readonly bytes?: Buffer
  /** Of S, A, F, R. */
  readonly flags?: string
  readonly clientPort?: number
  readonly wire?: 0 | 1
}

export const clientAddress = Buffer.from([127, 42, 1, 1])
export const serverAddress = Buffer.from([127, 42, 1, 2])
const flagBits: Readonly<Record<string, number>> = { F: 1, S: 2, R: 4, A: 16 }

/** A raw IPv4 packet. */
export function tcpPacket(segment: Segment): Buffer {
  const { from, sequence, bytes = Buffer.alloc(0), flags = 'A', clientPort = 40_000 } = segment
  const tcp = Buffer.alloc(20)
  const ports = from === 'client' ? [clientPort, 8_080] : [8_080, clientPort]
  tcp.writeUInt16BE(ports[0] ?? 0, 0)
  tcp.writeUInt16BE(ports[1] ?? 0, 2)
  tcp.writeUInt32BE(sequence >>> 0, 4)
  tcp[12] = 0x50
  tcp[13] = [...flags].reduce((bits, flag) => bits | (flagBits[flag] ?? 0), 0)
  const addresses =
    from === 'client' ? [clientAddress, serverAddress] : [serverAddress, clientAddress]
  return ipv4Packet(6, addresses, Buffer.concat([tcp, bytes]))
}

/** A raw IPv4 packet between fixed ends; client to server. */
export function udpPacket(from: 'client' | 'server', bytes: Buffer): Buffer {
  const udp = Buffer.alloc(8)
  udp.writeUInt16BE(from === 'client' ? 40_000 : 5_684, 0)
  udp.writeUInt16BE(from === 'client' ? 5_684 : 40_000, 2)
  udp.writeUInt16BE(8 + bytes.length, 4)
  const addresses =
    from === 'client' ? [clientAddress, serverAddress] : [serverAddress, clientAddress]
  return ipv4Packet(17, addresses, Buffer.concat([udp, bytes]))
}

export function ipv4Packet(protocol: number, addresses: readonly Buffer[], body: Buffer): Buffer {
  const ip = Buffer.alloc(12)
  ip[0] = 0x45
  ip.writeUInt16BE(20 + body.length, 2)
  ip[8] = 64
  ip[9] = protocol
  return Buffer.concat([ip, ...addresses, body])
}

/** A recording of two wires, `w0` and `w1`, with these packets a millisecond apart. */
export function recordingOf(packets: readonly Buffer[], wires: readonly number[] = []): Buffer {
  return Buffer.concat([
    sectionHeader(),
    interfaceDescription({ name: 'w0' }),
    interfaceDescription({ name: 'w1' }),
    nameBlock(clientAddress, 'ae1'),
    nameBlock(serverAddress, 'cse1'),
    ...packets.map((packet, index) =>
      enhancedPacket(packet, {
        ticks: 1_795_352_400_000_000n + 1_000n * BigInt(index),
        interfaceId: wires[index] ?? 0,
      }),
    ),
  ])
}

export function recordingOfSegments(segments: readonly Segment[]): Buffer {
  return recordingOf(
    segments.map(tcpPacket),
    segments.map(({ wire = 0 }) => wire),
  )
}
