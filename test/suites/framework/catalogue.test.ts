import { expect } from 'chai'
import { catalogue, groupOf, purpose } from '../../../suites/framework/catalogue.ts'
import { purposeProblems } from '../../../suites/framework/purposeProblems.ts'
import type { TestPurpose } from '../../../suites/framework/testPurpose.ts'
import { holding, negativePurpose, positivePurpose } from './fakeBench.ts'

describe('suites/framework/catalogue', () => {
  const rows: readonly (readonly [string, TestPurpose, RegExp])[] = [
    ['an invented id', positivePurpose({ id: 'TP/oneM2M/CSE/SEC/ACP/001' }), /id is not/],
    ['an id in lower case', positivePurpose({ id: 'BTP/saef/PSK/001' }), /id is not/],
    ['an empty title', positivePurpose({ title: '' }), /title is empty/],
    ['a title in the future', positivePurpose({ title: 'a CSE shall refuse' }), /present tense/],
    ['no objective', positivePurpose({ objective: ' ' }), /objective/],
    ['no clause', positivePurpose({ requirement: 'common sense' }), /clause/],
    ['no property', positivePurpose({ properties: [] }), /no property/],
    ['a property twice', positivePurpose({ properties: [holding, holding] }), /twice/],
    ['no mutant', positivePurpose({ mutants: [] }), /no mutant/],
    ['no body', positivePurpose({ body: undefined as never }), /body/],
    ['no control', negativePurpose({ control: undefined as never }), /control/],
    ['no judge', negativePurpose({ judge: undefined as never }), /judge/],
    ['no bound', positivePurpose({ timeoutMs: 0 }), /timeoutMs/],
    ['a bad selection', positivePurpose({ selection: 'ICS_A &' }), /position 7/],
  ]
  for (const [what, bad, problem] of rows) {
    it(`refuses a purpose with ${what}`, () => {
      expect(purposeProblems(bad).join()).to.match(problem)
      expect(() => purpose(bad)).to.throw(problem)
    })
  }

  it('finds nothing wrong with good ones', () => {
    expect(purposeProblems(positivePurpose())).to.deep.equal([])
    expect(purposeProblems(negativePurpose())).to.deep.equal([])
  })

  it('registers once, in order of id', () => {
    const before = catalogue().length
    purpose(positivePurpose({ id: 'BTP/ZZZ/B/002' }))
    purpose(negativePurpose({ id: 'BTP/ZZZ/B/001' }))
    const ids = catalogue().map(({ id }) => id)
    expect(ids).to.have.length(before + 2)
    expect(ids.slice(-2)).to.deep.equal(['BTP/ZZZ/B/001', 'BTP/ZZZ/B/002'])
    expect(() => purpose(positivePurpose({ id: 'BTP/ZZZ/B/002' }))).to.throw(/taken/)
    expect(groupOf({ id: 'BTP/ZZZ/B/002' })).to.equal('BTP/ZZZ/B')
  })
})
