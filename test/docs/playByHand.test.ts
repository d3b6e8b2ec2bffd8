import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { openJournal } from '../../tools/runtimes/journal.ts'
import { localRuntime } from '../../tools/runtimes/local.ts'
import type { Reservation } from '../../tools/runtimes/runtime.ts'
import { planOf } from '../tools/runtimes/plans.ts'
import { temporaryFolder } from '../tools/temporaryFolder.ts'

const shell = promisify(execFile)
const page = readFileSync(new URL('../../docs/play-by-hand.md', import.meta.url), 'utf8')
const [settings = '', commands = ''] = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].map(
  ([, text = '']) => text,
)

describe('docs/play-by-hand.md', () => {
  let folder: ReturnType<typeof temporaryFolder>
  let block: Reservation
  beforeEach(async () => {
    folder = temporaryFolder()
    block = await localRuntime().reserve()
  })
  afterEach(async () => {
    await block.release()
    folder.remove()
  })

  it('says what each of its commands is answered with', async () => {
    const { addressing } = block
    const address = planOf('smallest', { addressing }).nodes[0]?.address ?? ''
    const plan = planOf('lone-in-cse', { addressing, parameters: { address } })
    const runtime = localRuntime({ journal: openJournal(folder.path) })
    const testbed = await runtime.bringUp(plan, { folder: join(folder.path, 'bed') })
    try {
      const lines = commands.trim().split('\n')
      const script = [
        settings.replace('127.0.0.1', address),
        ...lines.map((line) => `${line}\necho`),
      ]
      const { stdout } = await shell('sh', ['-c', script.join('\n')], { timeout: 20_000 })
      const answered = [...stdout.matchAll(/^X-M2M-RSC: (\d+)/gm)].map(([, code]) => code)
      const promised = lines.map((line) => /# (\d{4})$/.exec(line)?.[1])
      expect(answered).to.deep.equal(promised)
      expect(promised).to.have.length.above(10)
    } finally {
      await testbed.stop()
    }
  })
})
