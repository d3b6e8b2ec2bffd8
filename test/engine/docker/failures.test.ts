import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { assert } from 'chai'
import { BenchError, type ErrorCode } from '../../../protocol/errors.ts'
import { connectEngine } from '../../../tools/engine/connect.ts'
import type { Engine } from '../../../tools/engine/engine.ts'
import { ensureImage } from '../../../tools/engine/image.ts'
import { ownLabels } from '../../../tools/engine/labels.ts'
import { dockerRuntime } from '../../../tools/runtimes/docker/dockerRuntime.ts'
import { createNetwork } from '../../../tools/runtimes/docker/networks.ts'
import { openJournal } from '../../../tools/runtimes/journal.ts'
import type { Runtime, Testbed } from '../../../tools/runtimes/runtime.ts'
import { readTopology } from '../../../tools/topologyFile.ts'
import { makePlan } from '../../../topologies/planner.ts'
import { temporaryFolder } from '../../tools/temporaryFolder.ts'
import { ownThings } from './testNetwork.ts'

const node = '/usr/local/bin/node'
/** What every node says first. */
const ready = JSON.stringify({
  node: 'cse1',
  atMs: 1,
  event: 'ready',
  contractVersion: 1,
  version: 'x',
  listeners: [],
})

interface Case {
  readonly what: string
  readonly program: { readonly image?: string; readonly command?: readonly string[] }
  readonly code: ErrorCode
  readonly message: RegExp
}

const cases: readonly Case[] = [
  {
    what: 'exits at once',
    program: { command: [node, '-e', 'console.error("no licence found"); process.exitCode = 3'] },
    code: 'NODE_START_FAILED',
    message: /cse1 did not come up: .*ended \(exit code 3\):\nno licence found/,
  },
  {
    what: 'refuses its configuration',
    program: { command: [node, '-e', 'console.error("spId: unknown"); process.exitCode = 2'] },
    code: 'NODE_CONFIGURATION_INVALID',
    message: /exit code 2\):\nspId: unknown/,
  },
  {
    what: 'never becomes ready',
    program: { command: [node, '-e', 'console.error("thinking"); setInterval(() => {}, 1e6)'] },
    code: 'TIMED_OUT',
    message: /waited 4000 ms for cse1 to become ready/,
  },
  {
    what: 'says nonsense instead of being ready',
    program: {
      command: [node, '-e', 'console.log("Listening on port 8080"); setInterval(() => {}, 1e6)'],
    },
    code: 'NODE_START_FAILED',
    message: /before it was ready: "Listening on port 8080" is no JSON object/,
  },
  {
    what: 'says one line without an end',
    program: {
      command: [
        node,
        '-e',
        'const more = () => process.stdout.write("x".repeat(100_000), more); more()',
      ],
    },
    code: 'NODE_START_FAILED',
    message: /a line of more than \d+ bytes/,
  },
  {
    what: 'is not in the image',
    program: { command: ['/usr/bin/acme-cse'] },
    code: 'ENGINE_FAILED',
    message: /cse1 did not come up: starting the container .*acme-cse.*no such file/,
  },
  {
    what: 'has an image that nobody has',
    program: { image: 'onem2m-bench-test/no-such-image:1' },
    code: 'CAPABILITY_MISSING',
    message: /the image is not there/,
  },
]

describe('containers that fail', function () {
  this.timeout(120_000)
  const folder = temporaryFolder()
  let engine: Engine
  let runtime: Runtime
  let networks = 0

  before(async () => {
    engine = await connectEngine()
    const { name: image } = await ensureImage(engine)
    runtime = dockerRuntime({ engine, image, journal: openJournal(folder.path) })
  })
  after(() => folder.remove())

  /** A lone CSE that is run by some program. */
  async function bringUp(program: Case['program'], readyTimeoutMs: number): Promise<Testbed> {
    networks += 1
    const file = join(folder.path, `network-${networks}.yaml`)
    writeFileSync(file, JSON.stringify({ name: 'lone', nodes: { cse1: { kind: 'in', program } } }))
    await using reserved = await runtime.reserve()
    const { addressing } = reserved
    const plan = makePlan(readTopology(file), { seed: 1, addressing })
    return await runtime.bringUp(plan, {
      folder: join(folder.path, `up-${networks}`),
      readyTimeoutMs,
    })
  }

  for (const { what, program, code, message } of cases)
    it(`a program that ${what} is reported with its last words, and nothing is left of it`, async () => {
      // Patience with the engine where it is not the program that is waited for.
      const patience = code === 'TIMED_OUT' ? 4000 : 30_000
      const error = await bringUp(program, patience).catch((thrown: unknown) => thrown)
      assert.instanceOf(error, BenchError)
      assert.equal((error as BenchError).code, code, String(error))
      assert.match((error as BenchError).message, message)
      assert.isEmpty(await ownThings(engine))
    })

  it('a node that takes too much memory is ended, and says so when it is spoken to', async () => {
    const script = `
      console.log(${JSON.stringify(ready)})
      const kept = []
      process.stdin.once('data', () => { for (;;) kept.push(Buffer.alloc(16 * 2 ** 20, 1)) })`
    await using testbed = await bringUp({ command: [node, '-e', script] }, 30_000)
    const reply = await testbed.control('cse1', { do: 'describe' })
    assert.deepInclude(reply, { ok: false, code: 1 })
    assert.match('because' in reply ? reply.because : '', /used more than its 512 MiB of memory/)
    await testbed.stop()
    assert.isEmpty(await ownThings(engine))
  })

  it('networks whose addresses somebody took meanwhile are reported, and nothing is left of the others', async () => {
    await using reserved = await runtime.reserve()
    const { addressing } = reserved
    const plan = makePlan(readTopology('topologies/reference.yaml'), { seed: 1, addressing })
    const [, second] = plan.nodes
    const { subnet = '', gateway = '' } = second?.network ?? {}
    const thief = await createNetwork(engine, {
      name: `onem2m-bench-test-thief-${process.pid}`,
      labels: ownLabels('thief'),
      subnet,
      gateway,
    })
    try {
      const rising = runtime.bringUp(plan, { folder: join(folder.path, 'overlap') })
      const error = await rising.catch((thrown: unknown) => thrown)
      assert.instanceOf(error, BenchError)
      assert.equal((error as BenchError).code, 'ADDRESS_IN_USE', String(error))
      assert.lengthOf(await ownThings(engine), 1)
    } finally {
      await thief.remove()
    }
  })

  it('a network that is given up while it comes up leaves nothing', async () => {
    for (const line of ['wires are open', 'cse2 is ready', 'ae1 is ready']) {
      await using reserved = await runtime.reserve()
      const { addressing } = reserved
      const plan = makePlan(readTopology('topologies/reference.yaml'), { seed: 1, addressing })
      const abort = new AbortController()
      networks += 1
      const rising = runtime.bringUp(plan, {
        folder: join(folder.path, `up-${networks}`),
        signal: abort.signal,
        onProgress: (said) => {
          if (said.endsWith(line)) abort.abort()
        },
      })
      const error = await rising.catch((thrown: unknown) => thrown)
      assert.instanceOf(error, BenchError)
      assert.equal((error as BenchError).code, 'INTERRUPTED')
      assert.isEmpty(await ownThings(engine))
    }
  })
})
