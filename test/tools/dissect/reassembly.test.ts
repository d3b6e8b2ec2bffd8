import { expect } from 'chai'
import fc from 'fast-check'
import { describe, it } from 'mocha'
import { dissect } from '../../../tools/dissect/dissect.ts'
import { TcpStream } from '../../../tools/dissect/packets/tcpStream.ts'
import type { Seen } from '../../../tools/dissect/seen.ts'
import {
  ipv4Packet,
  recordingOf,
  recordingOfSegments,
  type Segment,
  tcpPacket,
  udpPacket,
} from './segments.ts'

const syn: Segment = { from: 'client', sequence: 999, flags: 'S' }
const synAck: Segment = { from: 'server', sequence: 4_999, flags: 'SA' }
const data = (sequence: number, text: string, more: Partial<Segment> = {}): Segment => ({
  from: 'client',
  sequence,
  bytes: Buffer.from(text),
  ...more,
})
const end = (from: 'client' | 'server', sequence: number): Segment => ({
  from,
  sequence,
  flags: 'FA',
})

const request =
  'GET /~/cse1/base HTTP/1.1\r\nX-M2M-RI: r1\r\nX-M2M-Origin: CAE1\r\nX-M2M-RVI: 3\r\n\r\n'

async function traceOf(segments: readonly Segment[]) {
  return (await dissect(recordingOfSegments(segments))).trace
}

describe('reassembling TCP', () => {
  it('puts segments in order and drops what was sent twice', async () => {
    const cut = [request.slice(0, 20), request.slice(20, 50), request.slice(50)]
    const [one = '', two = '', three = ''] = cut
    const trace = await traceOf([
      syn,
      syn,
      synAck,
      data(1_000, one),
      data(1_050, three),
      data(1_000, one + two.slice(0, 10)),
      data(1_020, two),
      data(1_020, two),
      end('client', 1_000 + request.length),
      end('server', 5_000),
    ])
    expect(trace.recording.problems).to.deep.equal([])
    expect(trace.connections.map(({ gap, bytes }) => ({ gap, bytes }))).to.deep.equal([
      { gap: false, bytes: { client: request.length, server: 0 } },
    ])
    const [primitive] = trace.primitives
    expect(primitive?.request?.rqi).to.equal('r1')
    expect(primitive?.frames.map(({ frame }) => frame)).to.deep.equal([4, 6, 7, 5])
    expect([primitive?.from, primitive?.to, primitive?.wire]).to.deep.equal(['ae1', 'cse1', 'w0'])
  })

  it('survives sequence numbers that wrap', async () => {
    const start = 0xfffffff0
    const trace = await traceOf([
      { ...syn, sequence: start - 1 },
      data((start + 40) >>> 0, request.slice(40)),
      data(start, request.slice(0, 40)),
    ])
    expect(trace.primitives[0]?.request?.rqi).to.equal('r1')
    expect(trace.recording.problems).to.deep.equal([])
  })

  it('marks octets that never came as a gap and says so', async () => {
    const trace = await traceOf([syn, synAck, data(1_000, 'GET '), data(1_010, 'rest')])
    expect(trace.connections[0]?.gap).to.equal(true)
    expect(trace.recording.problems).to.deep.equal([
      'octets are missing in connection 1 on wire w0 (127.42.1.1:40000 to 127.42.1.2:8080) before frame 4',
    ])
  })

  it('says that a recording begins within a connection, and still tells client from server', async () => {
    const answer = { from: 'server', bytes: Buffer.from('HTTP/1.1 200 OK\r\n\r\n') } as const
    const trace = await traceOf([{ ...answer, sequence: 9 }])
    expect(trace.connections[0]?.client.node).to.equal('ae1')
    expect(trace.recording.problems[0]).to.match(/^the recording begins within connection 1/)
  })

  it('takes a new SYN on the same ports for a new connection', async () => {
    const trace = await traceOf([
      syn,
      synAck,
      data(1_000, request),
      end('client', 1_000 + request.length),
      end('server', 5_000),
      { ...syn, sequence: 77_000 },
      { ...synAck, sequence: 88_000 },
      data(77_001, request.replace('r1', 'r2')),
      { from: 'server', sequence: 88_001, flags: 'R' },
    ])
    expect(trace.connections.map(({ id, opening }) => [id, opening.frame])).to.deep.equal([
      [1, 1],
      [2, 6],
    ])
    expect(trace.primitives.map((primitive) => primitive.connection.id)).to.deep.equal([1, 2])
    expect(
      trace.connections.map((connection) => connection.closedAtMs !== undefined),
    ).to.deep.equal([true, true])
  })

  it('keeps connections of different wires apart', async () => {
    const other = { wire: 1 } as const
    const trace = await traceOf([
      syn,
      { ...syn, ...other },
      data(1_000, request),
      data(1_000, request, other),
    ])
    expect(
      trace.wires.map(({ wire, frames, connections }) => [wire, frames, connections.length]),
    ).to.deep.equal([
      ['w0', 2, 1],
      ['w1', 2, 1],
    ])
    expect(trace.primitives.map((primitive) => primitive.wire)).to.deep.equal(['w0', 'w1'])
  })

  it('does not overlook octets after the end', async () => {
    const canaries = [{ label: 'c', text: 'canary-0123456789' }]
    const recording = recordingOfSegments([
      syn,
      synAck,
      { from: 'client', sequence: 1_000, flags: 'R' },
      data(1_000, canaries[0]?.text ?? ''),
    ])
    const { trace, knowledge } = await dissect(recording, { canaries })
    expect(trace.recording.problems[0]).to.match(/^octets after the end of connection 1/)
    expect(knowledge[0]?.inClear.map(({ frame }) => frame.frame)).to.deep.equal([4])
  })

  it('reports what it cannot read: fragments, cut frames, unknown link types', async () => {
    const packet = tcpPacket(data(1_000, request))
    const fragment = Buffer.from(packet)
    fragment[6] = 0x20
    const { trace } = await dissect(
      recordingOf([fragment, packet.subarray(0, 30), Buffer.from('?')]),
    )
    expect(trace.recording.problems).to.deep.equal([
      'frame 1: an IP fragment, which is not reassembled',
      'frame 2: a frame cut short by the capture',
      'frame 3: no IP packet where the link layer says there is one',
    ])
    expect(trace.recording.frames).to.equal(3)
  })

  it('leaves other protocols alone', async () => {
    const icmp = ipv4Packet(
      1,
      [Buffer.from([1, 1, 1, 1]), Buffer.from([2, 2, 2, 2])],
      Buffer.from('ping'),
    )
    const { trace } = await dissect(recordingOf([icmp]))
    expect(trace.recording).to.deep.include({ frames: 1, problems: [] })
    expect(trace.connections).to.deep.equal([])
  })

  it('delivers any order of any cut of a stream, given all of it', () => {
    const text = Buffer.from(Array.from({ length: 200 }, (_, index) => index))
    const cuts = fc.uniqueArray(fc.integer({ min: 1, max: 199 }), { maxLength: 12 })
    fc.assert(
      fc.property(
        cuts,
        fc.nat(0xffffffff),
        fc.infiniteStream(fc.nat()),
        (places, start, random) => {
          const bounds = [0, ...places.toSorted((a, b) => a - b), 200]
          const pieces = bounds.slice(1).map((to, index) => ({ from: bounds[index] ?? 0, to }))
          const shuffled = pieces
            .flatMap((piece) => [piece, piece])
            .map((piece) => ({ piece, key: random.next().value ?? 0 }))
            .sort((a, b) => a.key - b.key)
          const received: Buffer[] = []
          let gaps = 0
          const stream = new TcpStream({
            data: (bytes) => received.push(Buffer.from(bytes)),
            gap: () => gaps++,
          })
          stream.open((start - 1) >>> 0)
          for (const { piece } of shuffled)
            stream.segment((start + piece.from) >>> 0, text.subarray(piece.from, piece.to), seen)
          stream.close()
          expect(Buffer.concat(received).equals(text)).to.equal(true)
          expect(gaps).to.equal(0)
        },
      ),
      { seed: 3, numRuns: 300 },
    )
  })

  it('never throws and never delivers more than it got, whatever the segments say', () => {
    const segments = fc.array(fc.tuple(fc.nat(0xffffffff), fc.uint8Array({ maxLength: 50 })), {
      maxLength: 40,
    })
    fc.assert(
      fc.property(segments, (all) => {
        let delivered = 0
        const stream = new TcpStream({
          data: (bytes) => {
            delivered += bytes.length
          },
          gap: () => {},
        })
        for (const [sequence, bytes] of all) stream.segment(sequence, Buffer.from(bytes), seen)
        stream.close()
        expect(delivered).to.be.at.most(all.reduce((sum, [, bytes]) => sum + bytes.length, 0))
      }),
      { seed: 4, numRuns: 300 },
    )
  })

  it('never throws on damaged packets', async () => {
    const packets = [
      tcpPacket(syn),
      tcpPacket(data(1_000, request)),
      udpPacket('client', Buffer.from('x')),
    ]
    const whole = Buffer.concat(packets)
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 12 }),
        async (edits) => {
          const damaged = packets.map((packet) => Buffer.from(packet))
          for (const [at, value] of edits) {
            const target = damaged[at % damaged.length]
            if (target !== undefined) target[at % target.length] = value
          }
          const { trace } = await dissect(recordingOf(damaged))
          expect(trace.recording.frames).to.equal(3)
        },
      ),
      { seed: 5, numRuns: 200 },
    )
  })
})

describe('reading datagrams', () => {
  it('takes DTLS for protected but unopened, and the rest for clear', async () => {
    const dtls = Buffer.concat([
      Buffer.from('17fefd00010000000000010004', 'hex'),
      Buffer.from('abcd'),
    ])
    const { trace, knowledge } = await dissect(
      recordingOf([udpPacket('client', dtls), udpPacket('server', Buffer.from('clear'))]),
      { canaries: [{ label: 'c', text: 'not there at all' }] },
    )
    const [connection] = trace.connections
    expect(connection).to.deep.include({ transport: 'udp', clearBytes: { client: 0, server: 5 } })
    expect(connection?.association).to.deep.include({
      protocol: 'DTLS',
      decryption: 'unsupported-suite',
    })
    expect(knowledge[0]?.unreadable).to.deep.equal([{ wire: 'w0', frame: 1 }])
  })
})

const seen: Seen = { ref: { wire: 'w0', frame: 1 }, atMs: 0 }
