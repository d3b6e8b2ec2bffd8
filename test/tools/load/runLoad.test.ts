import { expect } from 'chai'
import { describe, it } from 'mocha'
import type { LoadPlan } from '../../../nodes/load/loadContract.ts'
import { steadyNow } from '../../../nodes/load/nodeResources.ts'
import { BenchError } from '../../../protocol/errors.ts'
import { type LoadFile, loadDefaults } from '../../../tools/load/loadFile.ts'
import { runLoad } from '../../../tools/load/runLoad.ts'
import { type Answers, resources, stubTestbed } from './stubTestbed.ts'

const load: LoadFile = {
  ...loadDefaults,
  name: 'test',
  topology: 'smallest.yaml',
  rate: { perS: 10, of: 'all' },
  durationS: 1,
}
const devices = [{ node: 'ae1', entity: 'AE1', home: '/cse1/base/ae1' }]
const requests = new Map([['AE1', { op: 1, to: '/cse1/base/ae1/load' } as const]])

function run(answers: Answers, signal = new AbortController().signal, lost?: Error) {
  const { testbed, told } = stubTestbed(answers, lost === undefined ? {} : { lost })
  const outcome = runLoad(testbed, { devices, requests, load, signal, onBegun: () => {} })
  return { outcome, told }
}

describe('running a load', () => {
  it('gives each device its plan by its own clock', async () => {
    const aheadMs = 3_600_000
    const { outcome, told } = run({
      resources: () => ({ ok: true, value: resources({ atMs: steadyNow() + aheadMs }) }),
    })
    const { startAtMs } = await outcome
    const plans = told.flatMap(([, command]) =>
      command.do === 'load-start' ? [command.plan as LoadPlan] : [],
    )
    expect(plans).to.have.length(1)
    expect((plans[0]?.startAtMs ?? 0) - startAtMs).to.be.closeTo(aheadMs, 50)
    expect(plans[0]?.ratePerS).to.equal(10)
  })

  it('says UNSUPPORTED when a device cannot offer a load', async () => {
    const { outcome } = run({ 'load-start': () => ({ ok: false, code: 127, because: 'no' }) })
    const error: unknown = await outcome.catch((cause: unknown) => cause)
    expect(error).to.have.property('code', 'UNSUPPORTED')
  })

  for (const [what, value] of [
    ['garbage', 'ok'],
    ['a negative count', { state: 'ended', inFlight: -1, slots: [] }],
    ['an unknown state', { state: 'fine', inFlight: 0, slots: [] }],
    ['an unknown field', { state: 'ended', inFlight: 0, slots: [], more: 1 }],
    [
      'a bucket out of range',
      {
        state: 'ended',
        inFlight: 0,
        slots: [
          {
            slot: 0,
            offered: 1,
            shed: 0,
            responses: {},
            failures: {},
            answered: 0,
            latency: [[99_999, 1]],
            lag: [],
          },
        ],
      },
    ],
  ] as const) {
    it(`believes no report that is ${what}`, async () => {
      const { outcome } = run({ 'load-report': () => ({ ok: true, value }) })
      const { reports, problems } = await outcome
      expect(reports.size).to.equal(0)
      expect(problems.join()).to.include('AE1 are in no figure')
    })
  }

  it('says of which node it does not know what it uses', async () => {
    const { outcome } = run({
      resources: (node) =>
        node === 'cse1'
          ? { ok: false, code: 127, because: 'not here' }
          : { ok: true, value: resources() },
    })
    const { processes, problems } = await outcome
    expect(problems).to.deep.equal([
      'What cse1 uses is not known: node cse1 refused the command resources: not here.',
    ])
    expect(processes.map(({ nodes, holdsBench }) => [nodes, holdsBench])).to.deep.equal([
      [[], true],
      [['ae1'], false],
    ])
  })

  it('puts nodes of one process together, and follows the process through one of them', async () => {
    const { outcome, told } = run({})
    const { processes } = await outcome
    expect(processes.map(({ nodes }) => nodes)).to.deep.equal([[], ['cse1', 'ae1']])
    const asked = told.filter(([, { do: name }]) => name === 'resources').map(([node]) => node)
    expect(asked.slice(0, 2).sort()).to.deep.equal(['ae1', 'cse1'])
    expect(new Set(asked.slice(2)).size).to.equal(1)
  })

  it('stops the devices when it is interrupted, and takes what they have', async () => {
    const controller = new AbortController()
    const { outcome, told } = run(
      {
        'load-start': () => {
          setImmediate(() => controller.abort())
          return { ok: true, value: null }
        },
      },
      controller.signal,
    )
    const { interrupted, reports } = await outcome
    expect(interrupted).to.equal('ended from outside')
    expect(reports.get('AE1')?.state).to.equal('stopped')
    expect(told.map(([, { do: name }]) => name))
      .to.include('load-stop')
      .and.not.include('load-report')
  })

  for (const [error, text] of [
    [
      new BenchError('TIMED_OUT', 'x'),
      'Answers were still out 15 s after the last request was due',
    ],
    [
      new BenchError('INTERRUPTED', 'the engine went'),
      'The network was lost under the load: the engine went.',
    ],
  ] as const) {
    it(`says why the load was not through: ${error.code}`, async () => {
      const { outcome, told } = run({}, undefined, error)
      const { problems, reports } = await outcome
      expect(problems.join()).to.include(text)
      expect(reports.get('AE1')?.state).to.equal('stopped')
      expect(told.map(([, { do: name }]) => name)).to.include('load-stop')
    })
  }
})
