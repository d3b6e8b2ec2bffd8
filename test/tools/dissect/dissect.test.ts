import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { BenchError } from '../../../protocol/errors.ts'
import { dissect } from '../../../tools/dissect/dissect.ts'
import { addressText } from '../../../tools/dissect/packets/address.ts'
import { decodeFrame } from '../../../tools/dissect/packets/decodePacket.ts'
import { temporaryFolder } from '../temporaryFolder.ts'
import { httpPost, plainConnections } from './plainExchange.ts'
import { recordingOf, tcpPacket } from './segments.ts'

describe('dissecting a file', () => {
  let folder: ReturnType<typeof temporaryFolder>
  beforeEach(() => {
    folder = temporaryFolder()
  })
  afterEach(() => folder.remove())

  const recording = recordingOf(plainConnections([{ request: httpPost('{}') }]))

  async function refusalOf(path: string): Promise<string> {
    try {
      await dissect(path)
      return 'none'
    } catch (error) {
      return error instanceof BenchError ? error.code : String(error)
    }
  }

  it('refuses what is no recording and what cannot be read', async () => {
    const page = join(folder.path, 'page.html')
    writeFileSync(page, '<html></html>')
    expect(await refusalOf(page)).to.equal('RECORDING_INVALID')
    writeFileSync(page, '')
    expect(await refusalOf(page)).to.equal('RECORDING_INVALID')
    expect(await refusalOf(join(folder.path, 'missing.pcapng'))).to.equal('FILE_UNREADABLE')
    expect(await refusalOf(folder.path)).to.equal('FILE_UNREADABLE')
  })

  it('gives the same trace from a path, from bytes and from chunks', async () => {
    const path = join(folder.path, 'recording.pcapng')
    writeFileSync(path, recording)
    async function* chunks() {
      for (let at = 0; at < recording.length; at += 7) yield recording.subarray(at, at + 7)
    }
    const fromBytes = (await dissect(recording)).trace
    expect((await dissect(chunks)).trace).to.deep.equal(fromBytes)
    expect((await dissect(path)).trace).to.deep.equal({
      ...fromBytes,
      recording: { ...fromBytes.recording, path },
    })
    expect(fromBytes.primitives.length).to.equal(1)
  })

  it('reads a truncated recording up to its end and says so', async () => {
    const { trace } = await dissect(recording.subarray(0, recording.length - 5))
    expect(trace.primitives.length).to.equal(1)
    expect(trace.recording.frames).to.equal(5)
    expect(trace.recording.problems).to.deep.equal([
      `the file ends within a block (truncated, offset ${recording.length - 72})`,
    ])
  })

  it('lists a wire nothing went over', async () => {
    const { trace } = await dissect(recording)
    expect(trace.wires.map(({ wire, frames }) => [wire, frames])).to.deep.equal([
      ['w0', 6],
      ['w1', 0],
    ])
  })

  it('takes names from the caller before those of the recording, by address and port first', async () => {
    const hosts = new Map([
      ['127.42.1.1', 'mine'],
      ['127.42.1.2:8080', 'rogue'],
    ])
    const { trace } = await dissect(recording, { hosts })
    expect([trace.primitives[0]?.from, trace.primitives[0]?.to]).to.deep.equal(['mine', 'rogue'])
  })
})

describe('unwrapping frames', () => {
  const ip = tcpPacket({ from: 'client', sequence: 1, bytes: Buffer.from('hello') })
  const hex = (text: string) => Buffer.from(text, 'hex')
  const ethernet = hex('0102030405060708090a0b0c')
  const links: readonly [title: string, linkType: number, header: Buffer][] = [
    ['raw IP', 101, Buffer.alloc(0)],
    ['IPv4', 228, Buffer.alloc(0)],
    ['loopback', 0, hex('02000000')],
    ['OpenBSD loopback', 108, hex('00000002')],
    ['Ethernet', 1, Buffer.concat([ethernet, hex('0800')])],
    ['Ethernet with two tags', 1, Buffer.concat([ethernet, hex('88a80001810000020800')])],
    ['Linux cooked', 113, Buffer.concat([Buffer.alloc(14), hex('0800')])],
    ['Linux cooked, second version', 276, Buffer.concat([hex('0800'), Buffer.alloc(18)])],
  ]
  for (const [title, linkType, header] of links)
    it(`takes ${title} off, and the padding behind the packet`, () => {
      const decoded = decodeFrame(linkType, Buffer.concat([header, ip, Buffer.alloc(6)]))
      expect(decoded).to.have.nested.property('packet.source', '127.42.1.1')
      expect(decoded).to.have.nested.property('packet.destinationPort', 8080)
      expect(decoded).to.have.nested.property('packet.payload').that.eqls(Buffer.from('hello'))
    })

  it('reads IPv6, past its extension headers', () => {
    const tcp = ip.subarray(20)
    const options = Buffer.concat([Buffer.from([6, 0]), Buffer.alloc(6)])
    const header = Buffer.alloc(8)
    header[0] = 0x60
    header.writeUInt16BE(options.length + tcp.length, 4)
    header[6] = 0
    const addresses = hex('20010db8000000000000000000000001fe800000000000000001000000000002')
    const decoded = decodeFrame(229, Buffer.concat([header, addresses, options, tcp]))
    expect(decoded).to.have.nested.property('packet.source', '2001:db8::1')
    expect(decoded).to.have.nested.property('packet.destination', 'fe80::1:0:0:2')
    expect(decoded).to.have.nested.property('packet.payload').that.eqls(Buffer.from('hello'))
  })

  it('says which link type it does not know', () =>
    expect(decodeFrame(147, ip)).to.deep.equal({
      kind: 'problem',
      message: 'link type 147 is not known',
    }))

  it('writes IPv6 addresses in their canonical form', () => {
    const texts: readonly [string, string][] = [
      ['00000000000000000000000000000000', '::'],
      ['00000000000000000000000000000001', '::1'],
      ['20010db8000000010000000000000001', '2001:db8:0:1::1'],
      ['20010db8000100010001000100010000', '2001:db8:1:1:1:1:1:0'],
    ]
    for (const [bytes, text] of texts) expect(addressText(hex(bytes))).to.equal(text)
  })
})
