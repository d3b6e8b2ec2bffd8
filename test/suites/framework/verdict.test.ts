import { expect } from 'chai'
import { describe, it } from 'mocha'
import {
  type ControlResult,
  type JudgedProperty,
  merge,
  type Outcome,
  type Verdict,
  type VerdictInput,
  verdictOf,
} from '../../../suites/framework/verdict.ts'

const outcome = (kind: Outcome['kind'], because = `body: ${kind}`): Outcome => ({ kind, because })

const property = (
  result: JudgedProperty['result'],
  extra: Partial<JudgedProperty> = {},
): JudgedProperty => ({
  name: 'a-property',
  claim: 'it holds',
  requirement: 'TS-0003 8.2.1',
  result,
  because: `property: ${result}`,
  frames: [],
  ...extra,
})

const clean: readonly ControlResult[] = [
  { when: 'before', clean: true, because: 'fine' },
  { when: 'after', clean: true, because: 'fine' },
]
const dirty = (when: 'before' | 'after'): ControlResult => ({
  when,
  clean: false,
  because: `dirty ${when}`,
})

const good: VerdictInput = {
  behaviour: 'BV',
  outcome: outcome('as-expected'),
  controls: [],
  properties: [property('holds')],
  recording: { frames: 10, problems: [] },
  undecryptable: [],
  strict: false,
}
const goodNegative: VerdictInput = { ...good, behaviour: 'BI', controls: clean }

interface Row {
  readonly when: string
  readonly input: VerdictInput
  readonly verdict: Verdict
  readonly reason: RegExp
  readonly grade?: 'conceptual'
}

const rows: readonly Row[] = [
  { when: 'all is well', input: good, verdict: 'pass', reason: /1 property holds/ },
  {
    when: 'all is well with controls',
    input: goodNegative,
    verdict: 'pass',
    reason: /both controls/,
  },
  {
    when: 'the body is conceptual',
    input: { ...good, outcome: outcome('conceptual', '4105 instead of 4117') },
    verdict: 'pass',
    reason: /conceptual: 4105 instead of 4117/,
    grade: 'conceptual',
  },
  {
    when: 'a property holds with a deviation',
    input: { ...good, properties: [property('holds', { deviation: 'TLS 1.3' })] },
    verdict: 'pass',
    reason: /conceptual: a-property: TLS 1.3/,
    grade: 'conceptual',
  },
  {
    when: 'the body is conceptual and the run is strict',
    input: { ...good, strict: true, outcome: outcome('conceptual', '4105 instead of 4117') },
    verdict: 'fail',
    reason: /strict: 4105 instead of 4117/,
    grade: 'conceptual',
  },
  {
    when: 'a deviation meets a strict run',
    input: { ...good, strict: true, properties: [property('holds', { deviation: 'TLS 1.3' })] },
    verdict: 'fail',
    reason: /strict: a-property: TLS 1.3/,
    grade: 'conceptual',
  },
  {
    when: 'strict, nothing conceptual',
    input: { ...goodNegative, strict: true },
    verdict: 'pass',
    reason: /as expected/,
  },
  {
    when: 'the IUT contradicted the body',
    input: { ...good, outcome: outcome('contradicted') },
    verdict: 'fail',
    reason: /^body: contradicted$/,
  },
  {
    when: 'a property is violated',
    input: { ...good, properties: [property('holds'), property('violated')] },
    verdict: 'fail',
    reason: /a-property is violated: property: violated/,
  },
  {
    when: 'the body could not tell',
    input: { ...good, outcome: outcome('inconclusive') },
    verdict: 'inconc',
    reason: /body: inconclusive/,
  },
  {
    when: 'a property was not observed',
    input: { ...good, properties: [property('holds'), property('not-observed')] },
    verdict: 'inconc',
    reason: /a-property was not observed/,
  },
  {
    when: 'an association could not be decrypted',
    input: { ...good, undecryptable: ['connection 3'] },
    verdict: 'inconc',
    reason: /could not be decrypted: connection 3/,
  },
  {
    when: 'the body could not tell but a property is violated',
    input: { ...good, outcome: outcome('inconclusive'), properties: [property('violated')] },
    verdict: 'fail',
    reason: /is violated/,
  },
  {
    when: 'the body could not be decrypted and contradicts',
    input: { ...good, undecryptable: ['connection 3'], outcome: outcome('contradicted') },
    verdict: 'fail',
    reason: /^body: contradicted$/,
  },
  {
    when: 'the bench failed in the body',
    input: { ...good, outcome: outcome('bench-error') },
    verdict: 'error',
    reason: /body: bench-error/,
  },
  {
    when: 'the body ended without an outcome',
    input: { ...good, outcome: undefined },
    verdict: 'error',
    reason: /without an outcome/,
  },
  {
    when: 'a property failed itself',
    input: { ...good, properties: [property('not-observed', { defect: 'TypeError: x' })] },
    verdict: 'error',
    reason: /a-property failed: TypeError: x/,
  },
  {
    when: 'no property was checked',
    input: { ...good, properties: [] },
    verdict: 'error',
    reason: /no property was checked/,
  },
  {
    when: 'there is no recording',
    input: { ...good, recording: undefined, properties: [] },
    verdict: 'error',
    reason: /no recording/,
  },
  {
    when: 'the recording is empty',
    input: { ...good, recording: { frames: 0, problems: [] } },
    verdict: 'error',
    reason: /empty/,
  },
  {
    when: 'the recording has a gap',
    input: { ...good, recording: { frames: 10, problems: ['a gap'] } },
    verdict: 'error',
    reason: /cannot be trusted: a gap/,
  },
  {
    when: 'the recording has a gap and the IUT contradicts',
    input: {
      ...good,
      recording: { frames: 10, problems: ['a gap'] },
      outcome: outcome('contradicted'),
    },
    verdict: 'error',
    reason: /a gap/,
  },
  {
    when: 'bring-up failed outside the bench',
    input: {
      ...good,
      outcome: undefined,
      recording: undefined,
      properties: [],
      trouble: outcome('inconclusive', 'port in use'),
    },
    verdict: 'inconc',
    reason: /^port in use$/,
  },
  {
    when: 'bring-up failed in the bench',
    input: {
      ...good,
      outcome: undefined,
      recording: undefined,
      properties: [],
      trouble: outcome('bench-error', 'no such file'),
    },
    verdict: 'error',
    reason: /^no such file$/,
  },
  {
    when: 'the body was cut off, whatever the properties say',
    input: {
      ...good,
      outcome: undefined,
      trouble: outcome('inconclusive', 'timed out'),
      properties: [property('violated')],
    },
    verdict: 'inconc',
    reason: /^timed out$/,
  },
  {
    when: 'the shutdown has trouble after a contradiction',
    input: {
      ...good,
      outcome: outcome('contradicted'),
      trouble: outcome('inconclusive', 'slow stop'),
    },
    verdict: 'fail',
    reason: /^body: contradicted$/,
  },
  {
    when: 'the shutdown has trouble after success',
    input: { ...good, trouble: outcome('inconclusive', 'slow stop') },
    verdict: 'inconc',
    reason: /^slow stop$/,
  },
  {
    when: 'the control before is dirty',
    input: { ...goodNegative, outcome: undefined, controls: [dirty('before')] },
    verdict: 'inconc',
    reason: /the control before is not clean: dirty before/,
  },
  {
    when: 'the control after is dirty, although the fault was refused',
    input: { ...goodNegative, controls: [...clean.slice(0, 1), dirty('after')] },
    verdict: 'inconc',
    reason: /the control after is not clean/,
  },
  {
    when: 'the control after is dirty, although the IUT contradicted',
    input: {
      ...goodNegative,
      controls: [...clean.slice(0, 1), dirty('after')],
      outcome: outcome('contradicted'),
      properties: [property('violated')],
    },
    verdict: 'inconc',
    reason: /the control after is not clean/,
  },
  {
    when: 'the control after was never run',
    input: { ...goodNegative, controls: clean.slice(0, 1) },
    verdict: 'inconc',
    reason: /control after was not run/,
  },
  {
    when: 'no control was run',
    input: { ...goodNegative, controls: [] },
    verdict: 'inconc',
    reason: /control before was not run/,
  },
  {
    when: 'the control after was cut off after a contradiction',
    input: {
      ...goodNegative,
      controls: clean.slice(0, 1),
      outcome: outcome('contradicted'),
      trouble: outcome('inconclusive', 'timed out'),
    },
    verdict: 'inconc',
    reason: /^timed out$/,
  },
  {
    when: 'the bench failed in a control',
    input: { ...goodNegative, controls: [], outcome: outcome('bench-error') },
    verdict: 'error',
    reason: /body: bench-error/,
  },
  {
    when: 'the recording is empty and a control is dirty',
    input: {
      ...goodNegative,
      controls: [dirty('before')],
      recording: { frames: 0, problems: [] },
    },
    verdict: 'error',
    reason: /empty/,
  },
  {
    when: 'the controls are out of order',
    input: { ...goodNegative, controls: [...clean].reverse() },
    verdict: 'error',
    reason: /not all that it needs was seen/,
  },
  {
    when: 'conceptual, but a control is dirty, in a strict run',
    input: {
      ...goodNegative,
      strict: true,
      outcome: outcome('conceptual'),
      controls: [dirty('before')],
    },
    verdict: 'inconc',
    reason: /not clean/,
  },
]

describe('suites/framework/verdict', () => {
  for (const { when, input, verdict, reason, grade } of rows) {
    it(`says ${verdict} when ${when}`, () => {
      const judged = verdictOf(input)
      expect(judged.verdict).to.equal(verdict)
      expect(judged.reason).to.match(reason)
      expect(judged.grade).to.equal(grade ?? 'strict')
    })
  }

  it('passes only with an outcome, a recording, every property and both controls', () => {
    const outcomes = [
      undefined,
      'as-expected',
      'contradicted',
      'inconclusive',
      'bench-error',
    ] as const
    const results = ['holds', 'violated', 'not-observed'] as const
    const recordings = [undefined, { frames: 0, problems: [] }, { frames: 1, problems: [] }]
    const controls = [[], clean.slice(0, 1), clean.slice(1), clean, [...clean, dirty('after')]]
    let passes = 0
    for (const kind of outcomes) {
      for (const result of results) {
        for (const recording of recordings) {
          for (const each of controls) {
            const { verdict } = verdictOf({
              ...goodNegative,
              outcome: kind && outcome(kind),
              properties: [property(result)],
              recording,
              controls: each,
            })
            const isGood =
              kind === 'as-expected' &&
              result === 'holds' &&
              recording?.frames === 1 &&
              each === clean
            expect(verdict === 'pass', `${kind} ${result} ${each.length}`).to.equal(isGood)
            if (isGood) passes++
          }
        }
      }
    }
    expect(passes).to.equal(1)
  })

  it('merges to the worse of two, whatever the order', () => {
    const order: readonly Verdict[] = ['none', 'pass', 'inconc', 'fail', 'error']
    for (const [i, a] of order.entries()) {
      for (const [j, b] of order.entries()) {
        expect(merge(a, b)).to.equal(order[Math.max(i, j)])
      }
    }
  })
})
