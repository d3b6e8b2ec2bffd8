import { ipOctets, udpPacket } from '../../../../tools/capture/ipPackets.ts'
import { makeRecorder } from '../../../../tools/capture/pcapngWriter.ts'
import type { Recorder, TcpEnds } from '../../../../tools/capture/recorder.ts'
import type { RecordingSink } from '../../../../tools/capture/recordingSink.ts'
import { syntheticTcp } from '../../../../tools/capture/syntheticTcp.ts'

type Side = 'client' | 'server'

/** What happens on one connection; text is said by a side. */
export type Step =
  | { readonly from: Side; readonly says: string }
  | { readonly from: Side; readonly does: 'end' | 'reset' }

export interface Talk {
  readonly ends: TcpEnds
  readonly steps: readonly Step[]
}

/** An orderly exchange. */
export function exchange(request: string, answer: string): readonly Step[] {
  return [
    { from: 'client', says: request },
    { from: 'server', says: answer },
    { from: 'client', does: 'end' },
    { from: 'server', does: 'end' },
  ]
}

export function ends(client: string, server: string): TcpEnds {
  return { client: place(client), server: place(server) }
}

function place(text: string): { address: string; port: number } {
  const [address = '', port = ''] = text.split(':')
  return { address, port: Number(port) }
}

/** The bytes of a recording by wires, in the bench's own format. */
export async function wireRecording(fill: (recorder: Recorder) => void): Promise<Buffer> {
  const chunks: Buffer[] = []
  const sink: RecordingSink = {
    write: (bytes) => void chunks.push(Buffer.from(bytes)),
    close: () => {},
  }
  const recorder = await makeRecorder('memory.pcapng', { sink })
  fill(recorder)
  await recorder.close()
  return Buffer.concat(chunks)
}

export function playTcp(recorder: Recorder, wire: string, talks: readonly Talk[]): void {
  const recorded = recorder.addWire(wire)
  for (const talk of talks) {
    const tcp = recorded.openTcp(talk.ends)
    for (const step of talk.steps)
      if ('says' in step) tcp.data(step.from, Buffer.from(step.says))
      else tcp[step.does](step.from)
  }
}

/** The packets of connections as a kernel shows them; `segments` = octets per segment. */
export function packetsOf(talks: readonly Talk[], segment = 7): Buffer[] {
  const packets: Buffer[] = []
  talks.forEach((talk, index) => {
    const first = { client: 1000 * (index + 1), server: 2 ** 32 - 5 }
    const tcp = syntheticTcp(talk.ends, first, (packet) => packets.push(Buffer.from(packet)))
    for (const step of talk.steps)
      if ('says' in step)
        for (let at = 0; at < step.says.length; at += segment)
          tcp.data(step.from, Buffer.from(step.says.slice(at, at + segment)))
      else tcp[step.does](step.from)
  })
  return packets
}

export function datagram(from: string, to: string, text: string): Buffer {
  const [source, destination] = [place(from), place(to)]
  const packetEnds = {
    source: ipOctets(source.address),
    destination: ipOctets(destination.address),
    sourcePort: source.port,
    destinationPort: destination.port,
  }
  return udpPacket(packetEnds, 1, Buffer.from(text))
}

/** Classic pcap with Ethernet frames, as tcpdump writes it. */
export function pcapOf(packets: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(24)
  header.writeUInt32LE(0xa1b2c3d4, 0)
  header.writeUInt16LE(2, 4)
  header.writeUInt16LE(4, 6)
  header.writeUInt32LE(262_144, 16)
  header.writeUInt32LE(1, 20)
  return Buffer.concat([header, ...packets.map(frameOf)])
}

function frameOf(packet: Buffer, index: number): Buffer {
  const ethernet = Buffer.alloc(14)
  ethernet.writeUInt16BE(0x0800, 12)
  const length = ethernet.length + packet.length
  const header = Buffer.alloc(16)
  header.writeUInt32LE(1_795_000_000, 0)
  header.writeUInt32LE(index, 4)
  header.writeUInt32LE(length, 8)
  header.writeUInt32LE(length, 12)
  return Buffer.concat([header, ethernet, packet])
}
