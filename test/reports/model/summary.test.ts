import { expect } from 'chai'
import { describe, it } from 'mocha'
import type { RunRecord, Verdict } from '../../../reports/model/runRecord.ts'
import {
  contradictionsOf,
  exitCodeOf,
  mergeVerdicts,
  summarise,
  verdictOrder,
} from '../../../reports/model/summary.ts'
import { property, purpose, record } from '../fixtures.ts'
import { emptyRun, failingRun, goodRun, interruptedRun, largeRun, mutants } from '../runs.ts'

describe('merging verdicts', () => {
  it('keeps the worse of any two, in both orders', () => {
    expect(verdictOrder).to.deep.equal(['none', 'pass', 'inconc', 'fail', 'error'])
    for (const [i, one] of verdictOrder.entries()) {
      for (const [j, other] of verdictOrder.entries()) {
        const worse = verdictOrder[Math.max(i, j)]
        expect(mergeVerdicts(one, other), `${one} with ${other}`).to.equal(worse)
      }
    }
  })
})

describe('the summary', () => {
  it('counts every verdict once, and deviations among the passes only', () => {
    const purposes = [
      purpose(),
      purpose({ grade: 'conceptual' }),
      purpose({ verdict: 'fail', grade: 'conceptual' }),
      purpose({ verdict: 'inconc' }),
      purpose({ verdict: 'error' }),
      purpose({ verdict: 'none' }),
    ]
    expect(summarise(purposes)).to.deep.equal({
      selected: 5,
      executed: 5,
      pass: 2,
      fail: 1,
      inconc: 1,
      error: 1,
      none: 1,
      deviations: 1,
    })
  })

  it('keeps apart what was selected and what ran', () => {
    const { selected, executed } = summarise([purpose()], 25)
    expect({ selected, executed }).to.deep.equal({ selected: 25, executed: 1 })
  })
})

describe('the exit code', () => {
  const of = (...verdicts: Verdict[]): RunRecord =>
    record(verdicts.map((verdict) => purpose({ verdict, properties: [] })))
  const selectedMore = record([purpose()], { summary: summarise([purpose()], 2) })
  const cases: readonly (readonly [string, RunRecord, number])[] = [
    ['all passed', of('pass', 'pass'), 0],
    ['all selected passed, others were not selected', of('pass', 'none'), 0],
    ['a deviation is still a pass', goodRun(), 0],
    ['one fail', of('pass', 'fail'), 1],
    ['fail outweighs error and inconc', of('error', 'inconc', 'fail'), 1],
    ['inconc without fail', of('pass', 'inconc'), 3],
    ['error without fail', of('pass', 'error'), 3],
    ['nothing selected', of('none'), 4],
    ['no purpose at all', emptyRun(), 4],
    ['interrupted, all passed so far', interruptedRun(), 130],
    ['interrupted after a fail', { ...of('fail'), interrupted: 'SIGTERM' }, 130],
    ['selected, but did not run', selectedMore, 3],
    ['the fixture that fails', failingRun(), 1],
    ['300 purposes', largeRun(), 1],
    ['a mutant survived', record([purpose()], { mutants: mutants() }), 3],
    ['every mutant was killed', record([purpose()], { mutants: mutants().slice(0, 1) }), 0],
  ]
  for (const [name, run, code] of cases) {
    it(`is ${code}: ${name}`, () => {
      expect(exitCodeOf(run)).to.equal(code)
    })
  }

  it('follows from the purposes, not from a summary that says otherwise', () => {
    const lying = { ...of('pass', 'fail'), summary: summarise([purpose(), purpose()]) }
    expect(exitCodeOf(lying)).to.equal(1)
  })

  it('is not 0 for a pass that its own property denies', () => {
    const violated = property('no-canary-in-clear', { result: 'violated' })
    expect(exitCodeOf(record([purpose({ properties: [violated] })]))).to.equal(3)
  })
})

describe('contradictions', () => {
  it('are found in none of the fixtures', () => {
    for (const run of [goodRun(), failingRun(), emptyRun(), interruptedRun(), largeRun()]) {
      expect(contradictionsOf(run)).to.deep.equal([])
    }
  })

  const denied: readonly (readonly [string, RunRecord, RegExp])[] = [
    [
      'a property that was not observed',
      record([purpose({ properties: [property('roles-as-drawn', { result: 'not-observed' })] })]),
      /pass, but its property roles-as-drawn is not-observed/,
    ],
    [
      'a control that was not clean',
      record([purpose({ controls: [{ when: 'after', clean: false, because: 'no answer' }] })]),
      /pass, but its control after was not clean/,
    ],
    [
      'a variant that failed',
      record([purpose({ variants: [{ name: 'v', verdict: 'fail', reason: 'r' }] })]),
      /is pass, but one of its variants is fail/,
    ],
    [
      'a summary with a pass too many',
      { ...record([purpose()]), summary: { ...summarise([purpose()]), pass: 2 } },
      /summary\.pass is 2, but the purposes add up to 1/,
    ],
    [
      'fewer selected than executed',
      { ...record([purpose()]), summary: summarise([purpose()], 0) },
      /summary\.selected is 0, but 1 were executed/,
    ],
  ]
  for (const [name, run, sentence] of denied) {
    it(`name ${name}`, () => {
      const found = contradictionsOf(run)
      expect(found).to.have.length(1)
      expect(found[0]).to.match(sentence)
    })
  }
})
