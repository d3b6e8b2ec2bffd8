import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { assert } from 'chai'
import { connectEngine } from '../../../tools/engine/connect.ts'
import type { Engine } from '../../../tools/engine/engine.ts'
import { ensureImage } from '../../../tools/engine/image.ts'
import { label } from '../../../tools/engine/labels.ts'
import { sweepEngine } from '../../../tools/engine/sweep.ts'
import { cleanAll } from '../../../tools/runtimes/journal.ts'
import { startTimeOf } from '../../../tools/runtimes/processes.ts'
import { temporaryFolder } from '../../tools/temporaryFolder.ts'

/** When a run is killed: at the n-th event of a kind that the engine reports of it, or when it says something. */
type Moment =
  | { readonly type: 'network' | 'container'; readonly action: string; readonly count: number }
  | { readonly says: string }

const moments: readonly Moment[] = [
  { says: 'reserved' },
  { type: 'network', action: 'create', count: 1 },
  { type: 'network', action: 'create', count: 4 },
  { type: 'container', action: 'create', count: 1 },
  { type: 'container', action: 'create', count: 3 },
  { type: 'container', action: 'attach', count: 1 },
  { type: 'container', action: 'start', count: 1 },
  { type: 'container', action: 'start', count: 5 },
  { says: '3 wires are open' },
  { says: 'cse2 is ready' },
  { says: 'AE1 is registered with cse1' },
  { says: 'up' },
  { says: 'spoken to' },
  { type: 'container', action: 'die', count: 2 },
  { type: 'container', action: 'destroy', count: 1 },
  { says: 'stopped' },
  { type: 'container', action: 'destroy', count: 6 },
  { type: 'network', action: 'destroy', count: 1 },
]

describe('a run in containers that is killed', function () {
  this.timeout(120_000)
  let engine: Engine

  before(async () => {
    engine = await connectEngine()
    await ensureImage(engine)
  })

  for (const moment of moments) {
    const name = 'says' in moment ? moment.says : `${moment.type} ${moment.action} ${moment.count}`
    it(`at "${name}" leaves nothing once it is cleaned up after`, async () => {
      const folder = temporaryFolder()
      const words = [join(import.meta.dirname, 'bringUpAndStop.ts'), folder.path]
      const events = (await engine.client.getEvents()) as Readable
      const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] })
      try {
        const owner = `${child.pid}-${startTimeOf(child.pid ?? 0)}`
        await reached(moment, child, events)
        child.kill('SIGKILL')
        if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
        assert.equal(child.signalCode, 'SIGKILL', 'it was over before it was killed')
        await settled(events, nameOf(child))
        const { left } = await sweepEngine(engine)
        assert.isEmpty(left.filter((line) => line.includes(nameOf(child))))
        await cleanAll(folder.path)
        assert.deepEqual(await thingsOf(engine, owner), [])
      } finally {
        events.destroy()
        child.kill('SIGKILL')
        folder.remove()
      }
    })
  }
})

/** Resolves when the moment has come, and rejects when the run ends before. */
async function reached(moment: Moment, child: ChildProcess, events: Readable): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  child.once('exit', (code) => reject(new Error(`it ended with ${code} before its moment`)))
  if (child.stdout === null) throw new Error('no standard output')
  createInterface({ input: child.stdout }).on('line', (line) => {
    if ('says' in moment && line === moment.says) resolve()
  })
  let seen = 0
  createInterface({ input: events }).on('line', (line) => {
    if ('says' in moment) return
    const { Type: type, Action: action, Actor: actor } = JSON.parse(line)
    const name = String(actor?.Attributes?.name)
    if (type !== moment.type || action !== moment.action) return
    if (!name.startsWith(nameOf(child))) return
    seen += 1
    if (seen === moment.count) resolve()
  })
  await promise
}

/** What was asked of the engine before the end, it goes on doing afterwards: resolves when it has been quiet for a while. */
async function settled(events: Readable, name: string): Promise<void> {
  for (;;) {
    const signal = AbortSignal.timeout(quietMs)
    try {
      for (let said = ''; !said.includes(name); )
        said = String(await once(events, 'data', { signal }))
    } catch {
      return
    }
  }
}

/** How the names of everything begin that a run makes in the engine. */
function nameOf({ pid }: ChildProcess): string {
  return `onem2m-bench-${pid}-`
}

const quietMs = 700

async function thingsOf(engine: Engine, owner: string): Promise<readonly string[]> {
  const filters = { label: [`${label.owner}=${owner}`] }
  const containers = await engine.client.listContainers({ all: true, filters })
  const networks = await engine.client.listNetworks({ filters })
  return [
    ...containers.flatMap(({ Names: names }) => names),
    ...networks.map(({ Name: name }) => name),
  ]
}
