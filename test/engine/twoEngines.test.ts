import { expect } from 'chai'
import { bounded } from '../../tools/runtimes/bounded.ts'
import { startTwoEngines } from './twoEngines.ts'

describe('engine: two engines on one machine', function () {
  this.timeout(120_000)

  it('form a swarm of a manager and a worker', async () => {
    await using engines = await startTwoEngines()
    const { manager, worker } = engines
    const nodes = await manager.engine.client.listNodes()
    const seen = nodes.map((node) => [node.Description.Hostname, node.Spec.Role, node.Status.State])
    expect(seen).to.have.deep.members([
      [manager.name, 'manager', 'ready'],
      [worker.name, 'worker', 'ready'],
    ])
  })

  it('notice that one of them is lost', async () => {
    await using engines = await startTwoEngines()
    const { manager, worker } = engines
    const events = await manager.engine.client.getEvents({ filters: { type: ['node'] } })
    const down = new Promise<void>((resolve) => {
      let said = ''
      events.on('data', (chunk: Buffer) => {
        said += chunk.toString()
        if (said.includes('"state.new":"down"')) resolve()
      })
    })
    await worker.kill()
    await bounded(down, { what: 'the manager to miss the worker', timeoutMs: 30_000 })
    expect(await manager.engine.client.ping()).to.not.equal(undefined)
  })
})
