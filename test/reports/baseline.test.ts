import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect } from 'chai'
import fc from 'fast-check'
import { describe, it } from 'mocha'
import { baselineText, compareWithBaseline } from '../../reports/baseline.ts'
import {
  type Baseline,
  baselineSchema,
  type ExpectedVerdict,
  parseBaseline,
} from '../../reports/model/baseline.ts'
import { summarise } from '../../reports/model/summary.ts'
import { purpose, record } from './fixtures.ts'

const today = '2026-03-02'

function entry(changes: Partial<ExpectedVerdict> = {}): ExpectedVerdict {
  return {
    id: 'BTP/SAEF/PSK/001',
    verdict: 'fail',
    reason: 'ticket 17',
    owner: 'gateway team',
    expires: '2026-03-31',
    ...changes,
  }
}

function baseline(...expected: readonly ExpectedVerdict[]): Baseline {
  return { schemaVersion: 1, expected }
}

const failed = purpose({ verdict: 'fail', reason: 'answered 2000' })

describe('comparing with a baseline', () => {
  it('excuses exactly the verdict that is expected', () => {
    const compared = compareWithBaseline(record([failed]), baseline(entry()), today)
    expect(compared.expected).to.have.length(1)
    expect(compared.unexpected).to.have.length(0)
    expect(compared.exitCode).to.equal(0)
  })

  it('does not excuse another verdict of the same purpose', () => {
    const error = record([purpose({ verdict: 'error' })])
    const compared = compareWithBaseline(error, baseline(entry()), today)
    expect(compared.unexpected).to.have.length(1)
    expect(compared.exitCode).to.equal(3)
  })

  it('does not excuse a purpose that is not listed', () => {
    const other = purpose({ id: 'BTP/HOP/PATH/001', verdict: 'fail' })
    const compared = compareWithBaseline(record([failed, other]), baseline(entry()), today)
    expect(compared.unexpected.map((one) => one.id)).to.deep.equal(['BTP/HOP/PATH/001'])
    expect(compared.exitCode).to.equal(1)
  })

  it('counts an entry on its last day and not on the day after', () => {
    const expected = baseline(entry({ expires: today }))
    expect(compareWithBaseline(record([failed]), expected, today).exitCode).to.equal(0)
    const after = compareWithBaseline(record([failed]), expected, '2026-03-03')
    expect(after.expired).to.have.length(1)
    expect(after.exitCode).to.equal(1)
  })

  it('names entries to remove and entries without a run', () => {
    const expected = baseline(entry(), entry({ id: 'BTP/HOP/PATH/009' }))
    const compared = compareWithBaseline(record([purpose()]), expected, today)
    expect(compared.stale.map((one) => one.id)).to.deep.equal(['BTP/SAEF/PSK/001'])
    expect(compared.unused.map((one) => one.id)).to.deep.equal(['BTP/HOP/PATH/009'])
    expect(compared.exitCode).to.equal(0)
  })

  it('never excuses a mutant, an interruption, missing runs or a contradiction', () => {
    const mutant = { ...failed, mutants: [{ node: 'CSE1', misbehaviour: 'default-admin' }] }
    const exit = (run: Parameters<typeof compareWithBaseline>[0]): number =>
      compareWithBaseline(run, baseline(entry()), today).exitCode
    expect(exit(record([mutant]))).to.equal(1)
    expect(exit(record([failed], { interrupted: 'SIGINT' }))).to.equal(130)
    expect(exit(record([failed], { summary: summarise([failed], 2) }))).to.equal(3)
    expect(exit(record([failed], { summary: { ...summarise([failed]), pass: 1 } }))).to.equal(3)
  })

  it('says all of it in words', () => {
    const expected = baseline(entry(), entry({ id: 'BTP/HOP/PATH/009' }))
    const text = baselineText(compareWithBaseline(record([failed]), expected, today))
    expect(text).to.match(/^unexpected 0 {2}expected 1 {2}stale 0 {2}expired 0 {2}unused 1\n/)
    expect(text).to.match(
      /expected {3}BTP\/SAEF\/PSK\/001 {2}fail until 2026-03-31, gateway team: ticket 17/,
    )
  })
})

describe('parsing a baseline', () => {
  const ajv = new Ajv2020({ strict: true }).compile(baselineSchema)

  it('accepts what its schema accepts', () => {
    const value = baseline(entry())
    expect(ajv(value)).to.equal(true)
    expect(parseBaseline(JSON.stringify(value), 'b.json')).to.deep.equal({ ok: true, value })
  })

  const refused: readonly (readonly [string, unknown, string])[] = [
    ['an expected pass', baseline({ ...entry(), verdict: 'pass' } as never), '/expected/0/verdict'],
    ['no reason', baseline(entry({ reason: '' })), '/expected/0/reason'],
    ['no such month', baseline(entry({ expires: '2026-13-01' })), '/expected/0/expires'],
    ['an unknown field', { ...baseline(), note: 1 }, '/note'],
    ['an id given twice', baseline(entry(), entry()), '/expected/1/id'],
  ]
  for (const [name, value, path] of refused) {
    it(`refuses ${name}`, () => {
      const parsed = parseBaseline(JSON.stringify(value), 'b.json')
      if (parsed.ok) throw new Error('it was accepted')
      expect(parsed.error.path).to.equal(path)
      expect(parsed.error.message).to.match(/^b\.json: /)
    })
  }

  it('answers every text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        const parsed = parseBaseline(text, 'b.json')
        return parsed.ok || parsed.error.message !== ''
      }),
      { seed: 3, numRuns: 300 },
    )
  })
})
