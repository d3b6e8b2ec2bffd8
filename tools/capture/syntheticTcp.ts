import { ipOctets, type PacketEnds, tcpFlag, tcpPacket } from './ipPackets.ts'
import type { TcpEnds, TcpRecorder } from './recorder.ts'

/** Payload of one recorded segment; headers and payload together fit an IP packet. */
const segmentSize = 65_000
/** A direction that gets no data back is acknowledged this often, as a receiver would. */
const acknowledgeAfter = 4 * 1024 * 1024
const modulus = 2 ** 32
/** Maximum segment size 65,000 and window scale 14 (RFC 9293 3.7.1, RFC 7323 2.2), padded. */
const synOptions = Uint8Array.of(2, 4, segmentSize >> 8, segmentSize & 0xff, 3, 3, 14, 1)
const none = new Uint8Array()

type Side = 'client' | 'server'

interface Direction {
  readonly ends: PacketEnds
  sequence: number
  /** Next octet expected from the other side, as last told to it. */
  acknowledged: number
  identification: number
  ended: boolean
}

/**
 * Turns the bytes of one connection into the packets that could have carried them: three-way handshake, data in order,
 * FIN or RST. `write` is given each packet, complete with IP header. Calls after the connection is over do nothing.
 */
export function syntheticTcp(
  ends: TcpEnds,
  firstSequence: Readonly<Record<Side, number>>,
  write: (packet: Buffer) => void,
): TcpRecorder {
  const sides = directions(ends, firstSequence)
  let over = false

  function send(from: Side, flags: number, payload: Uint8Array = none): void {
    const sender = sides[from]
    const receiver = sides[opposite(from)]
    const opening = (flags & tcpFlag.syn) !== 0
    const acknowledging = (flags & tcpFlag.ack) !== 0
    write(
      tcpPacket(sender.ends, sender.identification, {
        sequence: sender.sequence,
        acknowledgement: acknowledging ? receiver.sequence : 0,
        flags,
        options: opening ? synOptions : none,
        payload,
      }),
    )
    sender.identification += 1
    sender.acknowledged = receiver.sequence
    const occupied = payload.length + (opening || (flags & tcpFlag.fin) !== 0 ? 1 : 0)
    sender.sequence = (sender.sequence + occupied) % modulus
  }

  send('client', tcpFlag.syn)
  send('server', tcpFlag.syn | tcpFlag.ack)
  send('client', tcpFlag.ack)

  return {
    data(from, bytes) {
      if (over || sides[from].ended) {
        return
      }
      const receiver = sides[opposite(from)]
      for (let at = 0; at < bytes.length; at += segmentSize) {
        send(from, tcpFlag.psh | tcpFlag.ack, bytes.subarray(at, at + segmentSize))
        const waiting = (sides[from].sequence - receiver.acknowledged + modulus) % modulus
        if (waiting >= acknowledgeAfter) {
          send(opposite(from), tcpFlag.ack)
        }
      }
    },
    end(from) {
      if (over || sides[from].ended) {
        return
      }
      send(from, tcpFlag.fin | tcpFlag.ack)
      sides[from].ended = true
      if (sides[opposite(from)].ended) {
        send(opposite(from), tcpFlag.ack)
        over = true
      }
    },
    reset(from) {
      if (!over) {
        send(from, tcpFlag.rst | tcpFlag.ack)
        over = true
      }
    },
  }
}

function directions(
  ends: TcpEnds,
  firstSequence: Readonly<Record<Side, number>>,
): Record<Side, Direction> {
  const client = ipOctets(ends.client.address)
  const server = ipOctets(ends.server.address)
  const direction = (
    side: Side,
    source: Uint8Array,
    destination: Uint8Array,
    sourcePort: number,
    destinationPort: number,
  ): Direction => ({
    ends: { source, destination, sourcePort, destinationPort },
    sequence: firstSequence[side] % modulus,
    acknowledged: firstSequence[opposite(side)] % modulus,
    identification: 0,
    ended: false,
  })
  return {
    client: direction('client', client, server, ends.client.port, ends.server.port),
    server: direction('server', server, client, ends.server.port, ends.client.port),
  }
}

function opposite(side: Side): Side {
  return side === 'client' ? 'server' : 'client'
}
