import { expect } from 'chai'
import fc from 'fast-check'
import { describe, it } from 'mocha'
import { fromLongNames, toLongNames } from '../../../protocol/primitives/longNames.ts'
import {
  buildResponse,
  parseResponse,
  responseParameters,
} from '../../../protocol/primitives/response.ts'
import { anything, fuzz } from '../arbitraries.ts'

const full = {
  rsc: 2001,
  rqi: 'r1',
  rvi: '3',
  pc: { 'm2m:cnt': { ri: 'cnt1' } },
  to: 'CAE1',
  fr: '/cse1',
  ot: '20261122T120000',
  rset: '20261122T120500',
  ec: 2,
  cnst: 1,
  cnot: 0,
}

describe('response primitives (TS-0004 7.2.1, 8)', () => {
  it('reads and writes every parameter, by short and long names', () => {
    expect(Object.keys(full).sort()).to.deep.equal(Object.keys(responseParameters).sort())
    const response = parseResponse(full)
    if (!response.ok) throw new Error(response.error.message)
    expect(buildResponse(response.value)).to.deep.equal(full)
    const long = toLongNames('response', full)
    expect(long).to.include({ responseStatusCode: 2001, requestIdentifier: 'r1' })
    expect(fromLongNames('response', long)).to.deep.equal(full)
  })

  for (const pc of ['text', ['a'], 4, null]) {
    it(`takes ${JSON.stringify(pc)} as content`, () => {
      expect(parseResponse({ ...full, pc })).to.deep.equal({ ok: true, value: { ...full, pc } })
    })
  }

  it('leaves out parameters the bench does not use', () => {
    expect(parseResponse({ ...full, tqf: {}, ati: [] })).to.deep.equal({ ok: true, value: full })
  })

  const wrong = { rsc: 200, rqi: '', rvi: 3, to: 1, cnst: -1, xyz: 1, toString: 1 }
  for (const [name, value] of Object.entries(wrong)) {
    it(`refuses ${name}: ${value}`, () => {
      expect(parseResponse({ ...full, [name]: value }).ok).to.equal(false)
    })
  }

  it('refuses a response without status or request identifier', () => {
    expect(parseResponse({ rqi: 'r1' }).ok).to.equal(false)
    expect(parseResponse({ rsc: 2000 }).ok).to.equal(false)
  })

  it('takes anything without throwing', () => {
    const spoilt = fc
      .tuple(fc.constantFrom(...Object.keys(full)), anything)
      .map(([name, value]) => ({ ...full, [name]: value }))
    fc.assert(
      fc.property(fc.oneof(anything, spoilt), (value) => {
        const response = parseResponse(value)
        if (response.ok)
          expect(parseResponse(buildResponse(response.value))).to.deep.equal(response)
      }),
      fuzz,
    )
  })
})
