import { expect } from 'chai'
import { describe, it } from 'mocha'
import { BenchError } from '../../../protocol/errors.ts'
import { executePurpose, notSelected } from '../../../suites/framework/execute.ts'
import { judgeEvidence } from '../../../suites/framework/judgeEvidence.ts'
import type { TestPurpose } from '../../../suites/framework/testPurpose.ts'
import type { EntityHandle, TestSystem } from '../../../suites/framework/testSystem.ts'
import { Inconclusive } from '../../../suites/framework/verdict.ts'
import { type ConnectionOverrides, connection, evidence } from '../builders.ts'
import {
  type FakeOptions,
  fakeBench,
  negativePurpose,
  positivePurpose,
  violatedProperty,
} from './fakeBench.ts'

const never = new Promise<never>(() => {})

/** Waits for nothing, but keeps the event loop's turn honest. */
async function run(purpose: TestPurpose, options: FakeOptions = {}, signal?: AbortSignal) {
  const bench = fakeBench(options)
  const result = await executePurpose(purpose, bench, { signal })
  return { ...result, calls: bench.calls }
}

const isFault = (observed: unknown) => (observed as { fault: boolean }).fault

describe('suites/framework/execute: a positive purpose', () => {
  it('passes through bring-up, probe, body and finish', async () => {
    const { verdict, calls, artefacts, stored } = await run(positivePurpose())
    expect(verdict).to.equal('pass')
    expect(calls).to.deep.equal(['bringUp', 'enter preamble', 'probe cse1', 'enter body', 'finish'])
    expect(artefacts).to.have.length(1)
    expect(stored.outcome?.kind).to.equal('as-expected')
  })

  it('fails with the message of a failed assertion', async () => {
    const body = async () => expect(4000, 'rsc').to.equal(2001) as never
    const { verdict, reason } = await run(positivePurpose({ body }))
    expect(verdict).to.equal('fail')
    expect(reason).to.equal('rsc: expected 4000 to equal 2001')
  })

  it('fails on a violated property although the body is content', async () => {
    const { verdict, reason } = await run(positivePurpose({ properties: [violatedProperty] }))
    expect(verdict).to.equal('fail')
    expect(reason).to.contain('violated-property is violated: it is not so')
  })

  const throwing = [
    { thrown: new Inconclusive('no way to tell'), verdict: 'inconc', reason: /no way to tell/ },
    { thrown: new BenchError('TIMED_OUT', 'no answer'), verdict: 'inconc', reason: /TIMED_OUT/ },
    { thrown: new BenchError('ADDRESS_IN_USE', 'taken'), verdict: 'inconc', reason: /ADDRESS/ },
    { thrown: new BenchError('DISK_FULL', 'full'), verdict: 'error', reason: /DISK_FULL/ },
    { thrown: new BenchError('INTERNAL', 'broken'), verdict: 'error', reason: /INTERNAL: broken/ },
    { thrown: new BenchError('USAGE', 'wrong name'), verdict: 'error', reason: /USAGE/ },
    { thrown: new TypeError('x is undefined'), verdict: 'error', reason: /TypeError: x is undefi/ },
    { thrown: 'a string', verdict: 'error', reason: /not an error: a string/ },
  ]
  for (const { thrown, verdict, reason } of throwing) {
    it(`says ${verdict} when the body throws ${thrown}`, async () => {
      const body = async () => Promise.reject(thrown)
      const result = await run(positivePurpose({ body }))
      expect(result.verdict).to.equal(verdict)
      expect(result.reason).to.match(reason)
      expect(result.calls.at(-1)).to.equal('finish')
    })
  }

  it('says error when the body returns what is no judgement', async () => {
    for (const value of [
      true,
      null,
      {},
      { grade: 'strict', because: 'x' },
      { grade: 'conceptual' },
    ]) {
      const { verdict } = await run(positivePurpose({ body: async () => value as never }))
      expect(verdict, JSON.stringify(value)).to.equal('error')
    }
  })

  it('passes conceptually, and fails so when strict', async () => {
    const judgement = { grade: 'conceptual', because: '4105 instead of 4117' } as const
    const purpose = positivePurpose({ body: async () => judgement })
    const lenient = await executePurpose(purpose, fakeBench())
    const strict = await executePurpose(purpose, fakeBench(), { strict: true })
    expect([lenient.verdict, lenient.grade]).to.deep.equal(['pass', 'conceptual'])
    expect(strict.verdict).to.equal('fail')
  })

  it('survives a body that throws before its first await', async () => {
    const body = (): never => {
      throw new TypeError('at once')
    }
    expect((await run(positivePurpose({ body }))).verdict).to.equal('error')
  })
})

describe('suites/framework/execute: a negative purpose', () => {
  it('sends the stimulus without, with and without the fault', async () => {
    const { verdict, calls, controls } = await run(negativePurpose())
    expect(verdict).to.equal('pass')
    expect(calls.filter((call) => call.startsWith('enter'))).to.deep.equal([
      'enter preamble',
      'enter control-before',
      'enter fault',
      'enter control-after',
    ])
    expect(controls.map(({ when, clean }) => [when, clean])).to.deep.equal([
      ['before', true],
      ['after', true],
    ])
  })

  it('fails when the fault is accepted', async () => {
    const judge = (observed: unknown) => expect(isFault(observed)).to.equal(false) as never
    const { verdict, controls } = await run(negativePurpose({ judge }))
    expect(verdict).to.equal('fail')
    expect(controls).to.have.length(2)
  })

  it('does not send the fault after a dirty control', async () => {
    const control = () => expect(4000).to.equal(2001) as never
    const { verdict, reason, calls } = await run(negativePurpose({ control }))
    expect(verdict).to.equal('inconc')
    expect(reason).to.contain('the control before is not clean')
    expect(calls).not.to.include('enter fault')
  })

  it('is inconclusive when the control after is dirty, whatever the judge said', async () => {
    let count = 0
    const control = () => {
      count++
      expect(count).to.equal(1)
    }
    const judge = () => expect(true).to.equal(false) as never
    for (const purpose of [negativePurpose({ control }), negativePurpose({ control, judge })]) {
      count = 0
      const { verdict, reason } = await run(purpose)
      expect(verdict).to.equal('inconc')
      expect(reason).to.contain('the control after')
    }
  })

  it('says error for a control or stimulus that is broken itself', async () => {
    const control = () => {
      throw new TypeError('broken')
    }
    const inControl = await run(negativePurpose({ control }))
    expect(inControl.verdict).to.equal('error')
    expect(inControl.reason).to.contain('in the control before: TypeError: broken')
    const inStimulus = await run(negativePurpose({ stimulus: async () => undefined }))
    expect(inStimulus.verdict).to.equal('error')
    expect(inStimulus.reason).to.contain('returned no observation')
  })

  it('treats a time-out in a control as a control that is not clean', async () => {
    const stimulus = async () => Promise.reject(new BenchError('TIMED_OUT', 'no answer'))
    const { verdict, reason } = await run(negativePurpose({ stimulus }))
    expect(verdict).to.equal('inconc')
    expect(reason).to.contain('the control before is not clean: TIMED_OUT')
  })
})

describe('suites/framework/execute: trouble', () => {
  it('does not judge a node that accepts nonsense', async () => {
    const probe = async () => ({ answer: 'accepted', because: 'done' }) as const
    const { verdict, reason, calls } = await run(positivePurpose(), { probe })
    expect(verdict).to.equal('inconc')
    expect(reason).to.contain('cse1 is not judged')
    expect(calls).not.to.include('enter body')
    expect(calls.at(-1)).to.equal('finish')
  })

  it('decides by the fault of a failed bring-up', async () => {
    const rows = [
      [new BenchError('ADDRESS_IN_USE', '127.0.0.1:1'), 'inconc'],
      [new BenchError('NODE_START_FAILED', 'cse1'), 'inconc'],
      [new BenchError('TIMED_OUT', 'ready'), 'inconc'],
      [new BenchError('TOPOLOGY_INVALID', 'x.yaml'), 'error'],
      [new TypeError('broken'), 'error'],
    ] as const
    for (const [thrown, expected] of rows) {
      const { verdict, reason } = await run(positivePurpose(), {
        bringUp: async () => Promise.reject(thrown),
      })
      expect(verdict, thrown.message).to.equal(expected)
      expect(reason).to.contain(`bring-up: `).and.to.contain(thrown.message)
    }
  })

  it('cuts off a body that does not end and says what it was waiting for', async () => {
    const handle = { name: 'AE1', node: 'ae1', awaitReceived: () => never }
    const entity = () => handle as unknown as EntityHandle
    const body = async (tester: TestSystem) => void (await tester.entity('AE1').awaitReceived('r7'))
    const purpose = positivePurpose({ body, timeoutMs: 20, properties: [violatedProperty] })
    const { verdict, reason, calls, evidence: read } = await run(purpose, { tester: { entity } })
    expect(verdict).to.equal('inconc')
    expect(reason).to.contain(
      'timed out after 20 ms while waiting for entity AE1: arrival of request r7',
    )
    expect(calls.at(-1)).to.equal('finish')
    expect(read).not.to.equal(undefined)
  })

  it('keeps a body that was cut off from going on', async () => {
    const cut = new AbortController()
    let late: unknown
    let release = () => {}
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    const ended = Promise.withResolvers<void>()
    const body = async (tester: TestSystem) => {
      cut.abort()
      await gate
      try {
        tester.note('still here')
      } catch (thrown) {
        late = thrown
      }
      ended.resolve()
      return undefined
    }
    const { verdict, reason } = await run(positivePurpose({ body }), {}, cut.signal)
    release()
    await ended.promise
    expect(verdict).to.equal('inconc')
    expect(reason).to.contain('interrupted')
    expect(late).to.be.instanceOf(Inconclusive)
  })

  it('tears down a bring-up that comes too late', async () => {
    const { verdict, reason, calls } = await run(positivePurpose({ timeoutMs: 20 }), {
      bringUp: ({ signal }) =>
        new Promise((resolve) => signal.addEventListener('abort', () => resolve())),
    })
    expect(verdict).to.equal('inconc')
    expect(reason).to.contain('waiting for reference.yaml to come up')
    expect(calls).to.deep.equal(['bringUp', 'abandon'])
  })

  it('says error when the recording cannot be read, and stops the testbed', async () => {
    const { verdict, reason, calls } = await run(positivePurpose(), {
      finish: async () => Promise.reject(new BenchError('RECORDING_INVALID', 'truncated')),
    })
    expect(verdict).to.equal('error')
    expect(reason).to.contain('truncated')
    expect(calls.at(-1)).to.equal('abandon')
  })

  it('says error when nothing was recorded', async () => {
    const { verdict } = await run(positivePurpose(), {
      finish: async () => evidence({ frames: 0 }),
    })
    expect(verdict).to.equal('error')
  })

  it('adds the last lines of the nodes to what stays open', async () => {
    const body = async () => Promise.reject(new Inconclusive('open'))
    const lastLines = ['one', 'two', 'three', 'four', 'five', 'six']
    const { reason } = await run(positivePurpose({ body }), { lastLines })
    expect(reason).to.equal('open; last lines: two | three | four | five | six')
  })
})

describe('suites/framework/judgeEvidence', () => {
  it('comes to the same verdict from what was stored', async () => {
    const purposes = [
      positivePurpose(),
      positivePurpose({ properties: [violatedProperty] }),
      negativePurpose({ judge: () => expect(1).to.equal(2) as never }),
      negativePurpose({ control: () => expect(1).to.equal(2) as never }),
    ]
    for (const purpose of purposes) {
      const result = await executePurpose(purpose, fakeBench())
      const stored = JSON.parse(JSON.stringify(result.stored))
      const again = judgeEvidence(purpose, result.evidence, stored)
      expect(again).to.deep.equal({
        verdict: result.verdict,
        grade: result.grade,
        reason: result.reason,
        properties: result.properties,
      })
    }
  })

  const content = {
    purposeId: 'x',
    controls: [],
    outcome: { kind: 'as-expected', because: '' },
  } as const
  const rows: readonly (readonly [string, ConnectionOverrides, string])[] = [
    ['an association without secret', { association: { decryption: 'no-secret' } }, 'inconc'],
    ['records that do not decrypt', { association: { decryption: 'failed' } }, 'inconc'],
    ['an unknown suite', { association: { decryption: 'unsupported-suite' } }, 'inconc'],
    [
      'data without a handshake to the end',
      { association: { decryption: 'failed', state: 'incomplete' } },
      'inconc',
    ],
    [
      'a handshake that failed',
      {
        association: {
          decryption: 'failed',
          state: 'failed',
          applicationRecords: { client: 0, server: 0 },
        },
      },
      'pass',
    ],
    ['a gap', { gap: true }, 'error'],
    ['nothing unusual', {}, 'pass'],
  ]
  for (const [what, overrides, expected] of rows) {
    it(`says ${expected} for a recording with ${what}`, () => {
      const connections = [connection('ae1-cse1', overrides)]
      const { verdict } = judgeEvidence(positivePurpose(), evidence({ connections }), content)
      expect(verdict).to.equal(expected)
    })
  }

  it('turns a property that throws into an error', () => {
    const check = () => {
      throw new RangeError('index')
    }
    const broken = { ...violatedProperty, check }
    const { verdict, reason } = judgeEvidence(
      positivePurpose({ properties: [broken] }),
      evidence(),
      content,
    )
    expect(verdict).to.equal('error')
    expect(reason).to.contain('RangeError: index')
  })

  it('says none with the reason for what is not selected', () => {
    const { verdict, reason, durationMs } = notSelected(positivePurpose(), 'ICS_X is false', 5)
    expect([verdict, reason, durationMs]).to.deep.equal(['none', 'ICS_X is false', 0])
  })
})
