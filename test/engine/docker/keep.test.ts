import { join } from 'node:path'
import { assert } from 'chai'
import { connectEngine } from '../../../tools/engine/connect.ts'
import type { Engine } from '../../../tools/engine/engine.ts'
import { label } from '../../../tools/engine/labels.ts'
import { dockerRuntime } from '../../../tools/runtimes/docker/dockerRuntime.ts'
import { openJournal } from '../../../tools/runtimes/journal.ts'
import { ownIdentity } from '../../../tools/runtimes/processes.ts'
import { readTopology } from '../../../tools/topologyFile.ts'
import { makePlan } from '../../../topologies/planner.ts'
import { temporaryFolder } from '../../tools/temporaryFolder.ts'
import { ownThings } from './testNetwork.ts'

describe('a runtime that keeps networks', function () {
  this.timeout(180_000)
  const folder = temporaryFolder()
  let engine: Engine
  before(async () => {
    engine = await connectEngine()
  })
  after(() => folder.remove())

  it('brings testbeds up in fresh containers, and leaves nothing once it is closed', async () => {
    const runtime = dockerRuntime({ engine, keep: true, journal: openJournal(folder.path) })
    const containers = new Set<string>()
    const blocks: string[] = []
    try {
      for (let round = 1; round <= 4; round += 1) {
        await using reserved = await runtime.reserve()
        const { addressing } = reserved
        blocks.push(addressing.block)
        const plan = makePlan(readTopology('topologies/smallest.yaml'), { seed: 1, addressing })
        const bed = join(folder.path, `round-${round}`)
        await using testbed = await runtime.bringUp(plan, { folder: bed })
        for (const id of await containersOf(engine, addressing.block)) {
          assert.isFalse(containers.has(id), `a container of round ${round} was there before`)
          containers.add(id)
        }
        await testbed.stop()
      }
      // A node and a recorder for each of two nodes, and the fabric.
      assert.equal(containers.size, 4 * 5)
      assert.isAtMost(new Set(blocks).size, 3, 'blocks are used again')
      assert.isNotEmpty(await ownThings(engine))
    } finally {
      await runtime.close?.()
    }
    assert.isEmpty(await ownThings(engine))
  })
})

/** Containers on networks of a block, and those that share a network with one. */
async function containersOf(engine: Engine, block: string): Promise<readonly string[]> {
  const { pid, startTime } = ownIdentity()
  const filters = { label: [`${label.owner}=${pid}-${startTime}`] }
  const all = await engine.client.listContainers({ filters })
  const on = all.filter(({ NetworkSettings: { Networks: networks } }) =>
    Object.values(networks).some(({ IPAddress: address }) => address.startsWith(`${block}.`)),
  )
  const joined = all.filter(({ HostConfig: { NetworkMode: mode = '' } }) =>
    on.some(({ Id: id }) => mode === `container:${id}`),
  )
  return [...on, ...joined].map(({ Id: id }) => id)
}
