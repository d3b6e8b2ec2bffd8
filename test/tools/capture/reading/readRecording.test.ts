import { expect } from 'chai'
import fc from 'fast-check'
import { describe, it } from 'mocha'
import { readRecording } from '../../../../tools/capture/reading/readRecording.ts'
import type { RecordingItem } from '../../../../tools/capture/reading/recordingItem.ts'
import {
  block,
  enhancedPacket,
  interfaceDescription,
  nameBlock,
  option,
  secretsBlock,
  sectionHeader,
  simplePacket,
} from './pcapngBuilder.ts'

const frame = Buffer.from('450000140000000040060000', 'hex')
/** 2026-11-22T13:00:00.5Z in microseconds. */
const ticks = 1_795_352_400_500_000n

async function read(bytes: Buffer, chunkLength = bytes.length): Promise<RecordingItem[]> {
  const items: RecordingItem[] = []
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += chunkLength)
      yield Buffer.from(bytes.subarray(at, at + chunkLength))
  }
  for await (const batch of readRecording(chunks))
    for (const item of batch)
      items.push(item.kind === 'frame' ? { ...item, data: Buffer.from(item.data) } : item)
  return items
}

function pick<K extends RecordingItem['kind']>(items: readonly RecordingItem[], kind: K) {
  return items.filter((item): item is Extract<RecordingItem, { kind: K }> => item.kind === kind)
}

describe('reading pcapng', () => {
  for (const bigEndian of [false, true])
    it(`reads every kind of block, ${bigEndian ? 'big' : 'little'} endian`, async () => {
      const bytes = Buffer.concat([
        sectionHeader({ bigEndian }),
        interfaceDescription({ name: 'ae1-cse1', resolution: 6, bigEndian }),
        nameBlock(Buffer.from([127, 42, 1, 1]), 'ae1', { bigEndian }),
        nameBlock(Buffer.from('20010db8000000000000000000000001', 'hex'), 'cse1', { bigEndian }),
        secretsBlock('CLIENT_RANDOM 00 11\nX y z\n', { bigEndian }),
        block(0x0bad0bad, Buffer.from('unknown!'), { bigEndian }),
        enhancedPacket(frame, { ticks, comment: 'cut', bigEndian }),
        simplePacket(frame, { bigEndian }),
      ])
      const items = await read(bytes)
      expect(pick(items, 'interface').map((item) => item.interface.name)).to.deep.equal([
        'ae1-cse1',
      ])
      expect(pick(items, 'name')).to.deep.equal([
        { kind: 'name', address: '127.42.1.1', name: 'ae1' },
        { kind: 'name', address: '2001:db8::1', name: 'cse1' },
      ])
      expect(pick(items, 'secrets')[0]?.lines.slice(0, 2)).to.deep.equal([
        'CLIENT_RANDOM 00 11',
        'X y z',
      ])
      const [first, second] = pick(items, 'frame')
      expect(first).to.deep.include({ frame: 1, atMs: 1_795_352_400_500, comments: ['cut'] })
      expect(second).to.deep.include({ frame: 2, data: frame, originalLength: frame.length })
      expect(pick(items, 'problem')).to.deep.equal([])
    })

  it('reads time stamps of other resolutions', async () => {
    const bytes = Buffer.concat([
      sectionHeader(),
      interfaceDescription({ name: 'ns', resolution: 9 }),
      interfaceDescription({ name: 'binary', resolution: 0x80 | 10 }),
      enhancedPacket(frame, { interfaceId: 0, ticks: ticks * 1000n }),
      enhancedPacket(frame, { interfaceId: 1, ticks: 1024n * 7n + 512n }),
    ])
    const times = pick(await read(bytes), 'frame').map((item) => item.atMs)
    expect(times[0]).to.be.closeTo(1_795_352_400_500, 0.001)
    expect(times[1]).to.equal(7_500)
  })

  it('starts a new set of interfaces with each section and goes on counting frames', async () => {
    const section = Buffer.concat([
      sectionHeader({ bigEndian: true }),
      interfaceDescription({ name: 'second', bigEndian: true }),
      enhancedPacket(frame, { bigEndian: true }),
    ])
    const bytes = Buffer.concat([
      sectionHeader(),
      interfaceDescription({ name: 'first' }),
      enhancedPacket(frame),
      section,
    ])
    const frames = pick(await read(bytes), 'frame')
    expect(frames.map((item) => [item.frame, item.interface.name])).to.deep.equal([
      [1, 'first'],
      [2, 'second'],
    ])
  })

  it('says where a truncated file ends and keeps what came before', async () => {
    const whole = Buffer.concat([sectionHeader(), interfaceDescription(), enhancedPacket(frame)])
    const bytes = Buffer.concat([whole, enhancedPacket(frame)])
    for (const cut of [1, 4, 9, 30]) {
      const items = await read(bytes.subarray(0, bytes.length - cut))
      expect(pick(items, 'frame').length).to.equal(1)
      expect(pick(items, 'problem')).to.deep.equal([
        {
          kind: 'problem',
          code: 'truncated',
          message: 'the file ends within a block',
          offset: whole.length,
        },
      ])
    }
  })

  it('stops at a block that contradicts itself, and says where', async () => {
    const good = Buffer.concat([sectionHeader(), interfaceDescription(), enhancedPacket(frame)])
    const bad = enhancedPacket(frame)
    bad.writeUInt32LE(bad.length + 4, bad.length - 4)
    const items = await read(Buffer.concat([good, bad, enhancedPacket(frame)]))
    expect(pick(items, 'frame').length).to.equal(1)
    expect(pick(items, 'problem')).to.have.lengthOf(1)
    expect(pick(items, 'problem')[0]).to.deep.include({ code: 'invalid', offset: good.length })
  })

  it('reports frames of unknown interfaces and frames the capture lost', async () => {
    const lost = block(
      5,
      Buffer.concat([Buffer.alloc(12), option(5, Buffer.from([3, 0, 0, 0, 0, 0, 0, 0]))]),
    )
    const bytes = Buffer.concat([
      sectionHeader(),
      interfaceDescription(),
      enhancedPacket(frame, { interfaceId: 9 }),
      enhancedPacket(frame),
      lost,
    ])
    const items = await read(bytes)
    expect(pick(items, 'problem').map(({ code }) => code)).to.deep.equal(['invalid', 'lost'])
    expect(pick(items, 'frame').map((item) => item.frame)).to.deep.equal([2])
  })

  it('calls a file that is no recording foreign', async () => {
    for (const bytes of [Buffer.from(''), Buffer.from('PK'), Buffer.from('<html></html>')])
      expect(pick(await read(bytes), 'problem').map(({ code }) => code)).to.deep.equal(['foreign'])
  })
})

describe('reading classic pcap', () => {
  const packets = (magic: string, big: boolean, fraction: number) => {
    const u32 = (value: number) => {
      const bytes = Buffer.alloc(4)
      if (big) bytes.writeUInt32BE(value)
      else bytes.writeUInt32LE(value)
      return bytes
    }
    const version = Buffer.from(big ? '00020004' : '02000400', 'hex')
    return Buffer.concat([
      ...[Buffer.from(magic, 'hex'), version, u32(0), u32(0), u32(65_535), u32(101)],
      ...[u32(1_795_352_400), u32(fraction), u32(frame.length), u32(frame.length), frame],
      ...[u32(1_795_352_401), u32(0), u32(frame.length), u32(1_500), frame],
    ])
  }

  for (const [magic, big, fraction] of [
    ['d4c3b2a1', false, 500_000],
    ['a1b2c3d4', true, 500_000],
    ['4d3cb2a1', false, 500_000_000],
    ['a1b23c4d', true, 500_000_000],
  ] as const)
    it(`reads the variant ${magic}, in pieces as well`, async () => {
      for (const chunkLength of [1_000, 3]) {
        const items = await read(packets(magic, big, fraction), chunkLength)
        const [first, second] = pick(items, 'frame')
        expect(first).to.deep.include({ frame: 1, atMs: 1_795_352_400_500, data: frame })
        expect(second).to.deep.include({ frame: 2, originalLength: 1_500 })
        expect(first?.interface).to.deep.equal({ name: 'interface 0', linkType: 101 })
        expect(pick(items, 'problem')).to.deep.equal([])
      }
    })

  it('says that a file is cut off, and refuses a frame without end', async () => {
    const bytes = packets('d4c3b2a1', false, 0)
    const cut = await read(bytes.subarray(0, bytes.length - 1))
    expect(pick(cut, 'frame').length).to.equal(1)
    expect(pick(cut, 'problem')[0]).to.deep.include({ code: 'truncated', offset: 24 + 16 + 12 })
    const endless = Buffer.from(bytes)
    endless.writeUInt32LE(0x7fffffff, 24 + 8)
    expect(pick(await read(endless), 'problem')[0]).to.deep.include({ code: 'invalid', offset: 24 })
  })
})

describe('reading anything', () => {
  const good = Buffer.concat([
    sectionHeader(),
    interfaceDescription({ name: 'w' }),
    nameBlock(Buffer.from([127, 0, 0, 1]), 'a'),
    secretsBlock('CLIENT_RANDOM 00 11\n'),
    enhancedPacket(frame, { ticks, comment: 'x' }),
    simplePacket(frame),
  ])

  it('never throws on a damaged recording, however it is cut into chunks', async () => {
    const changes = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(changes, fc.integer({ min: 1, max: 64 }), async (edits, chunkLength) => {
        const bytes = Buffer.from(good)
        for (const [at, value] of edits) bytes[at] = value
        const items = await read(bytes, chunkLength)
        expect(items).to.deep.equal(await read(bytes))
      }),
      { seed: 1, numRuns: 300 },
    )
  })

  it('never throws on noise behind a magic number', async () => {
    const magics = ['0a0d0d0a1c0000004d3c2b1a', 'd4c3b2a102000400', 'a1b23c4d00020004']
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...magics),
        fc.uint8Array({ maxLength: 300 }),
        async (magic, noise) => {
          const items = await read(Buffer.concat([Buffer.from(magic, 'hex'), noise]))
          expect(pick(items, 'problem').length + pick(items, 'frame').length).to.be.at.least(0)
        },
      ),
      { seed: 2, numRuns: 300 },
    )
  })
})
