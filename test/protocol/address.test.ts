import { expect } from 'chai'
import fc from 'fast-check'
import { describe, it } from 'mocha'
import {
  formatResourceAddress,
  isHostedBy,
  parseResourceAddress,
  type ResourceAddress,
} from '../../protocol/address.ts'
import { fuzz, nearlyRight } from './arbitraries.ts'

const own = { spId: 'sp.example', cseId: '/cse1' }

function read(to: string): ResourceAddress {
  const address = parseResourceAddress(to)
  if (!address.ok) throw new Error(address.error.message)
  return address.value
}

describe('resource addresses (TS-0004 6.2.3, 7.3.2.8)', () => {
  const table: readonly (readonly [to: string, expected: ResourceAddress, hosted: boolean])[] = [
    ['base/a/la', { scope: 'cse-relative', segments: ['base', 'a', 'la'] }, true],
    ['-/a', { scope: 'cse-relative', segments: ['-', 'a'] }, true],
    ['cnt123', { scope: 'cse-relative', segments: ['cnt123'] }, true],
    ['base#lbl', { scope: 'cse-relative', segments: ['base'], fragment: 'lbl' }, true],
    ['/cse1', { scope: 'sp-relative', cseId: '/cse1', segments: [] }, true],
    ['/cse1/base', { scope: 'sp-relative', cseId: '/cse1', segments: ['base'] }, true],
    ['/cse2/base', { scope: 'sp-relative', cseId: '/cse2', segments: ['base'] }, false],
    [
      '//sp.example/cse1/base/a',
      { scope: 'absolute', spId: 'sp.example', cseId: '/cse1', segments: ['base', 'a'] },
      true,
    ],
    [
      '//other.example/cse1/base',
      { scope: 'absolute', spId: 'other.example', cseId: '/cse1', segments: ['base'] },
      false,
    ],
    [
      '//sp.example/cse2/base',
      { scope: 'absolute', spId: 'sp.example', cseId: '/cse2', segments: ['base'] },
      false,
    ],
  ]
  for (const [to, expected, hosted] of table) {
    it(`reads ${to} and writes it again; ${hosted ? 'hosted' : 'in transit'}`, () => {
      expect(read(to)).to.deep.equal(expected)
      expect(formatResourceAddress(read(to))).to.equal(to)
      expect(isHostedBy(read(to), own)).to.equal(hosted)
    })
  }

  for (const to of [
    '',
    '/',
    '//',
    '//sp.example',
    'a//b',
    'a/',
    '/cse1/',
    '/cse1//b',
    'a#',
    'a#b#c',
  ]) {
    it(`refuses ${JSON.stringify(to)}`, () => {
      expect(parseResourceAddress(to).ok).to.equal(false)
    })
  }
  for (const to of ['../a', 'a/./b', '/cse1/..', 'a b', 'ä', 'a?b', 'a%2Fb', 'a/'.repeat(70)]) {
    it(`refuses ${JSON.stringify(to.slice(0, 20))}`, () => {
      expect(parseResourceAddress(to).ok).to.equal(false)
    })
  }

  it('takes any text without throwing, and what it takes it writes again', () => {
    fc.assert(
      fc.property(nearlyRight, (to) => {
        const address = parseResourceAddress(to)
        if (address.ok) expect(formatResourceAddress(address.value)).to.equal(to)
      }),
      fuzz,
    )
  })
})
