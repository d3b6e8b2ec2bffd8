import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { fakeRuntime } from '../../../tools/runtimes/fake.ts'
import { tsharkFields } from '../capture/tsharkFields.ts'
import { temporaryFolder } from '../temporaryFolder.ts'
import { planOf } from './plans.ts'

const plan = planOf('reference')

describe('the fake runtime', () => {
  let folder: ReturnType<typeof temporaryFolder>
  beforeEach(() => {
    folder = temporaryFolder()
  })
  afterEach(() => folder.remove())

  it('comes up, answers, and stops, and keeps a list of what was done', async () => {
    const runtime = fakeRuntime({
      benchFolder: folder.path,
      control: (node) => ({ ok: true, value: node }),
    })
    const testbed = await runtime.bringUp(plan, { folder: join(folder.path, 'bed') })
    expect(runtime.running).to.equal(1)
    expect(await testbed.control('ae1', { do: 'describe' })).to.have.property('value', 'ae1')
    await testbed.fabric.wires.get('ae1-cse1')?.cut()
    const registered = await testbed.waitFor(
      'AE1 to register',
      (event) => event.event === 'registered' && event.entity === 'AE1',
      100,
    )
    expect(registered.node).to.equal('ae1')
    await Promise.all([testbed.stop(), testbed.stop()])
    expect(runtime.running).to.equal(0)
    expect(runtime.calls).to.deep.equal([
      'up reference',
      'control ae1 describe',
      'cut ae1-cse1',
      'stop reference',
    ])
    expect(await tsharkFields(testbed.recordingPath, ['frame.number'])).to.deep.equal([])
    expect(readdirSync(join(folder.path, '.bench', 'journal'))).to.deep.equal([])
  })

  it('fails where it is told to, with what the node said, and nothing is left up', async () => {
    const runtime = fakeRuntime({ benchFolder: folder.path, failsAt: 'cse1' })
    const bed = join(folder.path, 'bed')
    const failure = await runtime.bringUp(plan, { folder: bed }).catch((error: unknown) => error)
    expect(failure).to.have.property('code', 'NODE_START_FAILED')
    expect(String(failure)).to.contain('told to fail')
    expect(runtime.running).to.equal(0)
  })

  it('does not come up when it was interrupted before', async () => {
    const signal = AbortSignal.abort()
    const options = { folder: join(folder.path, 'bed'), signal }
    const failure = await fakeRuntime()
      .bringUp(plan, options)
      .catch((error: unknown) => error)
    expect(failure).to.have.property('code', 'INTERRUPTED')
  })
})
