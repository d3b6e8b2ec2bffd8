import { expect } from 'chai'
import fc from 'fast-check'
import { describe, it } from 'mocha'
import { OperationBit, parseRules } from '../../../protocol/accessControl/rules.ts'
import type { Json } from '../../../protocol/primitive.ts'
import { anything, fuzz } from '../arbitraries.ts'

const rule = { acor: ['CAE1'], acop: 3 }

describe('access control rules (TS-0004 6.3.5.27)', () => {
  it('reads every element', () => {
    const full = {
      acor: ['all'],
      acop: 63,
      acaf: true,
      acco: [{ actw: ['* * * * * * *'] }],
      acod: [{ ty: 13, spty: 'x', chty: [3] }, { chty: [] }],
    }
    expect(parseRules({ acr: [full] })).to.deep.equal({
      ok: true,
      value: [
        {
          originators: ['all'],
          operations: 63,
          authenticatedOnly: true,
          contexts: full.acco,
          objectDetails: full.acod,
        },
      ],
    })
  })

  it('reads no rule', () => {
    expect(parseRules({})).to.deep.equal({ ok: true, value: [] })
    expect(parseRules({ acr: [] })).to.deep.equal({ ok: true, value: [] })
  })

  it('has one bit per operation, 63 together', () => {
    expect(Object.values(OperationBit).reduce((sum, bit) => sum + bit, 0)).to.equal(63)
  })

  const wrong: readonly (readonly [title: string, json: Json, rsc: number])[] = [
    ['a list', [], 4000],
    ['null', null, 4000],
    ['acr as object', { acr: rule }, 4000],
    ['another member', { acr: [rule], x: 1 }, 4000],
    ['a rule as text', { acr: ['all'] }, 4000],
    ['no acor', { acr: [{ acop: 1 }] }, 4000],
    ['acor as text', { acr: [{ ...rule, acor: 'all' }] }, 4000],
    ['acor of numbers', { acr: [{ ...rule, acor: [1] }] }, 4000],
    ['no acop', { acr: [{ acor: ['all'] }] }, 4000],
    ['acop 64', { acr: [{ ...rule, acop: 64 }] }, 4000],
    ['acop as text', { acr: [{ ...rule, acop: '63' }] }, 4000],
    ['acop -1', { acr: [{ ...rule, acop: -1 }] }, 4000],
    ['acaf as text', { acr: [{ ...rule, acaf: 'true' }] }, 4000],
    ['acco as object', { acr: [{ ...rule, acco: {} }] }, 4000],
    ['acod without chty', { acr: [{ ...rule, acod: [{ ty: 3 }] }] }, 4000],
    ['acod with more', { acr: [{ ...rule, acod: [{ chty: [3], x: 1 }] }] }, 4000],
    ['an unknown element', { acr: [{ ...rule, x: 1 }] }, 4000],
    ['an element of a later release', { acr: [{ ...rule, aca: ['x'] }] }, 5001],
    ['too many rules', { acr: Array.from({ length: 257 }, () => rule) }, 4000],
  ]
  for (const [title, json, rsc] of wrong) {
    it(`refuses ${title} with ${rsc}`, () => {
      const rules = parseRules(json)
      expect(rules.ok ? 2000 : rules.error.rsc).to.equal(rsc)
    })
  }

  it('takes anything without throwing', () => {
    const element = fc.constantFrom('acor', 'acop', 'acaf', 'acco', 'acod', 'x')
    const spoilt = fc
      .tuple(element, anything)
      .map(([name, value]) => ({ acr: [{ ...rule, [name]: value }] }))
    fc.assert(
      fc.property(fc.oneof(anything, spoilt), (value) => {
        const rules = parseRules(value)
        if (rules.ok) expect(rules.value).to.be.an('array')
      }),
      fuzz,
    )
  })
})
