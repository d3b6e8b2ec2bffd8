import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { assert } from 'chai'
import { Operation } from '../../../protocol/primitive.ts'
import { connectEngine } from '../../../tools/engine/connect.ts'
import { kernelDisagreements } from '../../../tools/testSystem/kernelWitness.ts'
import { temporaryFolder } from '../../tools/temporaryFolder.ts'
import { foreignImage } from './foreignImage.ts'
import { bringUpInContainers } from './testNetwork.ts'

const example = join(import.meta.dirname, '../../../docs/examples/foreign-ae/network-image.yaml')

describe("somebody else's image as a node", function () {
  this.timeout(180_000)
  const folder = temporaryFolder()
  after(() => folder.remove())

  it('registers, reports, and is recorded like any other', async () => {
    await using image = await foreignImage(await connectEngine())
    const file = join(folder.path, 'network.yaml')
    writeFileSync(
      file,
      readFileSync(example, 'utf8').replace('image: foreign-ae', `image: ${image.name}`),
    )
    await using network = await bringUpInContainers(file)
    const { testbed, plan } = network
    const [ready, registered] = testbed.events.filter(({ node }) => node === 'ae1')
    assert.deepInclude(ready, { version: 'python' })
    assert.deepInclude(registered, { event: 'registered', rsc: 2001 })
    const { Image: used } = await network.container('node-ae1')
    assert.equal(used, image.name)
    const request = { op: Operation.retrieve, to: '/cse1/base/ae1' }
    const reply = await testbed.control('ae1', { do: 'request', entity: 'AE1', request })
    assert.deepInclude(Object(reply).value?.response, { rsc: 2000 })
    await testbed.stop()
    assert.deepEqual(await kernelDisagreements(testbed.folder, plan, testbed.recordingPath), [])
  })
})
