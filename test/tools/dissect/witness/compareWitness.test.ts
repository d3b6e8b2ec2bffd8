import { assert } from 'chai'
import {
  compareWitness,
  type WitnessedNode,
} from '../../../../tools/dissect/witness/compareWitness.ts'
import {
  datagram,
  ends,
  exchange,
  packetsOf,
  pcapOf,
  playTcp,
  type Step,
  type Talk,
  wireRecording,
} from './recordings.ts'

/** A calls B through the wire `a-b`: A sees the fabric at .2 of its network, B sees it at .10 of its own. */
const caller = '10.100.0.3:40000'
const listen = '10.100.0.2:20001'
const fabric = '10.100.0.10:50000'
const target = '10.100.0.11:8080'
const ways = [
  { wire: 'a-b', listen, target },
  { wire: 'c-d', listen: '10.100.0.2:20002', target },
]
const steps = exchange('POST /cse HTTP/1.1\r\n\r\n', 'HTTP/1.1 201 Created\r\n\r\n')

interface Told {
  readonly wires?: readonly Talk[]
  readonly atA?: readonly Talk[]
  readonly atB?: readonly Talk[]
  /** Recorded on another wire. */
  readonly others?: readonly Talk[]
}

const asRecorded = (talk: readonly Step[] = steps): Talk => ({
  ends: ends(caller, target),
  steps: talk,
})
const asSeenByA = (talk: readonly Step[] = steps): Talk => ({
  ends: ends(caller, listen),
  steps: talk,
})
const asSeenByB = (talk: readonly Step[] = steps, from = fabric): Talk => ({
  ends: ends(from, target),
  steps: talk,
})

function node(name: 'a' | 'b', packets: readonly Buffer[]): WitnessedNode {
  const count = packets.length
  return {
    node: name,
    address: name === 'a' ? '10.100.0.3' : '10.100.0.11',
    fabricAddress: name === 'a' ? '10.100.0.2' : '10.100.0.10',
    recording: pcapOf(packets),
    account: { node: name, captured: count, received: count, dropped: 0 },
  }
}

async function compare({
  wires = [asRecorded()],
  atA = [asSeenByA()],
  atB = [asSeenByB()],
  others = [],
}: Told): Promise<readonly string[]> {
  const recording = await wireRecording((recorder) => {
    playTcp(recorder, 'a-b', wires)
    playTcp(recorder, 'c-d', others)
  })
  return compareWitness(recording, ways, [node('a', packetsOf(atA)), node('b', packetsOf(atB))])
}

function replaced(from: 'client' | 'server', says: string): readonly Step[] {
  return steps.map((step) => ('says' in step && step.from === from ? { from, says } : step))
}

describe('comparison with the kernel', () => {
  it('finds nothing where wire and kernels agree, however the octets are cut into segments', async () => {
    assert.deepEqual(await compare({}), [])
  })

  const other = replaced('client', 'POST /xyz HTTP/1.1\r\n\r\n')
  const shorter = replaced('server', 'HTTP/1.1 201 Created\r\n')
  const longer = replaced('client', 'POST /cse HTTP/1.1\r\n\r\nmore')
  const cases: readonly (readonly [string, Told, RegExp])[] = [
    ['an octet altered in the wire recording', { wires: [asRecorded(other)] }, /first at octet 6/],
    [
      'an octet altered at the sender',
      { atA: [asSeenByA(other)] },
      /kernel of a, first at octet 6/,
    ],
    ['an octet altered at the receiver', { atB: [asSeenByB(other)] }, /kernel of b, first at/],
    ['octets missing on the wire', { wires: [asRecorded(shorter)] }, /ends after 22 octets/],
    ['octets too many on the wire', { wires: [asRecorded(longer)] }, /ends after 22 octets/],
    ['octets missing at the receiver', { atA: [asSeenByA(shorter)] }, /kernel of a/],
    ['octets too many at the sender', { atA: [asSeenByA(longer)] }, /kernel of a/],
    ['a connection the wire did not record', { wires: [] }, /a said something past the wires/],
    ['a connection the caller never made', { atA: [] }, /kernel of a knows nothing of the conn/],
    ['a connection that never arrived', { atB: [] }, /kernel of b knows nothing of/],
    [
      'a connection to something else than a wire',
      { atA: [asSeenByA(), { ends: ends('10.100.0.3:41000', '10.100.0.2:9999'), steps }] },
      /a said something past the wires: the connection from 10.100.0.3:41000 to 10.100.0.2:9999/,
    ],
    [
      'a connection from somebody else than the fabric',
      { atB: [asSeenByB(), asSeenByB(exchange('GET /', 'x'), '10.100.0.12:1')] },
      /b was told something past the wires: the connection from 10.100.0.12:1/,
    ],
    [
      'a connection from somebody else that says what the fabric should have said',
      { atB: [asSeenByB(steps, '10.100.0.12:1')] },
      /b was told something past the wires.*\n.*kernel of b knows nothing of/,
    ],
    [
      'a connection that was recorded as that of another wire',
      { wires: [], others: [asRecorded()] },
      /a said something past the wires[\s\S]*kernel of a knows nothing of .* on wire c-d/,
    ],
    [
      'a connection between others',
      { atA: [asSeenByA(), { ends: ends('10.9.9.1:1', '10.9.9.2:2'), steps }] },
      /is not of this node/,
    ],
  ]
  for (const [what, told, expected] of cases)
    it(`finds ${what}`, async () => {
      const found = await compare(told)
      assert.match(found.join('\n'), expected)
    })

  it('takes connections with the same ports one after the other', async () => {
    const second = exchange('GET /2', 'two')
    const told = {
      wires: [asRecorded(), asRecorded(second)],
      atA: [asSeenByA(), asSeenByA(second)],
      atB: [asSeenByB(second, '10.100.0.10:50002'), asSeenByB()],
    }
    assert.deepEqual(await compare(told), [])
    const swapped = await compare({ ...told, atA: [asSeenByA(second), asSeenByA()] })
    assert.isNotEmpty(swapped)
  })

  it('lets a connection that was broken off lose its end on the way, and nothing else', async () => {
    const reset: Step = { from: 'server', does: 'reset' }
    const said = (text: string): readonly Step[] => [{ from: 'client', says: text }, reset]
    const broken = (sent: string, recorded: string, received: string) =>
      compare({
        wires: [asRecorded(said(recorded))],
        atA: [asSeenByA(said(sent))],
        atB: [asSeenByB(said(received))],
      })
    assert.deepEqual(await broken('abcdef', 'abcd', 'ab'), [])
    assert.lengthOf(await broken('abcd', 'abcdef', 'ab'), 1)
    assert.lengthOf(await broken('abcdef', 'ab', 'abcd'), 1)
    assert.lengthOf(await broken('abcdef', 'abxd', 'ab'), 1)
  })

  it('knows no counterpart for what the tester itself connects to or stands in for', async () => {
    const tester: Talk = { ends: ends('10.100.0.2:45000', target), steps }
    const rogue: Talk = { ends: ends('10.100.0.3:40001', '10.100.0.2:30000'), steps }
    const found = await compare({
      wires: [asRecorded(), tester, rogue],
      atA: [asSeenByA(), { ends: ends('10.100.0.3:40001', listen), steps }],
      atB: [asSeenByB(), asSeenByB(steps, '10.100.0.10:50007')],
    })
    assert.deepEqual(found, [])
  })

  it('does not mind attempts in which nothing was said', async () => {
    const nothing: readonly Step[] = [{ from: 'server', does: 'reset' }]
    const found = await compare({
      wires: [asRecorded(), { ends: ends('10.100.0.3:40009', target), steps: nothing }],
      atA: [
        asSeenByA(),
        { ends: ends('10.100.0.3:40009', listen), steps: nothing },
        { ends: ends('10.100.0.3:40010', '10.100.0.2:1'), steps: nothing },
      ],
    })
    assert.deepEqual(found, [])
  })

  describe('of datagrams', () => {
    const sent = ['one', 'two', 'three']
    async function compareDatagrams(
      recorded: readonly string[],
      received: readonly string[],
      sentByA: readonly string[] = sent,
    ): Promise<readonly string[]> {
      const recording = await wireRecording((recorder) => {
        const wire = recorder.addWire('a-b')
        for (const text of recorded)
          wire.datagram(ends(caller, target), 'client', Buffer.from(text))
      })
      return compareWitness(recording, ways, [
        node(
          'a',
          sentByA.map((text) => datagram(caller, listen, text)),
        ),
        node(
          'b',
          received.map((text) => datagram(fabric, target, text)),
        ),
      ])
    }

    it('finds nothing where all agree, or some were lost', async () => {
      assert.deepEqual(await compareDatagrams(sent, sent), [])
      assert.deepEqual(await compareDatagrams(['one', 'three'], ['three']), [])
    })

    it('finds altered, invented, hidden and reordered ones', async () => {
      assert.isNotEmpty(await compareDatagrams(['one', 'tw0', 'three'], sent))
      assert.isNotEmpty(await compareDatagrams([...sent, 'four'], sent))
      assert.isNotEmpty(await compareDatagrams(['one', 'three'], sent))
      assert.isNotEmpty(await compareDatagrams(['one', 'three', 'two'], ['one', 'three', 'two']))
      assert.isNotEmpty(await compareDatagrams(['onetwo', 'three'], ['onetwo', 'three']))
    })
  })

  describe('of a recorder that cannot be believed', () => {
    const packets = packetsOf([asSeenByA()])
    const account = { node: 'a', captured: packets.length, received: packets.length, dropped: 0 }
    const whole = node('a', packets)
    const cases: readonly (readonly [string, WitnessedNode, RegExp])[] = [
      ['that gave no account', { ...whole, account: undefined }, /no account/],
      [
        'that dropped frames',
        { ...whole, account: { ...account, received: packets.length + 2, dropped: 2 } },
        /2 frames were dr/,
      ],
      [
        'that left frames unread',
        { ...whole, account: { ...account, received: packets.length + 1 } },
        /1 frames were not written down/,
      ],
      [
        'whose file lost its last frame',
        { ...node('a', packets.slice(0, -1)), account },
        /frames were written, \d+ are there/,
      ],
      [
        'whose file is cut off within a frame',
        { ...whole, recording: pcapOf(packets).subarray(0, -3) },
        /ends within a frame/,
      ],
      ['whose file is none', { ...whole, recording: Buffer.from('gone') }, /neither pcapng nor/],
      ['that broke off', { ...whole, account: { ...account, problem: 'it died' } }, /it died/],
      ['that began too late', node('a', packets.slice(3)), /it begins within a connection/],
      [
        'that lacks a frame in the middle',
        node(
          'a',
          packets.filter((_, index) => index !== 3),
        ),
        /octets are missing/,
      ],
    ]
    for (const [what, seen, expected] of cases)
      it(`says so of one ${what}`, async () => {
        const recording = await wireRecording((recorder) =>
          playTcp(recorder, 'a-b', [asRecorded()]),
        )
        const found = await compareWitness(recording, ways, [seen])
        assert.match(found.join('\n'), expected)
      })
  })
})
