import { expect } from 'chai'
import fc from 'fast-check'
import { describe, it } from 'mocha'
import { ownIcs } from '../../../suites/framework/ics.ts'
import { evaluateSelection, selectPurposes } from '../../../suites/framework/selection.ts'
import {
  parseSelection,
  type SelectionExpression,
} from '../../../suites/framework/selectionExpression.ts'
import type { Profile } from '../../../suites/framework/testPurpose.ts'
import { positivePurpose } from './fakeBench.ts'

const ics = { A: true, B: false, C: true }

function parsed(text: string): SelectionExpression {
  const result = parseSelection(text)
  if (!result.ok) throw result.error
  return result.value
}

/** Written out again with every pair in parentheses. */
function written(expression: SelectionExpression): string {
  if (expression.kind === 'item') return expression.name
  if (expression.kind === 'not') return `not ${written(expression.operand)}`
  return `(${written(expression.left)} ${expression.kind} ${written(expression.right)})`
}

describe('suites/framework/selection: expressions', () => {
  const rows = [
    ['A', true, 'A is true'],
    ['B', false, 'B is false'],
    ['D', false, 'D is not declared'],
    ['toString', false, 'toString is not declared'],
    ['not B', true, 'B is false'],
    ['not not A', true, 'A is true'],
    ['A and B', false, 'B is false'],
    ['A and C', true, 'A is true and C is true'],
    ['B and D', false, 'B is false and D is not declared'],
    ['A or B', true, 'A is true'],
    ['B or D', false, 'B is false and D is not declared'],
    ['A or B and D', true, 'A is true'],
    ['(A or B) and D', false, 'D is not declared'],
    ['not (A and B)', true, 'B is false'],
    ['not A and B', false, 'A is true and B is false'],
  ] as const
  for (const [text, selected, because] of rows) {
    it(`evaluates ${text}`, () => {
      expect(evaluateSelection(parsed(text), ics)).to.deep.equal({ selected, because })
    })
  }

  const refused = [
    ['', 1],
    ['A and', 6],
    ['A B', 3],
    ['(A', 3],
    ['A)', 2],
    ['A & B', 3],
    ['and A', 1],
    ['not', 4],
    ['A or or B', 6],
    ['()', 2],
  ] as const
  for (const [text, position] of refused) {
    it(`refuses ${JSON.stringify(text)} at position ${position}`, () => {
      const result = parseSelection(text)
      expect(result.ok).to.equal(false)
      if (!result.ok) expect(result.error.message).to.contain(`position ${position}:`)
    })
  }

  it('bounds nesting and length', () => {
    expect(parseSelection(`${'('.repeat(51)}A${')'.repeat(51)}`).ok).to.equal(false)
    expect(parseSelection(`${'('.repeat(50)}A${')'.repeat(50)}`).ok).to.equal(true)
    expect(parseSelection(`A${' or A'.repeat(300)}`).ok).to.equal(false)
  })

  it('never throws and reads its own writing', () => {
    const words = fc.constantFrom('A', 'B', 'and', 'or', 'not', '(', ')', ' ', '$', 'ICS_X')
    const text = fc.oneof(
      fc.string(),
      fc.array(words).map((all) => all.join(' ')),
    )
    fc.assert(
      fc.property(text, (input) => {
        const result = parseSelection(input)
        if (result.ok) expect(parsed(written(result.value))).to.deep.equal(result.value)
      }),
      { seed: 7, numRuns: 500 },
    )
  })
})

describe('suites/framework/selection: purposes', () => {
  const purpose = (id: string, profile: Profile, selection = 'ICS_MN_CSE') =>
    positivePurpose({ id, profile, selection })
  const all = [
    purpose('BTP/SAEF/PSK/001', 'smoke'),
    purpose('BTP/SAEF/PSK/002', 'ci'),
    purpose('BTP/HOP/FWD/001', 'full'),
    purpose('BTP/HOP/FWD/002', 'plugfest'),
    purpose('BTP/REG/AE/001', 'ci', 'ICS_X and ICS_MN_CSE'),
  ]
  const ids = (options: { profile?: Profile; only?: readonly string[] }) =>
    selectPurposes(all, { ics: ownIcs, ...options })
      .filter(({ selected }) => selected)
      .map(({ purpose: { id } }) => id.slice(4))

  it('includes smaller profiles in larger ones', () => {
    expect(ids({ profile: 'smoke' })).to.deep.equal(['SAEF/PSK/001'])
    expect(ids({ profile: 'ci' })).to.deep.equal(['SAEF/PSK/001', 'SAEF/PSK/002'])
    expect(ids({})).to.deep.equal(['SAEF/PSK/001', 'SAEF/PSK/002', 'HOP/FWD/001', 'HOP/FWD/002'])
    expect(ids({ profile: 'plugfest' })).to.deep.equal(['HOP/FWD/002'])
  })

  it('takes ids and globs, whatever the profile', () => {
    expect(ids({ only: ['BTP/HOP/FWD/001'], profile: 'smoke' })).to.deep.equal(['HOP/FWD/001'])
    expect(ids({ only: ['BTP/*/FWD/*'] })).to.deep.equal(['HOP/FWD/001', 'HOP/FWD/002'])
    expect(ids({ only: ['**/001'] })).to.deep.equal(['SAEF/PSK/001', 'HOP/FWD/001'])
    expect(ids({ only: ['BTP/SAEF/**'] })).to.deep.equal(['SAEF/PSK/001', 'SAEF/PSK/002'])
  })

  it('refuses a glob that fits nothing', () => {
    for (const glob of ['BTP/SAEF/PSK/009', 'BTP/*', 'BTP.SAEF.PSK.001', '']) {
      expect(() => ids({ only: [glob] }), glob).to.throw(/no purpose fits/)
    }
  })

  it('says why a purpose is not selected', () => {
    const because = selectPurposes(all, { ics: ownIcs, profile: 'ci' }).map((row) => row.because)
    expect(because[0]).to.equal('selected')
    expect(because[2]).to.equal('not selected: it belongs to profile full, not to ci')
    expect(because[4]).to.equal('not selected: ICS_X is not declared')
  })
})
