import { join } from 'node:path'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { fakeRuntime } from '../../../tools/runtimes/fake.ts'
import { makeBench } from '../../../tools/testSystem/bench.ts'
import { loadEvidence } from '../../../tools/testSystem/loadEvidence.ts'
import { temporaryFolder } from '../temporaryFolder.ts'

const full = {
  write() {
    throw new Error('ENOSPC: no space left on device, write')
  },
  close() {},
}

async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    return await promise.then(() => undefined)
  } catch (error) {
    return error
  }
}

describe('a full disk during a purpose', () => {
  it('leaves no evidence to judge, neither now nor later', async () => {
    const folder = temporaryFolder()
    try {
      const runtime = fakeRuntime({ benchFolder: folder.path, sink: full })
      const bench = makeBench({ runtime, seed: 5, outFolder: folder.path })
      const session = await bench.bringUp(
        { file: 'reference.yaml' },
        { purposeId: 'BTP/TEST/DISK/001', mutants: [], signal: new AbortController().signal },
      )
      expect(await rejectionOf(session.finish())).to.have.property('code', 'DISK_FULL')
      expect(runtime.running).to.equal(0)
      const stored = join(folder.path, 'purposes', 'BTP-TEST-DISK-001')
      expect(await rejectionOf(loadEvidence(stored))).to.be.instanceOf(Error)
    } finally {
      folder.remove()
    }
  })
})
