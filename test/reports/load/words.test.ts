import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import schema from '../../../reports/load/loadRecord.schema.json' with { type: 'json' }
import type { LoadRecord, LoadTotals } from '../../../reports/load/loadRecord.ts'
import { toLoadText } from '../../../reports/load/text.ts'
import { loadHeadline, loadVerdict, loadWarnings, msText } from '../../../reports/load/words.ts'
import { emptyLoad, keptLoad, shortLoad } from './fixtures.ts'

const withTotals = (changes: Partial<LoadTotals>): LoadRecord => {
  const kept = keptLoad()
  return { ...kept, totals: { ...kept.totals, ...changes } }
}

const fits = new Ajv2020({ strictTypes: false }).compile(schema)

describe('the words of a load report', () => {
  it('say in one sentence how it went', () => {
    expect(loadHeadline(keptLoad())).to.equal(
      '100 devices, 500 requests/s offered: 499/s answered, p50 3.1 ms, p99 12 ms, 0 errors.',
    )
    expect(loadVerdict(keptLoad())).to.equal('kept')
  })

  it('do not hide that the rate was not reached', () => {
    expect(loadHeadline(shortLoad())).to.equal(
      '100 devices, 500 requests/s offered: 320/s answered, p50 3.1 ms, p99 12 ms, 200 errors, 1,000 shed.',
    )
    const warnings = loadWarnings(shortLoad()).join('\n')
    expect(warnings).to.include('did not keep up: of 500 requests/s offered only 320/s')
    expect(warnings).to.include('1,000 requests (20 %) were due')
  })

  const shortfalls: readonly (readonly [string, Partial<LoadTotals>])[] = [
    ['one refusal', { refused: 1, answered: 4999 }],
    ['one failure', { failed: 1, answered: 4999 }],
    ['one without an outcome', { unfinished: 1, answered: 4999 }],
    ['one shed', { shed: 1, answered: 4999 }],
    ['slower answers than offers', { answeredPerS: 480 }],
    [
      'fewer offers than asked for',
      { offered: 4000, answered: 4000, offeredPerS: 400, answeredPerS: 400 },
    ],
  ]
  for (const [what, changes] of shortfalls) {
    it(`never call it kept with ${what}`, () => {
      expect(loadVerdict(withTotals(changes))).to.equal('short')
    })
  }

  it('never call it kept when a device did not report', () => {
    expect(loadVerdict(keptLoad({ problems: ['The requests of AE1 are in no figure.'] }))).to.equal(
      'short',
    )
  })

  it('tell an interrupted load and an empty one from the rest', () => {
    expect(loadVerdict(keptLoad({ interrupted: 'x' }))).to.equal('interrupted')
    expect(loadHeadline(keptLoad({ interrupted: 'x' }))).to.match(/^Interrupted\. 100 devices/)
    expect(loadHeadline(emptyLoad())).to.equal(
      '100 devices: nothing was measured, for the load was interrupted.',
    )
    expect(loadVerdict(withTotals({ offered: 0 }))).to.equal('nothing')
  })

  it('say when all nodes share the process of the bench, and only then', () => {
    expect(loadWarnings(keptLoad()).join()).to.include('All 102 nodes share one process')
    expect(loadWarnings(shortLoad()).join()).to.not.include('share one process')
  })

  it('say when the machine had other work to do', () => {
    const [process] = keptLoad().processes
    if (process === undefined) throw new TypeError('the fixture has a process')
    const starved = keptLoad({ processes: [{ ...process, busyShare: 1, cpuShare: 0.5 }] })
    expect(loadWarnings(starved).join()).to.include(
      'The bench with 102 nodes was busy for 100 % of the time and got 50 % of one processor',
    )
    expect(loadWarnings(keptLoad()).join()).to.not.include('other work')
  })

  it('say when the bench itself was late', () => {
    const late = { p50: 5, p90: 30, p99: 80, p999: 90, most: 95 }
    const record = withTotals({ lagMs: late, latencyMs: { ...late, p99: 100 } })
    expect(loadWarnings(record).join()).to.include(
      'The bench itself was late in sending (p99 80 ms)',
    )
    expect(loadWarnings(keptLoad()).join()).to.not.include('late in sending')
  })

  it('say when fewer requests were offered than chance explains', () => {
    expect(loadWarnings(withTotals({ offered: 4800, offeredPerS: 480 })).join()).to.not.include(
      'asked for',
    )
    expect(loadWarnings(withTotals({ offered: 4000, offeredPerS: 400 })).join()).to.include(
      '500 requests/s were asked for, and only 400/s were offered',
    )
  })

  it('write times with the figures that count', () => {
    expect([0.04, 3.14, 12.6, 999, 1234, 61_000].map(msText)).to.deep.equal([
      '0.0 ms',
      '3.1 ms',
      '13 ms',
      '999 ms',
      '1.23 s',
      '61.0 s',
    ])
  })

  it('fit a terminal: one line each, nothing hidden', () => {
    const text = toLoadText(keptLoad({ problems: ['evil\u001b[2J\nforged: line'] }))
    expect(text).to.include('! evil\\u001b[2J forged: line')
    expect(text).to.include('offered 5,000: answered 5,000, refused 0')
    expect(text).to.include('handshakes: 100 made')
    expect(text.split('\n').length).to.be.below(40)
    expect(toLoadText(emptyLoad())).to.include('nothing was measured')
  })
})

describe('the schema of a load record', () => {
  it('fits the records', () => {
    for (const record of [keptLoad(), shortLoad(), emptyLoad()])
      expect(fits(record), JSON.stringify(fits.errors)).to.equal(true)
  })

  it('refuses unknown fields and missing ones', () => {
    expect(fits({ ...keptLoad(), more: 1 })).to.equal(false)
    const { totals: _, ...without } = keptLoad()
    expect(fits(without)).to.equal(false)
  })
})
