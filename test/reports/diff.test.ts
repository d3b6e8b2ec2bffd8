import { expect } from 'chai'
import { describe, it } from 'mocha'
import { type Change, diffRecords, diffText } from '../../reports/diff.ts'
import type { PurposeRecord, Verdict } from '../../reports/model/runRecord.ts'
import { purpose, record } from './fixtures.ts'
import { goodRun } from './runs.ts'

const changes = ['regressed', 'fixed', 'changed', 'added', 'removed', 'same'] as const

function changeOf(before: PurposeRecord | undefined, after: PurposeRecord | undefined): Change[] {
  const list = (one: PurposeRecord | undefined): PurposeRecord[] => (one === undefined ? [] : [one])
  const diff = diffRecords(record(list(before)), record(list(after)))
  return changes.filter((change) => diff[change].length > 0)
}

describe('comparing two records', () => {
  const table: readonly (readonly [Verdict, Verdict, Change])[] = [
    ['pass', 'pass', 'same'],
    ['pass', 'fail', 'regressed'],
    ['pass', 'inconc', 'regressed'],
    ['pass', 'error', 'regressed'],
    ['pass', 'none', 'changed'],
    ['none', 'pass', 'changed'],
    ['none', 'fail', 'regressed'],
    ['none', 'error', 'regressed'],
    ['fail', 'pass', 'fixed'],
    ['inconc', 'pass', 'fixed'],
    ['error', 'pass', 'fixed'],
    ['fail', 'inconc', 'changed'],
    ['inconc', 'fail', 'changed'],
    ['fail', 'none', 'changed'],
    ['fail', 'fail', 'same'],
  ]
  for (const [before, after, change] of table) {
    it(`calls ${before} → ${after} ${change}`, () => {
      expect(changeOf(purpose({ verdict: before }), purpose({ verdict: after }))).to.deep.equal([
        change,
      ])
    })
  }

  it('sees a pass that became a deviation', () => {
    expect(changeOf(purpose(), purpose({ grade: 'conceptual' }))).to.deep.equal(['changed'])
  })

  it('lists what is only in one of them', () => {
    expect(changeOf(undefined, purpose())).to.deep.equal(['added'])
    expect(changeOf(purpose(), undefined)).to.deep.equal(['removed'])
  })

  it('does not mix up a purpose with the same purpose on a mutant', () => {
    const mutant = purpose({
      verdict: 'fail',
      mutants: [{ node: 'CSE1', misbehaviour: 'origin-unchecked' }],
    })
    const diff = diffRecords(record([purpose()]), record([purpose(), mutant]))
    expect(diff.same).to.have.length(1)
    expect(diff.added.map((one) => one.key)).to.deep.equal([
      'BTP/SAEF/PSK/001 with origin-unchecked on CSE1',
    ])
  })

  it('compares repeated executions one by one', () => {
    const repeated = record([purpose(), purpose({ verdict: 'fail', properties: [] })])
    const diff = diffRecords(record([purpose(), purpose()]), repeated)
    expect(diff.regressed.map((one) => one.key)).to.deep.equal(['BTP/SAEF/PSK/001 #2'])
    expect(diff.same).to.have.length(1)
  })

  it('finds a record the same as itself', () => {
    expect(diffText(diffRecords(goodRun(), goodRun()))).to.equal(
      'regressed 0  fixed 0  changed 0  added 0  removed 0  same 5\n',
    )
  })

  it('writes regressions first, with the reason', () => {
    const before = record([
      purpose({ id: 'BTP/A/A/001' }),
      purpose({ id: 'BTP/A/A/002', verdict: 'fail' }),
    ])
    const worse = purpose({ id: 'BTP/A/A/001', verdict: 'fail', reason: 'answered 2000' })
    const text = diffText(diffRecords(before, record([worse, purpose({ id: 'BTP/A/A/002' })])))
    expect(text.split('\n').slice(1, 3)).to.deep.equal([
      'regressed BTP/A/A/001  pass → fail: answered 2000',
      'fixed     BTP/A/A/002  fail → pass',
    ])
  })
})
