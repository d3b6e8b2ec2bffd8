import { expect } from 'chai'
import { describe, it } from 'mocha'
import { headlineOf } from '../../reports/headline.ts'
import { summarise } from '../../reports/model/summary.ts'
import { pathLine, toText } from '../../reports/text.ts'
import { journey, purpose, record } from './fixtures.ts'
import { hostile, hostileTexts } from './hostile.ts'
import { emptyRun, failingRun, goodRun, interruptedRun, largeRun, mutants } from './runs.ts'

describe('the headline', () => {
  const none = purpose({ verdict: 'none' })
  const fail = purpose({ verdict: 'fail' })
  const sentences: readonly (readonly [string, string])[] = [
    [headlineOf(record([purpose(), purpose()])), 'All 2 purposes passed.'],
    [headlineOf(record([purpose()])), 'The one purpose passed.'],
    [headlineOf(goodRun()), 'All 4 purposes passed, 1 with a deviation from the clause.'],
    [headlineOf(record([purpose(), fail])), '1 of 2 purposes passed; 1 failed.'],
    [headlineOf(record([fail])), '0 of 1 purpose passed; 1 failed.'],
    [headlineOf(largeRun()), '224 of 262 purposes passed; 38 failed.'],
    [headlineOf(emptyRun()), 'Nothing was executed: no purpose was selected.'],
    [headlineOf(record([none])), 'Nothing was executed: none of 1 purpose was selected.'],
    [
      headlineOf(record([none], { summary: summarise([none], 3) })),
      'None of the 3 selected purposes ran.',
    ],
    [
      headlineOf(interruptedRun()),
      'Interrupted. 3 of 25 purposes passed, 1 with a deviation from the clause; 22 did not run.',
    ],
    [
      headlineOf(record([purpose()], { mutants: mutants() })),
      'The one purpose passed. 1 of 3 mutants were killed; 2 survived.',
    ],
    [headlineOf(record([], { mutants: mutants().slice(0, 1) })), 'The one mutant was killed.'],
  ]
  for (const [said, expected] of sentences) {
    it(`says: ${expected}`, () => {
      expect(said).to.equal(expected)
    })
  }

  it('never says that all passed when a selected purpose did not run', () => {
    const short = record([purpose()], { summary: summarise([purpose()], 2) })
    expect(headlineOf(short)).to.equal('1 of 2 purposes passed; 1 did not run.')
  })
})

describe('the text summary', () => {
  it('starts with the counts', () => {
    expect(toText(failingRun()).split('\n')[0]).to.equal(
      'selected 7  executed 7  pass 3  fail 2  inconc 1  error 1  deviations 1',
    )
  })

  it('has a line per purpose, and reason, path and command for what did not pass', () => {
    const text = toText(failingRun())
    expect(text).to.match(/^pass {3}BTP\/SAEF\/PSK\/001 — /m)
    expect(text).to.match(/^fail {3}BTP\/HOP\/PATH\/004 — /m)
    expect(text).to.match(/^ {7}no-canary-in-clear is violated/m)
    expect(text).to.match(/^ {7}again: \.\/bench run --only BTP\/HOP\/PATH\/004 --seed 42$/m)
    expect(text).to.match(/^survived compressed-copy: BTP\/HOP\/PATH\/004 says pass$/m)
  })

  it('draws the path with version, suite and identity of each hop', () => {
    const suite = 'TLS_PSK_WITH_AES_128_CBC_SHA256'
    expect(pathLine(journey())).to.equal(
      `AE1 --TLS 1.2 ${suite} as kpsa-CAE1@sp.example--> CSE1 --TLS 1.2 ${suite} as kpsa-cse1@sp.example--> CSE2 --TLS 1.2 ${suite} as kpsa-CAE2@sp.example--> AE2 (2000)`,
    )
  })

  it('says when a hop was plain, unanswered, apart from the others, or never seen', () => {
    const [first, , last] = journey().hops
    if (first === undefined || last === undefined) throw new Error('the fixture has three hops')
    const { security, rsc, ...plain } = first
    expect(pathLine({ ...journey(), hops: [plain] })).to.equal(
      'AE1 --plain--> CSE1 (no answer seen)',
    )
    expect(pathLine({ ...journey(), hops: [plain, last] })).to.match(/--> CSE1, CSE2 --TLS/)
    expect(pathLine({ ...journey(), hops: [] })).to.equal('AE1: seen on no wire (no answer seen)')
  })

  it('lets no text from outside steer the terminal or add a line', () => {
    for (const offset of hostileTexts.keys()) {
      const text = toText(hostile(failingRun(), offset))
      expect(text).not.to.match(
        /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/,
      )
      expect(text.split('\n')).to.have.length(toText(failingRun()).split('\n').length)
    }
  })
})
