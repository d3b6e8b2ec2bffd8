import { expect } from 'chai'
import { describe, it } from 'mocha'
import { closest, didYouMean } from '../../topologies/closest.ts'

describe('topologies/closest', () => {
  const known = ['test', 'run', 'registrar', 'reachable']

  it('finds what a word with one slip was meant to be', () => {
    for (const slip of ['tst', 'tesst', 'tezt', 'tset', 'etst', 'TEST'])
      expect(closest(slip, known), slip).to.equal('test')
    expect(closest('regsitar', known)).to.equal('registrar')
  })

  it('finds nothing for a word that is not near', () => {
    for (const word of ['', 'tt', 'toast', 'something'])
      expect(closest(word, known)).to.equal(undefined)
  })

  it('asks only where there is something to ask', () => {
    expect(didYouMean('rnu', known)).to.equal('did you mean run? ')
    expect(didYouMean('xyz', known)).to.equal('')
  })
})
