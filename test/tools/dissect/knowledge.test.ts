import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { expect } from 'chai'
import fc from 'fast-check'
import { describe, it } from 'mocha'
import { draftConnection } from '../../../tools/dissect/connection.ts'
import { dissect } from '../../../tools/dissect/dissect.ts'
import { inflateAll } from '../../../tools/dissect/inflate.ts'
import { CanarySearch } from '../../../tools/dissect/knowledge.ts'
import type { CanaryEncoding } from '../../../tools/dissect/trace.ts'
import { httpPost, plainConnections } from './plainExchange.ts'
import { recordingOf, tcpPacket, udpPacket } from './segments.ts'

const text = 'canary/7f+3a "é" 91c2'
const canaries = [
  { label: 'other', text: 'canary-that-nobody-sent' },
  { label: 'c', text },
]

async function foundIn(...packets: Buffer[]): Promise<CanaryEncoding[]> {
  const { knowledge } = await dissect(recordingOf(packets), { canaries })
  expect(knowledge[0]).to.deep.include({ inClear: [], readers: [], unreadable: [] })
  return knowledge[1]?.inClear.map(({ encoding }) => encoding) ?? []
}

const sent = (body: Buffer | string, headers: readonly string[] = []) =>
  foundIn(...plainConnections([{ request: httpPost(body, headers) }]))

const base64 = (before: string) => Buffer.from(`${before}${text}after`).toString('base64')
const percent = (value: string) =>
  [...Buffer.from(value)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
const escaped = (value: string) =>
  [...value].map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')

const rows: readonly [
  title: string,
  body: Buffer | string,
  encoding: CanaryEncoding,
  header?: string,
][] = [
  ['as it is', `x${text}x`, 'raw'],
  ['base64 at the first place', base64(''), 'base64'],
  ['base64 at the second place', base64('1'), 'base64'],
  ['base64 at the third place', base64('12'), 'base64'],
  ['base64 with the URL alphabet', Buffer.from(`1${text}`).toString('base64url'), 'base64'],
  ['hexadecimal', Buffer.from(text).toString('hex'), 'hex'],
  ['hexadecimal in capitals', Buffer.from(text).toString('hex').toUpperCase(), 'hex'],
  ['URL-encoded where needed', encodeURIComponent(text), 'url'],
  ['URL-encoded throughout', percent(text), 'url'],
  ['form-encoded', encodeURIComponent(text).replaceAll('%20', '+'), 'url'],
  ['in a JSON string', JSON.stringify({ con: text }), 'json-escaped'],
  ['in a JSON string, all escaped', escaped(text), 'json-escaped'],
  ['gzip', gzipSync(`{"con":"${text}"}`), 'compressed'],
  ['gzip behind something else', Buffer.concat([Buffer.from('xx'), gzipSync(text)]), 'compressed'],
  ['zlib', deflateSync(text), 'compressed'],
  ['gzip in base64', gzipSync(text).toString('base64'), 'compressed'],
  ['gzip in hexadecimal', gzipSync(text).toString('hex'), 'compressed'],
  ['gzip in gzip', gzipSync(gzipSync(text)), 'compressed'],
  ['JSON in gzip', gzipSync(JSON.stringify({ con: text })), 'compressed'],
  ['deflate by header', deflateSync(text), 'compressed', 'Content-Encoding: deflate'],
  ['raw deflate by header', deflateRawSync(text), 'compressed', 'Content-Encoding: deflate'],
  ['brotli by header', brotliCompressSync(text), 'compressed', 'Content-Encoding: br'],
]

describe('knowledge', () => {
  for (const [title, body, encoding, header] of rows)
    it(`finds a canary ${title}`, async () =>
      expect(await sent(body, header === undefined ? [] : [header])).to.include(encoding))

  it('finds a canary in a header, base64 or compressed', async () => {
    expect(await sent('', [`X-Copy: ${base64('1')}`])).to.deep.equal(['base64'])
    const zipped = gzipSync(text).toString('base64')
    expect(await sent('', [`X-Copy: ${zipped}`])).to.deep.equal(['compressed'])
  })

  it('finds a canary that segments cut in two, in every encoding', async () => {
    for (const [title, body, encoding, header] of rows.filter(
      ([, , kind]) => kind !== 'compressed',
    )) {
      const whole = httpPost(body, header === undefined ? [] : [header])
      for (const fromEnd of [5, 12]) {
        const cut = whole.length - fromEnd
        const found = await foundIn(
          tcpPacket({ from: 'client', sequence: 99, flags: 'S' }),
          tcpPacket({ from: 'client', sequence: 100, bytes: whole.subarray(0, cut) }),
          tcpPacket({ from: 'client', sequence: 100 + cut, bytes: whole.subarray(cut) }),
        )
        expect(found, title).to.include(encoding)
      }
    }
  })

  it('finds a canary in bytes that are no HTTP, and in datagrams', async () => {
    expect(await foundIn(...plainConnections([{ request: `\0\0${text}` }]))).to.include('raw')
    const zipped = gzipSync(text)
    expect(await foundIn(...plainConnections([{ request: zipped }]))).to.deep.equal(['compressed'])
    expect(await foundIn(udpPacket('client', Buffer.from(text)))).to.include('raw')
  })

  it('names both ends of a plain connection as readers, and what was searched', async () => {
    const recording = recordingOf(plainConnections([{ request: httpPost(text) }]))
    const { knowledge } = await dissect(recording, { canaries })
    expect(knowledge[1]?.readers).to.deep.equal([
      { node: 'ae1', wire: 'w0', frame: { wire: 'w0', frame: 3 } },
      { node: 'cse1', wire: 'w0', frame: { wire: 'w0', frame: 3 } },
    ])
    expect(knowledge[0]?.searched).to.deep.equal([
      'raw',
      'base64',
      'hex',
      'url',
      'json-escaped',
      'compressed',
    ])
  })

  it('does not find what is not there', async () => {
    expect(await sent(JSON.stringify({ con: text.slice(0, -1) }))).to.deep.equal([])
    expect(await sent(gzipSync('canary'))).to.deep.equal([])
  })

  it('says that it could not look into what inflates without end', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024))
    const recording = recordingOf(plainConnections([{ request: httpPost(bomb) }]))
    const { knowledge } = await dissect(recording, { canaries })
    expect(knowledge[1]?.unreadable).to.deep.equal([{ wire: 'w0', frame: 3 }])
  })

  it('never throws on noise that looks compressed or escaped', () => {
    const pieces = fc.array(
      fc.oneof(
        fc.uint8Array({ maxLength: 40 }),
        fc
          .constantFrom('1f8b08', '789c', '48347349', '255c75', '5c7500', '25343')
          .map((hex) => Uint8Array.from(Buffer.from(hex, 'hex'))),
      ),
      { maxLength: 12 },
    )
    const opening = { wire: 'w', frame: 1 }
    const end = { address: '127.0.0.1', port: 1 }
    const connection = draftConnection({
      ...{ id: 1, wire: 'w', transport: 'tcp', client: end, server: end },
      ...{ opening, openedAtMs: 0 },
    })
    fc.assert(
      fc.property(pieces, fc.constantFrom('gzip', 'deflate', 'br', ''), (noise, coding) => {
        const search = new CanarySearch(canaries)
        const state = search.newState()
        const bytes = Buffer.concat(noise)
        for (const piece of noise)
          search.onWire(state, connection, Buffer.from(piece), { ref: opening, atMs: 0 })
        inflateAll(bytes, coding)
        expect(search.result()[0]?.inClear).to.deep.equal([])
      }),
      { seed: 6, numRuns: 300 },
    )
  })
})
