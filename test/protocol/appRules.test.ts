import { expect } from 'chai'
import fc from 'fast-check'
import { describe, it } from 'mocha'
import { fitAppRules, matchesPattern } from '../../protocol/appRules.ts'

describe('matchesPattern', () => {
  const rows: [pattern: string, text: string, matches: boolean][] = [
    ['*', '', true],
    ['*', 'anything', true],
    ['Nae1', 'Nae1', true],
    ['Nae1', 'nae1', false],
    ['Nae1', 'Nae12', false],
    ['N*', 'Nae1', true],
    ['N*', 'Rae1', false],
    ['N*1', 'N1', true],
    ['N*1', 'Nae12', false],
    ['a*a', 'a', false],
    ['a*b*c', 'a-b-c', true],
    ['a*b*c', 'a-c-b', false],
    ['a*bc*c', 'abc', false],
    ['.*', 'x', false],
  ]
  for (const [pattern, text, matches] of rows) {
    it(`${pattern} ${matches ? 'fits' : 'does not fit'} ${JSON.stringify(text)}`, () => {
      expect(matchesPattern(pattern, text)).to.equal(matches)
    })
  }

  it('agrees with a regular expression on anything', () => {
    const letters = fc.stringMatching(/^[ab]{0,6}$/)
    fc.assert(
      fc.property(fc.array(letters, { minLength: 1, maxLength: 4 }), letters, (parts, text) => {
        const expected = new RegExp(`^${parts.join('.*')}$`).test(text)
        expect(matchesPattern(parts.join('*'), text)).to.equal(expected)
      }),
      { seed: 1, numRuns: 500 },
    )
  })
})

describe('fitAppRules', () => {
  const rule = { credentialIds: ['12-k1@x'], appIds: ['Nae1'], aeIds: ['CAE1'] }
  const facts = { credentialId: '12-k1@x', appId: 'Nae1', aeIdStem: 'CAE1' }

  it('needs credential, App-ID and AE-ID-Stem to fit in one rule', () => {
    expect(fitAppRules([rule], facts).ok).to.equal(true)
    const split = [
      { ...rule, appIds: ['Nother'] },
      { ...rule, aeIds: ['COTHER'] },
    ]
    for (const rules of [split, []]) {
      const fit = fitAppRules(rules, facts)
      expect(fit.ok ? 'fits' : fit.error.rsc).to.equal(4126)
    }
    expect(fitAppRules([rule], { ...facts, credentialId: '12-k2@x' }).ok).to.equal(false)
  })

  it('fits a rule without credentials only to a registration without association', () => {
    const { credentialIds: _none, ...open } = rule
    const { credentialId: _of, ...plain } = facts
    expect(fitAppRules([open], plain).ok).to.equal(true)
    expect(fitAppRules([open], facts).ok).to.equal(false)
    expect(fitAppRules([rule], plain).ok).to.equal(false)
  })

  it('leaves the stem open only where the rule does', () => {
    const open = { ...rule, aeIds: ['C*'] }
    expect(fitAppRules([open], { ...facts, aeIdStem: 'C' }).ok).to.equal(true)
    expect(fitAppRules([open], { ...facts, aeIdStem: 'S' }).ok).to.equal(false)
    expect(fitAppRules([open], { ...facts, aeIdStem: '' }).ok).to.equal(true)
    expect(fitAppRules([rule], { ...facts, aeIdStem: 'C' }).ok).to.equal(false)
  })
})
