import { expect } from 'chai'
import Mocha, { afterEach, describe, it } from 'mocha'
import { catalogue, defineTests, groupOf, purpose } from '../../../suites/framework/catalogue.ts'
import { setRunContext } from '../../../suites/framework/context.ts'
import { notSelected, type PurposeResult } from '../../../suites/framework/execute.ts'
import { purposeProblems } from '../../../suites/framework/purposeProblems.ts'
import type { TestPurpose } from '../../../suites/framework/testPurpose.ts'
import { holding, negativePurpose, positivePurpose } from './fakeBench.ts'

describe('suites/framework/catalogue', () => {
  afterEach(() => setRunContext(undefined))

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

  it('registers once, in order of id, and defines no test outside a run', () => {
    const before = catalogue().length
    purpose(positivePurpose({ id: 'BTP/ZZZ/B/002' }))
    purpose(negativePurpose({ id: 'BTP/ZZZ/B/001' }))
    const ids = catalogue().map(({ id }) => id)
    expect(ids).to.have.length(before + 2)
    expect(ids.slice(-2)).to.deep.equal(['BTP/ZZZ/B/001', 'BTP/ZZZ/B/002'])
    expect(() => purpose(positivePurpose({ id: 'BTP/ZZZ/B/002' }))).to.throw(/taken/)
    expect(groupOf({ id: 'BTP/ZZZ/B/002' })).to.equal('BTP/ZZZ/B')
  })

  it('makes every verdict but pass and none a failed mocha test', async () => {
    const verdicts = ['pass', 'none', 'inconc', 'fail', 'error'] as const
    const purposes = verdicts.map((_, index) => positivePurpose({ id: `BTP/ZZZ/A/00${index}` }))
    const verdictOf = (id: string) => verdicts[Number(id.at(-1))] ?? 'error'
    setRunContext({
      execute: async (each): Promise<PurposeResult> => ({
        ...notSelected(each, `because of ${each.id}`, 0),
        verdict: verdictOf(each.id),
      }),
    })
    const { states, titles, reasons } = await runInMocha(purposes)
    expect(states).to.deep.equal(['passed', 'pending', 'failed', 'failed', 'failed'])
    expect(titles[0]).to.equal('BTP/ZZZ/A/000 — a registrar CSE does what it must')
    expect(titles[1]).to.contain('(because of BTP/ZZZ/A/001)')
    expect(reasons[0]).to.equal('inconc: because of BTP/ZZZ/A/002')
  })

  it('fails without a run context', async () => {
    const { states, reasons } = await runInMocha([positivePurpose()])
    expect(states).to.deep.equal(['failed'])
    expect(reasons[0]).to.contain('./bench run')
  })
})

/** Runs purposes in a mocha of their own; the globals of the outer one are put back. */
async function runInMocha(purposes: readonly TestPurpose[]) {
  const outer = { describe: globalThis.describe, it: globalThis.it }
  const inner = new Mocha({ reporter: Mocha.reporters.Base })
  const states: string[] = []
  const titles: string[] = []
  const reasons: string[] = []
  try {
    inner.suite.emit('pre-require', globalThis, '', inner)
    defineTests(purposes)
    const ended = Promise.withResolvers<void>()
    const runner = inner.run(() => ended.resolve())
    runner.on('test end', (test) => {
      states.push(test.state ?? 'unknown')
      titles.push(test.title)
    })
    runner.on('fail', (_test, error) => reasons.push(error.message))
    await ended.promise
  } finally {
    Object.assign(globalThis, outer)
  }
  return { states, titles, reasons }
}
