import { expect } from 'chai'
import fc from 'fast-check'
import { describe, it } from 'mocha'
import { headerOf } from '../../../protocol/http/headers.ts'
import type { HttpRequest, IncomingHttpRequest } from '../../../protocol/http/message.ts'
import { buildHttpRequest, parseHttpRequest } from '../../../protocol/http/request.ts'
import type { RequestPrimitive } from '../../../protocol/primitive.ts'
import { fuzz, nearlyRight, requests } from '../arbitraries.ts'

const utf8 = new TextEncoder()
const host = '127.0.0.1:8080'

function http(change: Partial<IncomingHttpRequest> = {}): IncomingHttpRequest {
  return {
    method: 'GET',
    target: '/base',
    headers: [
      ['X-M2M-RI', 'r1'],
      ['X-M2M-Origin', 'CAE1'],
    ],
    body: new Uint8Array(0),
    ...change,
  }
}

function read(message: IncomingHttpRequest): RequestPrimitive {
  const request = parseHttpRequest(message)
  if (!request.ok) throw new Error(request.error.message)
  return request.value
}

function rscOf(message: IncomingHttpRequest): number {
  const request = parseHttpRequest(message)
  return request.ok ? 2000 : request.error.rsc
}

const withType = (type: string): IncomingHttpRequest =>
  http({
    method: 'POST',
    headers: { 'x-m2m-ri': 'r1', 'content-type': type },
    body: utf8.encode('{"m2m:cnt":{}}'),
  })

describe('HTTP requests (TS-0009)', () => {
  const create: RequestPrimitive = {
    op: 1,
    to: '/cse2/base',
    fr: 'CAE1',
    rqi: 'r1',
    rvi: '3',
    ty: 4,
    pc: { 'm2m:cin': { con: 'ä"\n' } },
    rqet: '5000',
    rt: { rtv: 2, nu: ['http://h/a b&c'] },
    rcn: 0,
  }

  it('writes a create as it stands in the standard', () => {
    const message = buildHttpRequest(create, { host })
    expect(message.method).to.equal('POST')
    expect(message.target).to.equal('/~/cse2/base?rt=2&rcn=0')
    const body = '{"m2m:cin":{"con":"ä\\"\\n"}}'
    expect(new TextDecoder().decode(message.body)).to.equal(body)
    expect(message.headers).to.deep.equal([
      ['Host', host],
      ['X-M2M-Origin', 'CAE1'],
      ['X-M2M-RI', 'r1'],
      ['X-M2M-RVI', '3'],
      ['X-M2M-RET', '5000'],
      ['X-M2M-RTU', 'http%3A%2F%2Fh%2Fa%20b%26c'],
      ['Accept', 'application/json'],
      ['Content-Type', 'application/json;ty=4'],
      ['Content-Length', String(utf8.encode(body).length)],
    ])
    expect(read(message)).to.deep.equal(create)
  })

  const targets: readonly (readonly [to: string, target: string])[] = [
    ['base/a', '/base/a'],
    ['-/a', '/-/a'],
    ['/cse2/base', '/~/cse2/base'],
    ['/cse2', '/~/cse2'],
    ['//sp.example/cse2/base', '/_/sp.example/cse2/base'],
    ['base/a#lbl', '/base/a?atrl=lbl'],
  ]
  for (const [to, target] of targets) {
    it(`writes ${to} as ${target}`, () => {
      const request: RequestPrimitive = { op: 2, to, rqi: 'r1' }
      const message = buildHttpRequest(request, { host })
      expect(message.target).to.equal(target)
      expect(read(message)).to.deep.equal(request)
    })
  }

  it('tells the operations by method and content type', () => {
    const body = utf8.encode('{"m2m:sgn":{}}')
    const json = { 'x-m2m-ri': 'r1', 'content-type': 'application/json' }
    expect(read(http()).op).to.equal(2)
    expect(read(http({ method: 'DELETE' })).op).to.equal(4)
    expect(read(http({ method: 'PUT', headers: json, body })).op).to.equal(3)
    expect(read(http({ method: 'POST', headers: json, body })).op).to.equal(5)
    expect(read(withType('application/vnd.onem2m-res+json; ty=3'))).to.include({ op: 1, ty: 3 })
    expect(rscOf(http({ method: 'PATCH' }))).to.equal(4005)
    expect(rscOf(http({ method: '5' }))).to.equal(4005)
  })

  it('reads the query: lists, repeated fields, conditions on attributes', () => {
    const target = '/base?fu=1&ty=3&ty=4&lbl=a%2Bb+c%20d&api=N*&rcn=6&da=true&rt=3'
    expect(read(http({ target }))).to.deep.include({
      rcn: 6,
      da: true,
      rt: { rtv: 3 },
      fc: { fu: 1, ty: [3, 4], lbl: ['a+b', 'c d'], api: 'N*' },
    })
  })

  it('carries a partial retrieve of several attributes as content', () => {
    const request = read(http({ target: '/base?atrl=lbl+et' }))
    expect(request).to.deep.include({ to: 'base', pc: { 'm2m:atrl': ['lbl', 'et'] } })
    const message = buildHttpRequest(request, { host })
    expect(message.target).to.equal('/base?atrl=lbl+et')
    expect(message.body.length).to.equal(0)
  })

  it('takes an empty From for an absent one', () => {
    expect(read(http({ headers: { 'x-m2m-ri': 'r1', 'x-m2m-origin': '' } })).fr).to.equal(undefined)
  })

  it('leaves the credentials of HTTP itself alone, and reads tokens', () => {
    const bearer = { 'x-m2m-ri': 'r1', authorization: 'Bearer abc' }
    expect(read(http({ headers: bearer })).tkns).to.equal(undefined)
    const tokens = { 'x-m2m-ri': 'r1', authorization: 'a.b+c' }
    expect(read(http({ headers: tokens })).tkns).to.deep.equal(['a.b', 'c'])
  })

  const types: readonly (readonly [type: string, rsc: number])[] = [
    ['application/json', 2000],
    ['APPLICATION/JSON;charset=utf-8;ty=3', 2000],
    ['application/vnd.onem2m-ntfy+json', 2000],
    ['application/xml', 4015],
    ['application/vnd.onem2m-res+cbor;ty=3', 4015],
    ['application/json;charset=latin1', 4015],
    ['text/plain', 4015],
    ['', 4015],
    ['application/json;ty=x', 4000],
    ['application/json;ty=3;ty=4', 4000],
  ]
  for (const [type, rsc] of types) {
    it(`answers content type ${type || '(none)'} with ${rsc}`, () => {
      expect(rscOf(withType(type))).to.equal(rsc)
    })
  }

  const accepts: readonly (readonly [accept: string, rsc: number])[] = [
    ['', 2000],
    ['*/*', 2000],
    ['application/xml, application/json;q=0.5', 2000],
    ['application/xml', 5207],
    ['application/json;q=0', 5207],
    ['text/*', 5207],
  ]
  for (const [accept, rsc] of accepts) {
    it(`answers Accept: ${accept || '(empty)'} with ${rsc}`, () => {
      expect(rscOf(http({ headers: { 'x-m2m-ri': 'r1', accept } }))).to.equal(rsc)
    })
  }

  const malformed: Readonly<Record<string, Partial<IncomingHttpRequest>>> = {
    'no request identifier': { headers: [] },
    'a header twice': {
      headers: [
        ['X-M2M-RI', 'r1'],
        ['X-M2M-Origin', 'CAE1'],
        ['x-m2m-origin', 'CAdmin'],
      ],
    },
    'too many headers': { headers: Array.from({ length: 101 }, (_, i) => [`h${i}`, ''] as const) },
    'a header too long': { headers: { 'x-m2m-ri': 'r'.repeat(9000) } },
    'a body too long': {
      method: 'POST',
      headers: { 'x-m2m-ri': 'r1', 'content-type': 'application/json' },
      body: utf8.encode(`{}${' '.repeat(1024 * 1024 - 1)}`),
    },
    'a target too long': { target: `/${'a'.repeat(9000)}` },
    'no path': { target: '' },
    'the root': { target: '/' },
    'an absolute form': { target: 'http://h/base' },
    'an encoded slash': { target: '/base%2Fcse2' },
    'an encoded fragment': { target: '/base%23lbl' },
    'a broken escape': { target: '/base%' },
    'nothing after ~': { target: '/~' },
    'a broken query': { target: '/base?%' },
    'an unknown query field': { target: '/base?xyz=1' },
    'a wrong query value': { target: '/base?rcn=x' },
    'a query value twice': { target: '/base?rcn=1&rcn=2' },
    'a query field of Object.prototype': { target: '/base?toString=1' },
    'broken JSON': {
      headers: { 'x-m2m-ri': 'r1', 'content-type': 'application/json' },
      body: utf8.encode('{'),
    },
    'content that is no object': {
      headers: { 'x-m2m-ri': 'r1', 'content-type': 'application/json' },
      body: utf8.encode('[1]'),
    },
  }
  for (const [title, change] of Object.entries(malformed)) {
    it(`refuses ${title} with 4000`, () => {
      expect(rscOf(http(change))).to.equal(4000)
    })
  }

  it('answers an unsupported query field with 5001', () => {
    expect(rscOf(http({ target: '/base?sqi=true' }))).to.equal(5001)
  })

  it('builds no header or path that says more than its parameter', () => {
    const base: RequestPrimitive = { op: 2, to: 'base', rqi: 'r1' }
    const wrong = [{ fr: 'C1\r\nX: y' }, { rqi: 'ä' }, { vsi: ' x' }, { to: '~/cse2' }, { to: '_' }]
    for (const change of [...wrong, { to: '\ud800' }]) {
      expect(() => buildHttpRequest({ ...base, ...change }, { host })).to.throw(/carry/)
    }
  })

  it('finds a header in any case, for the answer to what could not be read', () => {
    expect(headerOf([['x-M2m-rI', 'r1']], 'X-M2M-RI')).to.equal('r1')
    expect(headerOf({ 'x-m2m-ri': ['r1', 'r2'] }, 'X-M2M-RI')).to.equal('r1')
    expect(headerOf({}, 'X-M2M-RI')).to.equal(undefined)
  })

  it('carries any request unchanged', () => {
    fc.assert(
      fc.property(requests, (request) => {
        expect(read(asReceived(buildHttpRequest(request, { host })))).to.deep.equal(request)
      }),
      fuzz,
    )
  })

  it('takes any message without throwing, and what it takes it writes again', () => {
    const parts = fc.record({
      method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', '', 'x'),
      target: nearlyRight,
      headers: fc.array(
        fc.tuple(
          fc.constantFrom('x-m2m-ri', 'x-m2m-origin', 'x-m2m-rtu', 'authorization', 'content-type'),
          fc.oneof(fc.constantFrom('application/json', 'r1', 'a+b&c%'), fc.string()),
        ),
        { maxLength: 4 },
      ),
      body: fc.oneof(
        fc.uint8Array(),
        fc.json().map((text) => utf8.encode(text)),
      ),
    })
    fc.assert(
      fc.property(parts, (message) => {
        const request = parseHttpRequest(message)
        if (!request.ok) return
        const again = buildHttpRequest(request.value, { host })
        expect(read(asReceived(again))).to.deep.equal(request.value)
      }),
      { ...fuzz, numRuns: 1000 },
    )
  })
})

/** As node:http hands it over: names in lower case, as an object. */
function asReceived(message: HttpRequest): IncomingHttpRequest {
  const headers = Object.fromEntries(message.headers.map(([n, value]) => [n.toLowerCase(), value]))
  return { ...message, headers }
}
