import { expect } from 'chai'
import fc from 'fast-check'
import { describe, it } from 'mocha'
import { buildHttpResponse, parseHttpResponse } from '../../../protocol/http/response.ts'
import type { Json, ResponsePrimitive } from '../../../protocol/primitive.ts'
import { statusCodes } from '../../../protocol/statusCodes.ts'
import { content, fuzz } from '../arbitraries.ts'

const utf8 = new TextEncoder()

describe('HTTP responses (TS-0009)', () => {
  const created: ResponsePrimitive = {
    rsc: 2001,
    rqi: 'r1',
    rvi: '3',
    fr: '/cse2',
    ot: '20261122T120000',
    cnst: 1,
    cnot: 7,
    ec: 2,
    pc: { 'm2m:cin': { ri: 'cin1', con: 'ä' } },
  }

  it('writes every parameter and reads it again', () => {
    const message = buildHttpResponse(created, { locationPrefix: '/cse2/' })
    expect(message.status).to.equal(201)
    expect(message.headers).to.deep.equal([
      ['X-M2M-RSC', '2001'],
      ['X-M2M-EC', '2'],
      ['X-M2M-CTS', '1'],
      ['X-M2M-CTO', '7'],
      ['X-M2M-RI', 'r1'],
      ['X-M2M-RVI', '3'],
      ['X-M2M-Origin', '/cse2'],
      ['X-M2M-OT', '20261122T120000'],
      ['Content-Location', '/~/cse2/cin1'],
      ['Content-Type', 'application/json'],
      ['Content-Length', String(message.body.length)],
    ])
    expect(parseHttpResponse(message)).to.deep.equal({ ok: true, value: created })
  })

  it('names what was created also by m2m:uri, and by nothing else', () => {
    const location = (pc: ResponsePrimitive['pc']) =>
      buildHttpResponse({ rsc: 2001, rqi: 'r1', ...(pc === undefined ? {} : { pc }) }).headers.find(
        ([name]) => name === 'Content-Location',
      )?.[1]
    expect(location({ 'm2m:uri': 'base/a' })).to.equal('/base/a')
    expect(location({ 'm2m:cnt': { ri: 'x' } })).to.equal('/x')
    const others: Json[] = ['x', [], {}, { a: 1 }, { a: { ri: 1 } }, { a: { ri: '\ud800' } }]
    for (const pc of [undefined, ...others]) {
      expect(location(pc)).to.equal(undefined)
    }
  })

  for (const { rsc, http } of statusCodes) {
    it(`${rsc} travels as ${http} and comes back`, () => {
      const message = buildHttpResponse({ rsc, rqi: 'r1' })
      expect(message.status).to.equal(http)
      expect(parseHttpResponse(message)).to.deep.equal({ ok: true, value: { rsc, rqi: 'r1' } })
    })
  }

  it('takes the request identifier of the request where the header is missing', () => {
    const message = { status: 200, headers: { 'X-M2M-RSC': '2000' }, body: new Uint8Array(0) }
    expect(parseHttpResponse(message, { rqi: 'r9' })).to.deep.equal({
      ok: true,
      value: { rsc: 2000, rqi: 'r9' },
    })
    expect(parseHttpResponse(message).ok).to.equal(false)
  })

  it('says which header is missing', () => {
    const message = { status: 200, headers: { 'X-M2M-RI': 'r1' }, body: new Uint8Array(0) }
    const response = parseHttpResponse(message)
    expect(response.ok ? '' : response.error.message).to.contain('X-M2M-RSC')
  })

  const rsc = { 'x-m2m-rsc': '2000', 'x-m2m-ri': 'r1' }
  const json = { ...rsc, 'content-type': 'application/json' }
  const wrong = {
    'no X-M2M-RSC': { headers: { 'x-m2m-ri': 'r1' }, body: '' },
    'X-M2M-RSC that is no code': { headers: { ...rsc, 'x-m2m-rsc': '20' }, body: '' },
    'X-M2M-RSC twice': {
      headers: [
        ['x-m2m-rsc', '4103'],
        ['X-M2M-RSC', '2000'],
        ['x-m2m-ri', 'r1'],
      ] as const,
      body: '',
    },
    XML: { headers: { ...rsc, 'content-type': 'application/xml' }, body: '<a/>' },
    'content without type': { headers: rsc, body: '{}' },
    'broken JSON': { headers: json, body: '{' },
  }
  for (const [title, { headers, body }] of Object.entries(wrong)) {
    it(`refuses ${title}`, () => {
      const message = { status: 200, headers, body: utf8.encode(body) }
      expect(parseHttpResponse(message).ok).to.equal(false)
    })
  }

  it('carries any content unchanged', () => {
    fc.assert(
      fc.property(fc.oneof(content, fc.string(), fc.boolean()), (pc) => {
        const response = { rsc: 2000, rqi: 'r1', pc }
        expect(parseHttpResponse(buildHttpResponse(response))).to.deep.equal({
          ok: true,
          value: response,
        })
      }),
      fuzz,
    )
  })

  it('takes any message without throwing', () => {
    const message = fc.record({
      status: fc.nat(),
      headers: fc.dictionary(
        fc.constantFrom('x-m2m-rsc', 'x-m2m-ri', 'content-type', 'x-m2m-cts', 'x-m2m-ot'),
        fc.oneof(fc.constantFrom('2000', 'r1', 'application/json'), fc.string()),
      ),
      body: fc.oneof(
        fc.uint8Array(),
        fc.json().map((text) => utf8.encode(text)),
      ),
    })
    fc.assert(
      fc.property(message, (http) => {
        const response = parseHttpResponse(http)
        if (!response.ok) return
        const again = parseHttpResponse(buildHttpResponse(response.value))
        expect(again).to.deep.equal(response)
      }),
      { ...fuzz, numRuns: 1000 },
    )
  })
})
