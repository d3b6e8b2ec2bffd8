import { expect } from 'chai'
import fc from 'fast-check'
import { describe, it } from 'mocha'
import { requestParameterNames } from '../../../protocol/names.ts'
import { fromLongNames, toLongNames } from '../../../protocol/primitives/longNames.ts'
import {
  buildRequest,
  parseRequest,
  requestParameters,
  unsupportedParameters,
} from '../../../protocol/primitives/request.ts'
import { anything, fuzz, requests } from '../arbitraries.ts'

const full = {
  op: 1,
  to: '/cse2/base',
  fr: 'CAE1',
  rqi: 'r1',
  rvi: '3',
  ty: 3,
  pc: { 'm2m:cnt': { rn: 'a' } },
  rids: ['r@sp.example'],
  ot: '20261122T120000',
  rqet: '20261122T120500',
  rset: '20261122T120500',
  oet: '20261122T120500',
  rt: { rtv: 2, nu: ['http://127.0.0.1/x'] },
  rp: '1',
  rcn: 1,
  ec: 2,
  da: true,
  gid: 'g1',
  fc: { fu: 1, ty: [3], lbl: ['x'], api: 'N1' },
  drt: 1,
  tkns: ['t'],
  tids: ['1@x'],
  ltids: ['l'],
  tqi: false,
  vsi: 'v',
}

describe('request primitives (TS-0004 7.2.1, 8)', () => {
  it('reads and writes every parameter', () => {
    expect(Object.keys(full).sort()).to.deep.equal(Object.keys(requestParameters).sort())
    const request = parseRequest(full)
    if (!request.ok) throw new Error(request.error.message)
    expect(buildRequest(request.value)).to.deep.equal(full)
  })

  it('knows the long name of every parameter, and the way back', () => {
    const every = [...Object.keys(requestParameters), ...unsupportedParameters]
    expect(every.sort()).to.deep.equal(Object.keys(requestParameterNames).sort())
    const long = toLongNames('request', full)
    expect(long).to.include({ operation: 1, from: 'CAE1', requestIdentifier: 'r1' })
    expect(fromLongNames('request', long)).to.deep.equal(full)
    expect(fromLongNames('request', { toString: 1 })).to.deep.equal({ toString: 1 })
  })

  it('leaves out what is undefined', () => {
    const request = { op: 2, to: 'base', rqi: 'r1', fr: undefined } as const
    expect(buildRequest(request as never)).to.deep.equal({ op: 2, to: 'base', rqi: 'r1' })
  })

  const wrong: readonly (readonly [title: string, change: object, rsc: number])[] = [
    ['no operation', { op: undefined }, 4000],
    ['operation 6', { op: 6 }, 4000],
    ['operation as text', { op: '1' }, 4000],
    ['empty to', { to: '' }, 4000],
    ['to as number', { to: 4 }, 4000],
    ['line end in rqi', { rqi: 'a\r\nX-M2M-Origin: CAdmin' }, 4000],
    ['blank at the end of From', { fr: 'CAE1 ' }, 4000],
    ['text outside ASCII', { fr: 'CÄ1' }, 4000],
    ['negative type', { ty: -1 }, 4000],
    ['fraction as type', { ty: 1.5 }, 4000],
    ['content as text', { pc: 'x' }, 4000],
    ['content as list', { pc: [] }, 4000],
    ['null', { rcn: null }, 4000],
    ['response type 0', { rt: { rtv: 0 } }, 4000],
    ['response type with more', { rt: { rtv: 3, x: 1 } }, 4000],
    ['empty list', { tkns: [] }, 4000],
    ['unknown parameter', { xyz: 1 }, 4000],
    ['name of Object.prototype', { toString: 1 }, 4000],
    ['unknown filter criterion', { fc: { xyz: 1 } }, 4000],
    ['filter criterion of a wrong type', { fc: { lim: 'x' } }, 4000],
    ['unsupported parameter', { sqi: true }, 5001],
  ]
  for (const [title, change, rsc] of wrong) {
    it(`refuses ${title} with ${rsc}`, () => {
      const json = JSON.parse(JSON.stringify({ ...full, ...change }))
      const request = parseRequest(json)
      expect(request.ok).to.equal(false)
      if (!request.ok) expect(request.error.rsc).to.equal(rsc)
    })
  }

  it('tells the short name of a parameter that was given by its long one', () => {
    const request = parseRequest({ ...full, operation: 1 })
    expect(request.ok ? '' : request.error.message).to.contain('op for operation')
  })

  it('refuses JSON nested too deep, and a member that would be a prototype', () => {
    const deep = JSON.parse(`${'{"a":'.repeat(40)}1${'}'.repeat(40)}`)
    expect(parseRequest({ ...full, pc: deep }).ok).to.equal(false)
    const polluted = JSON.parse('{"m2m:cnt":{"__proto__":{"cr":"CAdmin"}}}')
    expect(parseRequest({ ...full, pc: polluted }).ok).to.equal(false)
  })

  it('takes anything without throwing', () => {
    fc.assert(
      fc.property(anything, (value) => {
        const request = parseRequest(value)
        if (request.ok) expect(parseRequest(buildRequest(request.value))).to.deep.equal(request)
      }),
      fuzz,
    )
  })

  it('takes a request with one parameter spoilt without throwing', () => {
    const names = fc.constantFrom(...Object.keys(requestParameters))
    fc.assert(
      fc.property(requests, names, anything, (request, name, value) => {
        expect(parseRequest(buildRequest(request)).ok).to.equal(true)
        const spoilt = parseRequest({ ...request, [name]: value })
        if (spoilt.ok) expect(parseRequest(buildRequest(spoilt.value))).to.deep.equal(spoilt)
      }),
      fuzz,
    )
  })
})
