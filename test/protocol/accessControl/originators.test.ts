import { expect } from 'chai'
import fc from 'fast-check'
import { describe, it } from 'mocha'
import { matchesPattern, matchOriginator } from '../../../protocol/accessControl/originators.ts'
import { fuzz, nearlyRight } from '../arbitraries.ts'

const own = { spId: 'sp.example', cseId: '/cse1' }
const ae = '//sp.example/cse1/CAE1'
const sAe = '//sp.example/SAE2'
const cse = '//sp.example/cse2'
const foreign = '//other.example/cse1/CAE1'

type Row = readonly [entry: string, originator: string, expected: 'yes' | 'no' | 'indeterminate']

const table: readonly Row[] = [
  ['all', ae, 'yes'],
  ['all', foreign, 'yes'],
  ['ALL', ae, 'indeterminate'],
  ['//sp.example', ae, 'yes'],
  ['//sp.example', cse, 'yes'],
  ['//sp.example', foreign, 'no'],
  ['//sp.example', '//sp.example.org/cse1', 'no'],
  ['//*', ae, 'indeterminate'],
  ['//sp.*', ae, 'indeterminate'],
  ['CAE1', ae, 'yes'],
  ['CAE1', '//sp.example/cse2/CAE1', 'no'],
  ['CAE*', ae, 'yes'],
  ['SAE2', sAe, 'yes'],
  ['/SAE2', sAe, 'yes'],
  ['/cse1/CAE1', ae, 'yes'],
  ['/cse1/CAE1', foreign, 'no'],
  ['//sp.example/cse1/CAE1', ae, 'yes'],
  ['//other.example/cse1/CAE1', foreign, 'yes'],
  ['/cse1/cae1', ae, 'indeterminate'],
  ['/cse1', ae, 'no'],
  ['/cse2', cse, 'yes'],
  ['/cse*', cse, 'yes'],
  ['/cse*', ae, 'no'],
  ['/*', cse, 'yes'],
  ['/*', ae, 'no'],
  ['/*/*', ae, 'yes'],
  ['/cse1/*', ae, 'yes'],
  ['/cse1/C*', ae, 'yes'],
  ['/cs*/C*1', ae, 'yes'],
  ['/cs*/C*2', ae, 'no'],
  ['//*/cse1/CAE1', ae, 'yes'],
  ['//*/cse1/CAE1', foreign, 'yes'],
  ['//*/cse2', ae, 'no'],
  ['/cse1/base/group', ae, 'indeterminate'],
  ['grp123', ae, 'indeterminate'],
  ['role1@sp.example', ae, 'indeterminate'],
  ['', ae, 'indeterminate'],
  ['*', ae, 'indeterminate'],
]

describe('accessControlOriginators (TS-0003 7.1.3)', () => {
  for (const [entry, originator, expected] of table) {
    it(`${JSON.stringify(entry)} names ${originator}: ${expected}`, () => {
      expect(matchOriginator(entry, originator, own)).to.equal(expected)
    })
  }

  it('lets a wildcard stand for nothing, never for a slash, and for each character once', () => {
    expect(matchesPattern('/a*', '/a')).to.equal(true)
    expect(matchesPattern('/a*b', '/a/b')).to.equal(false)
    expect(matchesPattern('/ab*ab', '/ab')).to.equal(false)
    expect(matchesPattern('/ab*ab', '/abab')).to.equal(true)
    expect(matchesPattern('/a*b*c', '/axbxc')).to.equal(true)
    expect(matchesPattern('/a*b*c', '/axcxb')).to.equal(false)
    expect(matchesPattern('/a**c', '/ac')).to.equal(true)
    expect(matchesPattern('/a?c', '/abc')).to.equal(false)
    expect(matchesPattern('/a*bb*b', '/abb')).to.equal(false)
  })

  it('agrees with a regular expression on short patterns', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*', '/'), maxLength: 8 })
    const plain = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 8 })
    fc.assert(
      fc.property(letters, plain, (pattern, text) => {
        const expression = new RegExp(`^${pattern.replaceAll('*', '[^/]*')}$`)
        expect(matchesPattern(pattern, text)).to.equal(expression.test(text))
      }),
      { ...fuzz, numRuns: 2000 },
    )
  })

  it('takes any entry without throwing, also one made to be slow', () => {
    fc.assert(
      fc.property(nearlyRight, nearlyRight, (entry, originator) => {
        expect(matchOriginator(entry, originator, own)).to.be.oneOf(['yes', 'no', 'indeterminate'])
      }),
      fuzz,
    )
    const slow = `/cse1/C${'*a'.repeat(200)}b`
    expect(matchOriginator(slow, `//sp.example/cse1/C${'a'.repeat(500)}`, own)).to.equal('no')
  })
})
