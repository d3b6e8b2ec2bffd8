import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import type { ControlCommand, NodeEvent, RunningNode } from '../../../nodes/contract.ts'
import type { LoadPlan, LoadReport, NodeResources } from '../../../nodes/load/loadContract.ts'
import { steadyNow } from '../../../nodes/load/nodeResources.ts'
import { startNode } from '../../../nodes/startNode.ts'

/** An AE whose registrar is nowhere: its requests fail at once, which is all a load needs here. */
function startLonelyAe(emit: (event: NodeEvent) => void): Promise<RunningNode> {
  return startNode(
    {
      contractVersion: 1,
      name: 'adn',
      kind: 'adn',
      seed: 1,
      spId: 'sp.example',
      address: '127.0.0.1',
      aes: [
        {
          name: 'AE1',
          aeIdStem: 'CAE1',
          appId: 'Nae1',
          resourceName: 'ae1',
          registrar: {
            cseId: '/cse1',
            cseBaseName: 'base',
            pointOfAccess: 'http://127.0.0.1:1',
            autoRegister: false,
          },
        },
      ],
      misbehaviours: [],
    },
    { emit, keyLog: () => {}, now: Date.now },
  )
}

const plan = (changes: Partial<LoadPlan> = {}): LoadPlan => ({
  startAtMs: steadyNow(),
  rampMs: 0,
  warmUpMs: 0,
  durationMs: 100,
  ratePerS: 200,
  arrival: 'constant',
  seed: 1,
  request: { op: 2, to: '/cse1/base' },
  mostInFlight: 50,
  slotMs: 100,
  ...changes,
})

describe('load commands of a node', () => {
  let node: RunningNode
  let ended = Promise.withResolvers<NodeEvent>()
  const tell = (command: ControlCommand) => node.control(command)

  beforeEach(async () => {
    ended = Promise.withResolvers()
    node = await startLonelyAe((event) => {
      if (event.event === 'load-ended') ended.resolve(event)
    })
  })
  afterEach(() => node.stop())

  it('offer, tell when they are through, and report', async () => {
    const started = await tell({ do: 'load-start', entity: 'AE1', plan: plan() })
    expect(started).to.deep.equal({ ok: true, value: null })
    expect(await ended.promise).to.include({ event: 'load-ended', entity: 'AE1', state: 'ended' })
    const reply = await tell({ do: 'load-report', entity: 'AE1' })
    const { slots } = (reply.ok ? reply.value : undefined) as LoadReport
    expect(slots.reduce((sum, { offered }) => sum + offered, 0)).to.equal(20)
    expect(slots.reduce((sum, { failures }) => sum + (failures.unreachable ?? 0), 0)).to.equal(20)
  })

  it('refuse what the node does not have, what is malformed, and a second load beside the first', async () => {
    const long = plan({ durationMs: 60_000 })
    const code = async (command: ControlCommand) => {
      const reply = await tell(command)
      return reply.ok ? 0 : reply.code
    }
    expect(await code({ do: 'load-start', entity: 'AE2', plan: long })).to.equal(127)
    expect(await code({ do: 'load-report', entity: 'AE1' })).to.equal(1)
    const malformed: readonly Partial<Record<keyof LoadPlan | 'more', unknown>>[] = [
      { ratePerS: 0 },
      { ratePerS: Number.NaN },
      { ratePerS: 1e9 },
      { durationMs: 0 },
      { slotMs: 1 },
      { arrival: 'burst' },
      { request: { op: 9, to: 'x' } },
      { mostInFlight: 1e9 },
      { more: 1 },
    ]
    for (const changes of malformed) {
      const wrong = { ...long, ...changes } as LoadPlan
      expect(
        await code({ do: 'load-start', entity: 'AE1', plan: wrong }),
        JSON.stringify(changes),
      ).to.equal(2)
    }
    expect(await code({ do: 'load-start', entity: 'AE1', plan: long })).to.equal(0)
    expect(await code({ do: 'load-start', entity: 'AE1', plan: long })).to.equal(1)
    expect(await code({ do: 'load-stop', entity: 'AE1' })).to.equal(0)
    expect(await code({ do: 'load-start', entity: 'AE1', plan: plan() })).to.equal(0)
  })

  it('end with the node', async () => {
    await tell({ do: 'load-start', entity: 'AE1', plan: plan({ durationMs: 60_000 }) })
    await node.stop()
    const reply = await tell({ do: 'load-report', entity: 'AE1' })
    expect(reply).to.have.nested.property('value.state', 'stopped')
  })

  it('say what the process uses', async () => {
    const reply = await tell({ do: 'resources' })
    const used = (reply.ok ? reply.value : undefined) as NodeResources
    expect(used.process).to.include(String(process.pid))
    expect(used.atMs).to.be.closeTo(Date.now(), 1000)
    expect(used.cpuMs).to.be.above(0)
    expect(used.rssBytes).to.be.above(2 ** 20)
  })
})
