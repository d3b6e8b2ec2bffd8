import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { reserveAddressBlock } from '../../../tools/runtimes/addressBlock.ts'
import { openJournal } from '../../../tools/runtimes/journal.ts'
import { localRuntime } from '../../../tools/runtimes/local.ts'
import type { Reservation } from '../../../tools/runtimes/runtime.ts'
import { tsharkFields } from '../capture/tsharkFields.ts'
import { temporaryFolder } from '../temporaryFolder.ts'
import { planOf } from './plans.ts'

describe('the local runtime with our own nodes', () => {
  let folder: ReturnType<typeof temporaryFolder>
  let block: Reservation
  beforeEach(async () => {
    folder = temporaryFolder()
    block = await reserveAddressBlock()
  })
  afterEach(async () => {
    await block.release()
    folder.remove()
  })

  it('records every registration of the reference network, readable without a key file', async () => {
    const plan = planOf('reference', { addressing: block.addressing })
    const journal = openJournal(folder.path)
    const testbed = await localRuntime({ journal }).bringUp(plan, {
      folder: join(folder.path, 'bed'),
    })
    await testbed.stop()
    const fields = ['frame.interface_name', 'http.response.code', 'tls.handshake.ciphersuite']
    const frames = await tsharkFields(testbed.recordingPath, fields)
    const created = frames.filter(([, code]) => code === '201').map(([wire]) => wire)
    expect(created).to.have.members(plan.links.map(({ wire }) => wire))
    const suites = frames.map(([, , suite]) => suite).filter((suite) => suite !== '')
    expect(suites.at(-1)).to.equal('0x00ae')
    const flags = await tsharkFields(testbed.recordingPath, ['tcp.analysis.flags'])
    expect(flags.flat().filter((flag) => flag !== '')).to.deep.equal([])
  })

  it('keeps keys out of configurations and logs', async () => {
    const plan = planOf('reference', { addressing: block.addressing })
    const journal = openJournal(folder.path)
    const testbed = await localRuntime({ journal }).bringUp(plan, {
      folder: join(folder.path, 'bed'),
    })
    await testbed.stop()
    const keys = plan.credentials.map(({ id }) =>
      readFileSync(join(testbed.folder, 'keys', `${id}.key`), 'utf8').trim(),
    )
    const texts = plan.nodes.flatMap(({ name }) =>
      [`${name}.json`, `${name}.events.jsonl`].map((file) =>
        readFileSync(join(testbed.folder, file), 'latin1'),
      ),
    )
    expect(keys).to.have.length(3)
    for (const key of keys) {
      expect(key).to.match(/^[0-9a-f]{64}$/)
      expect(texts.filter((text) => text.includes(key))).to.deep.equal([])
    }
  })
})
