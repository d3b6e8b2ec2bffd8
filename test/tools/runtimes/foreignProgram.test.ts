import { join } from 'node:path'
import { assert } from 'chai'
import type { ControlCommand } from '../../../nodes/contract.ts'
import { BenchError } from '../../../protocol/errors.ts'
import { Operation } from '../../../protocol/primitive.ts'
import { dissect } from '../../../tools/dissect/dissect.ts'
import { openJournal } from '../../../tools/runtimes/journal.ts'
import { localRuntime } from '../../../tools/runtimes/local.ts'
import { processRuntime } from '../../../tools/runtimes/process.ts'
import type { Runtime, Testbed } from '../../../tools/runtimes/runtime.ts'
import { readTopology } from '../../../tools/topologyFile.ts'
import { makePlan } from '../../../topologies/planner.ts'
import { temporaryFolder } from '../temporaryFolder.ts'

const examples = join(import.meta.dirname, '../../../docs/examples/foreign-ae')

describe("a node that is somebody else's program", function () {
  this.timeout(60_000)
  const folder = temporaryFolder()
  const journal = openJournal(folder.path)
  after(() => folder.remove())

  async function bringUp(runtime: Runtime, file: string, name: string): Promise<Testbed> {
    await using reserved = await runtime.reserve()
    const { addressing } = reserved
    const plan = makePlan(readTopology(join(examples, file)), { seed: 1, addressing })
    return await runtime.bringUp(plan, { folder: join(folder.path, name) })
  }

  it('runs beside ours, does what it is told and refuses what it cannot do', async () => {
    await using testbed = await bringUp(processRuntime({ journal }), 'network.yaml', 'up')
    const [ready, registered] = testbed.events.filter(({ node }) => node === 'ae1')
    assert.deepInclude(ready, { event: 'ready', version: 'python' })
    assert.deepInclude(registered, { event: 'registered', entity: 'AE1', rsc: 2001 })

    const pc = { 'm2m:cnt': { rn: 'readings' } }
    const request = { op: Operation.create, to: '/cse1/base/ae1', ty: 3, pc }
    const made = await testbed.control('ae1', { do: 'request', entity: 'AE1', request })
    assert.deepInclude(Object(made).value?.response, { rsc: 2001 })

    const nonsense = { do: 'levitate' } as unknown as ControlCommand
    assert.deepInclude(await testbed.control('ae1', nonsense), { ok: false, code: 127 })
    const absent = await testbed.control('ae1', { do: 'request', entity: 'AE9', request })
    assert.deepInclude(absent, { ok: false, code: 127 })

    await testbed.stop()
    const { trace } = await dissect(testbed.recordingPath)
    assert.isEmpty(trace.recording.problems)
    const said = trace.primitives.filter(({ from }) => from === 'ae1')
    assert.deepEqual(
      said.map(({ bindingSummary }) => bindingSummary),
      ['POST /~/cse1/base', 'POST /~/cse1/base/ae1'],
    )
  })

  it('is refused where it could not be run, instead of being replaced by one of ours', async () => {
    const refused = [
      await bringUp(localRuntime({ journal }), 'network.yaml', 'one').catch((e: unknown) => e),
      await bringUp(processRuntime({ journal }), 'network-image.yaml', 'two').catch(
        (e: unknown) => e,
      ),
    ]
    for (const error of refused) {
      assert.instanceOf(error, BenchError)
      assert.equal((error as BenchError).code, 'USAGE')
      assert.match((error as BenchError).message, /ae1 has a program of its own/)
    }
  })
})
