import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { BenchError } from '../../../protocol/errors.ts'
import { reserveAddressBlock } from '../../../tools/runtimes/addressBlock.ts'
import { openJournal } from '../../../tools/runtimes/journal.ts'
import { localRuntime } from '../../../tools/runtimes/local.ts'
import type { BringUpOptions, Reservation, Testbed } from '../../../tools/runtimes/runtime.ts'
import type { Plan } from '../../../topologies/plan.ts'
import { tsharkFields } from '../capture/tsharkFields.ts'
import { temporaryFolder } from '../temporaryFolder.ts'
import { planOf } from './plans.ts'
import { type StubFault, type StubNodes, stubNodes } from './stubNode.ts'

const nodeNames = ['cse2', 'cse1', 'ae2', 'ae1']

describe('the local runtime', () => {
  let folder: ReturnType<typeof temporaryFolder>
  let block: Reservation
  let plan: Plan
  let before: Record<string, number>
  beforeEach(async () => {
    folder = temporaryFolder()
    block = await reserveAddressBlock()
    plan = planOf('reference', { addressing: block.addressing })
    before = activeResources()
  })
  afterEach(async () => {
    await block.release()
    folder.remove()
  })

  function bringUp(stub: StubNodes, options: Partial<BringUpOptions> = {}): Promise<Testbed> {
    const journal = openJournal(folder.path)
    return localRuntime({ startNode: stub.start, journal }).bringUp(plan, {
      folder: join(folder.path, 'bed'),
      readyTimeoutMs: 200,
      ...options,
    })
  }

  async function failureOf(stub: StubNodes, options: Partial<BringUpOptions> = {}) {
    try {
      const testbed = await bringUp(stub, options)
      await testbed.stop()
    } catch (error) {
      if (error instanceof BenchError) {
        return error
      }
      throw error
    }
    throw new Error('it came up')
  }

  async function expectNothingLeft(): Promise<void> {
    const places = plan.links.flatMap((link) => [link.toRegistrar, ...link.toRegistree])
    for (const { listen, target } of places) {
      await canListen(listen)
      await canListen(target)
    }
    expect(readdirSync(join(folder.path, '.bench', 'journal'))).to.deep.equal([])
    expect(await moreThan(before)).to.deep.equal([])
  }

  it('starts nodes level by level, records, logs, and stops everything', async () => {
    const stub = stubNodes()
    const lines: string[] = []
    const testbed = await bringUp(stub, { onProgress: (line) => lines.push(line) })
    expect(stub.calls[0]).to.equal('start cse2')
    expect(stub.calls.slice(1, 3)).to.have.members(['start cse1', 'start ae2'])
    expect(stub.calls[3]).to.equal('start ae1')
    expect(await testbed.control('cse1', { do: 'describe' })).to.deep.equal({
      ok: true,
      value: 'describe',
    })
    expect(await testbed.control('nobody', { do: 'describe' })).to.have.property('code', 127)
    const registered = await testbed.waitFor(
      'AE1 to register',
      (event) => event.event === 'registered' && event.entity === 'AE1',
      1000,
    )
    expect(registered.node).to.equal('ae1')
    expect([...testbed.fabric.wires.keys()]).to.have.members(plan.links.map(({ wire }) => wire))
    expect(lines).to.include('AE1 is registered with cse1')
    await Promise.all([testbed.stop(), testbed.stop()])
    await testbed.stop()
    await expectNothingLeft()
    expect(stub.calls.filter((call) => call.startsWith('stop'))).to.have.length(4)
    expect(testbed.fabric.recorder.failure).to.equal(undefined)
    expect(await tsharkFields(testbed.recordingPath, ['frame.number'])).to.deep.equal([])
    const said = readFileSync(join(testbed.folder, 'ae1.events.jsonl'), 'utf8').trim().split('\n')
    expect(said.map((line) => JSON.parse(line).event)).to.deep.equal(['error', 'registered'])
    expect(statSync(join(testbed.folder, 'keys')).mode & 0o777).to.equal(0o700)
  })

  for (const node of nodeNames) {
    it(`tears down when ${node} fails, and shows what it said last`, async () => {
      const failure = await failureOf(stubNodes({ [node]: 'fails' }))
      expect(failure.code).to.equal('NODE_CONFIGURATION_INVALID')
      expect(failure.remedy).to.equal('try')
      expect(failure.message).to.contain('it does not like it').and.to.contain(`${node} begins`)
      await expectNothingLeft()
    })
  }

  const waits: Record<Exclude<StubFault, 'fails' | 'hangs-on-stop'>, [string, string]> = {
    'never-ready': ['TIMED_OUT', 'cse1 to become ready'],
    'never-registers': ['TIMED_OUT', 'cse1 to register with cse2'],
    'registration-fails': ['NODE_START_FAILED', 'not known here (4103)'],
  }
  for (const [fault, [code, text]] of Object.entries(waits)) {
    it(`tears down when a node ${fault}`, async () => {
      const faults = { cse1: fault } as Record<string, StubFault>
      const failure = await failureOf(stubNodes(faults), { readyTimeoutMs: 300 })
      expect(failure.code).to.equal(code)
      expect(failure.message).to.contain(text).and.to.contain('cse1 begins')
      await expectNothingLeft()
    })
  }

  it('tears down when interrupted, whenever that is', async () => {
    const moments = ['', ...nodeNames.map((name) => `start ${name}`)]
    for (const moment of moments) {
      const interruption = new AbortController()
      const stub = stubNodes({}, (call) => {
        if (call === moment) {
          interruption.abort()
        }
      })
      if (moment === '') {
        interruption.abort()
      }
      const failure = await failureOf(stub, {
        signal: interruption.signal,
        folder: join(folder.path, `bed${moments.indexOf(moment)}`),
      })
      expect(failure.code).to.equal('INTERRUPTED')
      const count = (what: string) => stub.calls.filter((call) => call.startsWith(what)).length
      expect(count('stop')).to.equal(count('start'))
      await expectNothingLeftAfterInterruption()
    }
  })

  async function expectNothingLeftAfterInterruption(): Promise<void> {
    if (existsSync(join(folder.path, '.bench'))) {
      await expectNothingLeft()
    }
  }

  it('says which port is in use, and tears down', async () => {
    const last = plan.links.at(-1)?.toRegistrar.listen ?? { address: '', port: 0 }
    const server = createServer().listen(last.port, last.address)
    await once(server, 'listening')
    const failure = await failureOf(stubNodes())
    server.close()
    await once(server, 'close')
    expect(failure.code).to.equal('ADDRESS_IN_USE')
    expect(failure.message).to.contain(last.address).and.to.contain(String(last.port))
    await expectNothingLeft()
  })

  it('does not wait for ever for a node that will not stop, nor for an event after the end', async () => {
    const lines: string[] = []
    const testbed = await bringUp(stubNodes({ ae2: 'hangs-on-stop' }), {
      onProgress: (line) => lines.push(line),
    })
    const waiting = testbed.waitFor('a miracle', () => false, 60_000).catch((error) => error)
    await testbed.stop()
    expect(await waiting).to.have.property('code', 'INTERRUPTED')
    expect(lines.at(-1)).to.contain('ae2 did not stop')
    await expectNothingLeft()
  }).timeout(5000)

  it('times out with what was waited for', async () => {
    await using testbed = await bringUp(stubNodes())
    const failure = await testbed.waitFor('a miracle', () => false, 5).catch((error) => error)
    expect(failure).to.have.property('code', 'TIMED_OUT')
    expect(failure.message).to.contain('a miracle')
  })
})

async function canListen(at: { address: string; port: number }): Promise<void> {
  const server = createServer().listen(at.port, at.address)
  await once(server, 'listening')
  server.close()
  await once(server, 'close')
}

/** Turns of the event loop that a closed handle gets to leave the list; it takes one or two. */
const mostTurns = 50

/** Kinds of which there are more than before. What is left of an earlier test may go away meanwhile: fewer are fine. */
async function moreThan(before: Record<string, number>): Promise<string[]> {
  for (let turn = 0; ; turn += 1) {
    const more = Object.entries(activeResources()).filter(
      ([kind, count]) => count > (before[kind] ?? 0),
    )
    if (more.length === 0 || turn === mostTurns) {
      return more.map(([kind, count]) => `${count} ${kind}, before ${before[kind] ?? 0}`)
    }
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** What keeps a process going, by kind; standard output and the like are there before and after. */
function activeResources(): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const kind of process.getActiveResourcesInfo()) {
    if (/TCP|UDP|Process/.test(kind)) {
      counts[kind] = (counts[kind] ?? 0) + 1
    }
  }
  return counts
}
