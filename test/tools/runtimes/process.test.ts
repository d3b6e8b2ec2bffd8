import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { BenchError } from '../../../protocol/errors.ts'
import { cleanAll, openJournal } from '../../../tools/runtimes/journal.ts'
import { processRuntime } from '../../../tools/runtimes/process.ts'
import { isAlive, type ProcessIdentity } from '../../../tools/runtimes/processes.ts'
import type { Reservation, Testbed } from '../../../tools/runtimes/runtime.ts'
import type { PlanOptions } from '../../../topologies/planner.ts'
import { tsharkFields } from '../capture/tsharkFields.ts'
import { temporaryFolder } from '../temporaryFolder.ts'
import { planOf } from './plans.ts'

describe('the process runtime', function () {
  // Five processes start for each test, on whatever machine that is.
  this.timeout(30_000)

  let folder: ReturnType<typeof temporaryFolder>
  let block: Reservation
  let childrenBefore: readonly string[]
  beforeEach(async () => {
    childrenBefore = children()
    folder = temporaryFolder()
    block = await processRuntime().reserve()
  })
  afterEach(async () => {
    await block.release()
    folder.remove()
  })

  const bed = () => join(folder.path, 'bed')

  function bringUp(options: Partial<PlanOptions> = {}, signal?: AbortSignal): Promise<Testbed> {
    const plan = planOf('reference', { addressing: block.addressing, ...options })
    return processRuntime({ journal: openJournal(folder.path) }).bringUp(plan, {
      folder: bed(),
      ...(signal === undefined ? {} : { signal }),
    })
  }

  /** What the journal says is still there: nothing, after every end. */
  const written = () => readdirSync(join(folder.path, '.bench', 'journal'))

  const childrenLeft = () => children().filter((pid) => !childrenBefore.includes(pid))

  function children(): string[] {
    const own = String(process.pid)
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .filter((pid) => {
        try {
          const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
          return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] === own
        } catch {
          return false
        }
      })
  }

  it('brings the reference network up, records it readable without a key file, and leaves nothing', async () => {
    const testbed = await bringUp()
    const reply = await testbed.control('ae1', { do: 'describe' })
    expect(reply).to.nested.include({ ok: true, 'value.name': 'ae1' })
    expect(await testbed.control('cse1', { do: 'levitate' } as never)).to.include({ code: 127 })
    await testbed.stop()
    expect(testbed.fabric.recorder.failure).to.equal(undefined)
    expect(written()).to.deep.equal([])
    expect(childrenLeft()).to.deep.equal([])
    expect(statSync(testbed.recordingPath).mode & 0o777).to.equal(0o600)
    expect(readdirSync(bed()).filter((name) => name.includes('pcapng'))).to.deep.equal([
      'recording.pcapng',
    ])
    const methods = await tsharkFields(testbed.recordingPath, ['http.request.method'])
    expect(methods.filter(([method]) => method === 'POST').length).to.be.greaterThan(2)
    const wires = [...testbed.fabric.wires.values()]
    expect(wires.every(({ stats }) => stats.open === 0 && stats.bytes > 0)).to.equal(true)
  })

  it('keeps secrets out of event logs and configurations', async () => {
    const testbed = await bringUp()
    await testbed.stop()
    expect(readFileSync(testbed.recordingPath).includes('CLIENT_RANDOM')).to.equal(true)
    for (const name of readdirSync(bed()).filter((name) => name.includes('.json'))) {
      expect(readFileSync(join(bed(), name), 'utf8'), name).not.to.match(/CLIENT_RANDOM|key-log/)
    }
    expect(testbed.events.map(({ event }) => String(event))).not.to.include('key-log')
  })

  it('tears down and says why when a node is refused by its own program', async () => {
    const failure = await bringUp({ misbehaviours: { cse1: ['levitates'] } }).catch((e) => e)
    expect(failure).to.be.instanceOf(BenchError)
    expect(failure).to.have.property('code', 'UNSUPPORTED')
    expect(failure.message).to.match(/cse1 did not come up.*no misbehaviour "levitates"/s)
    expect(written()).to.deep.equal([])
    expect(childrenLeft()).to.deep.equal([])
  })

  it('tears down when interrupted while it comes up', async () => {
    const interrupting = new AbortController()
    const coming = bringUp({}, interrupting.signal).catch((error: unknown) => error)
    setImmediate(() => interrupting.abort())
    expect(await coming).to.have.property('code', 'INTERRUPTED')
    expect(written()).to.deep.equal([])
    expect(childrenLeft()).to.deep.equal([])
  })

  it('judges nothing by a recording whose agent was killed', async () => {
    const testbed = await bringUp()
    try {
      process.kill(pidOf('fabric agent'), 'SIGKILL')
      const wire = testbed.fabric.wires.get('ae1-cse1')
      const failure = await wire?.cut().catch((error: unknown) => error)
      expect(failure).to.have.property('code', 'FABRIC_LOST')
    } finally {
      await testbed.stop()
    }
    expect(testbed.fabric.recorder.failure)
      .to.be.instanceOf(BenchError)
      .with.property('message')
      .that.matches(/lost, and its recording.*ended by SIGKILL/)
    expect(written()).to.deep.equal([])
  })

  it('answers for a node that was killed, and stops the others', async () => {
    const testbed = await bringUp()
    try {
      process.kill(pidOf('ae1'), 'SIGKILL')
      await testbed.waitFor(
        'the end of ae1',
        ({ event, node }) => event === 'error' && node === 'ae1',
        5000,
      )
      const reply = await testbed.control('ae1', { do: 'describe' })
      expect(reply).to.deep.include({ ok: false, code: 1 })
      expect(await testbed.control('cse1', { do: 'describe' })).to.include({ ok: true })
    } finally {
      await testbed.stop()
    }
    expect(testbed.fabric.recorder.failure).to.equal(undefined)
  })

  /** As the journal has it: what `./bench clean` would end. */
  function pidOf(program: string): number {
    const found = started().find((each) => each.program === program)
    if (found === undefined) throw new Error(`no ${program} in the journal`)
    return found.pid
  }

  for (const moment of ['wires are open', 'cse2 is ready', 'ae1 is ready', 'up']) {
    it(`leaves nothing after a kill -9 at "${moment}", once it is cleaned up after`, async () => {
      const program = join(import.meta.dirname, 'killedRun.ts')
      const child = spawn(process.execPath, [program, folder.path, 'process'], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      const said = createInterface(child.stdout)
      for await (const line of said) if (line.endsWith(moment)) break
      const programs = started()
      expect(programs.length).to.be.greaterThan(0)
      child.kill('SIGKILL')
      await once(child, 'exit')
      await cleanAll(folder.path)
      await until(() => !programs.some(isAlive))
      expect(readdirSync(folder.path)).to.deep.equal(['.bench'])
      expect(written()).to.deep.equal([])
    })
  }

  /** Programs that are in the journal. */
  function started(): (ProcessIdentity & { readonly program: string })[] {
    return written().flatMap((name) => {
      const text = readFileSync(join(folder.path, '.bench', 'journal', name), 'utf8')
      const { things } = JSON.parse(text) as { things: (ProcessIdentity & { program?: string })[] }
      return things.flatMap(({ program, ...rest }) =>
        program === undefined ? [] : [{ ...rest, program }],
      )
    })
  }

  it('is cleaned up after by nobody else while it lives', async () => {
    const testbed = await bringUp()
    expect(await cleanAll(folder.path)).to.deep.equal([])
    expect(await testbed.control('ae1', { do: 'describe' })).to.include({ ok: true })
    await testbed.stop()
  })
})

/** The kernel takes its time over what was killed. */
async function until(holds: () => boolean): Promise<void> {
  for (const bound = Date.now() + 5000; !holds(); ) {
    if (Date.now() > bound) throw new Error('it did not come about')
    await new Promise((resolve) => setImmediate(resolve))
  }
}
