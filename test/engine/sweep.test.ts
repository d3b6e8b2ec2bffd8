import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { expect } from 'chai'
import { after, before, describe, it } from 'mocha'
import { pack } from 'tar-stream'
import { connectEngine } from '../../tools/engine/connect.ts'
import type { Engine } from '../../tools/engine/engine.ts'
import { followBuild } from '../../tools/engine/image/followBuild.ts'
import { type Labels, label, ownLabels } from '../../tools/engine/labels.ts'
import { removeImagesOf, sweepEngine } from '../../tools/engine/sweep.ts'

describe('sweeping a real engine', () => {
  const runId = `test-${randomBytes(8).toString('hex')}`
  const alive = ownLabels(runId)
  const dead = { ...alive, [label.owner]: `${process.pid}-1` }
  let engine: Engine

  before(async () => {
    engine = await connectEngine()
    const archive = pack()
    archive.entry({ name: 'a' }, 'a')
    archive.finalize()
    const labels = { ...alive, [label.content]: 'x' }
    const changes = Object.entries(labels).map(([key, value]) => `LABEL ${key}=${value}`)
    const options = { repo: 'onem2m-bench-test-sweep', tag: runId, changes }
    await followBuild(await engine.client.importImage(Readable.from(archive), options))
  })
  after(async () => {
    await remove('living')
    await remove('dead')
    await removeImagesOf(engine, runId)
  })

  const nameOf = (which: string) => `${runId}-${which}`

  async function leave(which: string, labels: Labels): Promise<void> {
    const { client } = engine
    const name = nameOf(which)
    await client.createNetwork({ Name: name, Labels: { ...labels }, Internal: true })
    await client.createVolume({ Name: name, Labels: { ...labels } })
    await client.createContainer({
      name,
      Image: `onem2m-bench-test-sweep:${runId}`,
      Cmd: ['none'],
      Labels: { ...labels },
      HostConfig: { NetworkMode: name, Binds: [`${name}:/data`] },
    })
  }

  async function remove(which: string): Promise<void> {
    const { client } = engine
    const gone = () => {}
    await client.getContainer(nameOf(which)).remove({ force: true }).catch(gone)
    await client.getNetwork(nameOf(which)).remove().catch(gone)
    await client.getVolume(nameOf(which)).remove().catch(gone)
  }

  async function present(which: string): Promise<readonly string[]> {
    const { client } = engine
    const name = nameOf(which)
    const inspections: Record<string, Promise<unknown>> = {
      container: client.getContainer(name).inspect(),
      network: client.getNetwork(name).inspect(),
      volume: client.getVolume(name).inspect(),
    }
    const found = await Promise.allSettled(Object.values(inspections))
    return Object.keys(inspections).filter((_, index) => found[index]?.status === 'fulfilled')
  }

  it('removes what a dead run left, and leaves a living run alone', async () => {
    await leave('living', alive)
    await leave('dead', dead)
    expect(await present('dead')).to.have.length(3)
    const { removed, left } = await sweepEngine(engine)
    const mine = removed.filter((line) => line.includes(runId))
    expect(mine).to.deep.equal(
      ['container', 'network', 'volume'].map((kind) => `${kind} ${nameOf('dead')}`),
    )
    expect(left.filter((line) => line.includes(runId))).to.deep.equal([])
    expect(await present('dead')).to.deep.equal([])
    expect(await present('living')).to.deep.equal(['container', 'network', 'volume'])
    const again = await sweepEngine(engine)
    expect(again.removed.filter((line) => line.includes(runId))).to.deep.equal([])
  })
})
