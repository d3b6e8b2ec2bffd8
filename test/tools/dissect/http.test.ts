import { expect } from 'chai'
import fc from 'fast-check'
import { describe, it } from 'mocha'
import { dissect } from '../../../tools/dissect/dissect.ts'
import { BoundedHttpParser, type HttpMessage } from '../../../tools/dissect/http/boundedParser.ts'
import { httpPost, plainConnections } from './plainExchange.ts'
import { recordingOf } from './segments.ts'

const answer = (rqi: string, rsc: number, body = '') =>
  `HTTP/1.1 200 OK\r\nX-M2M-RI: ${rqi}\r\nX-M2M-RSC: ${rsc}\r\nContent-Length: ${body.length}\r\n\r\n${body}`
const retrieve = (rqi: string, method = 'GET') =>
  `${method} /~/cse1/base HTTP/1.1\r\nX-M2M-RI: ${rqi}\r\nX-M2M-Origin: CAE1\r\nX-M2M-RVI: 3\r\n\r\n`

async function primitivesOf(request: Buffer | string, response: Buffer | string = '') {
  const { trace } = await dissect(recordingOf(plainConnections([{ request, response }])))
  return trace.primitives
}

describe('HTTP into primitives', () => {
  it('takes pipelined requests and their answers apart and puts them together', async () => {
    const recording = recordingOf(
      plainConnections([
        {
          request: retrieve('a') + retrieve('b') + retrieve('c'),
          response: answer('a', 2000) + answer('b', 4004) + answer('c', 2000),
        },
      ]),
    )
    const { trace } = await dissect(recording)
    expect(
      trace.journeys.map(({ rqi, hops }) => [rqi, hops[0]?.response?.response?.rsc]),
    ).to.deep.equal([
      ['a', 2000],
      ['b', 4004],
      ['c', 2000],
    ])
    expect(trace.primitives.map(({ frames }) => frames.map(({ frame }) => frame))).to.deep.equal([
      [3],
      [3],
      [3],
      [4],
      [4],
      [4],
    ])
  })

  it('takes chunked bodies off their framing', async () => {
    const head = httpPost('')
      .toString()
      .replace(/Content-Length: 0/, 'Transfer-Encoding: chunked')
    const chunked = '8\r\n{"m2m:ci\r\na;x=y\r\nn":{"con":\r\n4\r\n"v"}\r\n1\r\n}\r\n0\r\n\r\n'
    const [primitive] = await primitivesOf(head + chunked)
    expect(Buffer.from(primitive?.body ?? []).toString()).to.equal('{"m2m:cin":{"con":"v"}}')
    expect(primitive?.request?.pc).to.deep.equal({ 'm2m:cin': { con: 'v' } })
  })

  it('skips interim answers and the bodies that answers to HEAD do not have', async () => {
    const interim = 'HTTP/1.1 100 Continue\r\n\r\n'
    const [, response] = await primitivesOf(httpPost('{}'), interim + answer('r1', 2001))
    expect(response?.response?.rsc).to.equal(2001)
    const head = answer('h', 2000).replace('Content-Length: 0', 'Content-Length: 99')
    const all = await primitivesOf(retrieve('h', 'HEAD') + retrieve('g'), head + answer('g', 2000))
    expect(all.map((primitive) => primitive.bindingSummary)).to.deep.equal([
      'HEAD /~/cse1/base',
      'GET /~/cse1/base',
      '200',
      '200',
    ])
    expect(all[3]?.response?.rqi).to.equal('g')
  })

  it('reads a body that the end of the connection ends', async () => {
    const response = 'HTTP/1.1 200 OK\r\nX-M2M-RI: r1\r\nX-M2M-RSC: 2000\r\n\r\n{"a":1}'
    const [, primitive] = await primitivesOf(httpPost('{}'), response)
    expect(Buffer.from(primitive?.body ?? []).toString()).to.equal('{"a":1}')
  })

  it('gives an HTTP message that is no primitive as malformed, with its request line', async () => {
    const [primitive] = await primitivesOf('GET /index.html HTTP/1.1\r\nHost: a\r\n\r\n')
    expect(primitive).to.deep.include({ bindingSummary: 'GET /index.html', kind: 'request' })
    expect(primitive?.request).to.equal(undefined)
    expect(primitive?.malformed).to.be.a('string')
  })

  const broken: readonly [title: string, request: string][] = [
    ['other bytes', '\x16\x99nonsense'],
    ['a message that stops', retrieve('a').slice(0, 30)],
    ['a length that is no number', 'POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n'],
    ['a negative length', 'POST / HTTP/1.1\r\nContent-Length: -5\r\n\r\n'],
    ['two lengths', 'POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    [
      'a chunk size that is no number',
      `POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n${retrieve('a')}`,
    ],
    ['a negative chunk size', 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n'],
    ['an unknown transfer encoding', 'POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n'],
    ['headers without end', `GET / HTTP/1.1\r\n${'X: y\r\n'.repeat(20_000)}`],
    [
      'a chunk line without end',
      `POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n${'1'.repeat(100_000)}`,
    ],
    ['a switch of protocols', 'CONNECT a HTTP/1.1\r\n\r\nmore'],
  ]
  for (const [title, request] of broken)
    it(`reports ${title} once, as not HTTP`, async () => {
      const primitives = await primitivesOf(request.slice(0, 65_000))
      const malformed = primitives.filter((primitive) =>
        /^not HTTP/.test(primitive.malformed ?? ''),
      )
      if (request.length <= 65_000) expect(malformed.length).to.equal(1)
      else expect(malformed.length).to.be.at.most(1)
      expect(primitives.filter((primitive) => primitive.request !== undefined)).to.deep.equal([])
    })

  it('never throws, and finds the same messages however the bytes are cut', () => {
    const fragments = fc.array(
      fc.constantFrom(
        retrieve('a'),
        httpPost('{"a":1}').toString('latin1'),
        'Content-Length: 3\r\n',
        'Transfer-Encoding: chunked\r\n\r\n',
        '\r\n',
        '5\r\nhello\r\n',
        '0\r\n\r\n',
        '-1\r\n',
        '\0\xff',
        'HTTP/1.1 200 OK\r\n',
      ),
      { maxLength: 8 },
    )
    fc.assert(
      fc.property(
        fragments,
        fc.constantFrom('request', 'response'),
        fc.integer({ min: 1, max: 30 }),
        (parts, kind, size) => {
          const bytes = Buffer.from(parts.join(''), 'latin1')
          const whole = messagesOf(kind, bytes, bytes.length)
          expect(messagesOf(kind, bytes, size)).to.deep.equal(whole)
        },
      ),
      { seed: 7, numRuns: 500 },
    )
  })
})

function messagesOf(kind: 'request' | 'response', bytes: Buffer, size: number): HttpMessage[] {
  const messages: HttpMessage[] = []
  const parser = new BoundedHttpParser(kind, {
    message: (message) => messages.push(message),
    answersHead: () => false,
  })
  for (let at = 0; at < bytes.length; at += Math.max(1, size))
    parser.push(bytes.subarray(at, at + Math.max(1, size)))
  parser.end()
  return messages
}
