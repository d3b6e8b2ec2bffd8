import { expect } from 'chai'
import { describe, it } from 'mocha'
import { BenchError } from '../../../../protocol/errors.ts'
import type { Engine } from '../../../../tools/engine/engine.ts'
import { listMachines, readyMachines } from '../../../../tools/runtimes/swarm/machines.ts'
import { taskFailure, taskStates } from '../../../../tools/runtimes/swarm/tasks.ts'

const active = { Swarm: { LocalNodeState: 'active', ControlAvailable: true, NodeID: 'one' } }
const node = (id: string, state: string, availability: string, more: object = {}) => ({
  ID: id,
  Spec: { Role: 'worker', Availability: availability, Labels: {}, ...more },
  Description: { Hostname: `host-${id}` },
  Status: { State: state },
})

/** An engine that says what it is told to. */
function engineThatSays(answers: { info?: object; nodes?: unknown[]; tasks?: unknown[] }): Engine {
  const client = {
    info: async () => answers.info ?? active,
    listNodes: async () => answers.nodes ?? [],
    listTasks: async () => answers.tasks ?? [],
  }
  return { client, describe: () => 'Docker' } as unknown as Engine
}

async function refusal(work: Promise<unknown>): Promise<BenchError | undefined> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  return error instanceof BenchError ? error : undefined
}

describe('listMachines', () => {
  it('lists those that take work, by name, and names the others', async () => {
    const nodes = [
      node('two', 'ready', 'active', { Role: 'manager' }),
      node('one', 'ready', 'active', { Labels: { 'onem2m-bench.domain': 'field' } }),
      node('three', 'down', 'active'),
      node('four', 'ready', 'drain'),
    ]
    const engine = engineThatSays({ nodes })
    const { ready, absent } = await listMachines(engine)
    expect(ready).to.deep.equal([
      { id: 'one', name: 'host-one', role: 'worker', isHere: true, domain: 'field' },
      { id: 'two', name: 'host-two', role: 'manager', isHere: false },
    ])
    expect(absent).to.deep.equal(['host-three', 'host-four'])
    expect([...(await readyMachines(engine))]).to.have.members(['one', 'two'])
  })

  it('believes no label that says something else', async () => {
    const Labels = { 'onem2m-bench.domain': 'cloud', 'onem2m-bench.engine': 5 }
    const engine = engineThatSays({ nodes: [node('one', 'ready', 'active', { Labels })] })
    const { ready } = await listMachines(engine)
    expect(ready[0]).to.not.have.any.keys('domain', 'engineAddress')
  })

  it('says what is missing where there is no swarm, or no right to manage it', async () => {
    const none = engineThatSays({ info: { Swarm: { LocalNodeState: 'inactive' } } })
    const alone = await refusal(listMachines(none))
    expect(alone).to.include({ code: 'CAPABILITY_MISSING' })
    expect(alone?.remedy).to.match(/docker swarm init/)
    const worker = { Swarm: { LocalNodeState: 'active', ControlAvailable: false, NodeID: 'w' } }
    const other = await refusal(listMachines(engineThatSays({ info: worker })))
    expect(other).to.include({ code: 'CAPABILITY_MISSING' })
    expect(other?.message).to.match(/no manager/)
  })
})

describe('taskStates', () => {
  const task = (state: string, more: object = {}) => ({
    ServiceID: 's',
    NodeID: 'n',
    Status: { State: state, Message: 'said', Err: 'because' },
    ...more,
  })

  it('tells addresses by network, and failures that are final', async () => {
    const NetworksAttachments = [
      { Network: { ID: 'net1' }, Addresses: ['10.1.0.6/27'] },
      { Network: { ID: 'net2' }, Addresses: [] },
      'nonsense',
    ]
    const tasks = [task('preparing', { NetworksAttachments }), task('rejected'), {}]
    const [first, second, third] = await taskStates(engineThatSays({ tasks }), 'run')
    expect([...(first?.addresses ?? [])]).to.deep.equal([['net1', '10.1.0.6']])
    expect(first).to.include({ serviceId: 's', machineId: 'n' }).and.not.have.property('failure')
    expect(second?.failure).to.equal('because')
    expect(third?.addresses.size).to.equal(0)
  })

  it('knows what to do about some of them', () => {
    const missing = taskFailure('t', 'No such image: sha256:12', 'machine-2')
    expect(missing).to.include({ code: 'CAPABILITY_MISSING' })
    expect(missing.remedy).to.match(/docker save .* ssh machine-2 docker load/)
    const overlap = taskFailure('t', 'Pool overlaps with other one on this address space', 'm')
    expect(overlap).to.include({ code: 'ADDRESS_IN_USE' })
    expect(taskFailure('t', 'exit 1', 'm')).to.include({ code: 'NODE_START_FAILED' })
  })
})
