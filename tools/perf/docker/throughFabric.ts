import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makePlan } from '../../../topologies/planner.ts'
import type { Runtime } from '../../runtimes/runtime.ts'
import { readTopology } from '../../topologyFile.ts'
import { type Exchanged, measure, parseExchanged, serve } from './exchange.ts'

const node = '/usr/local/bin/node'
const read = `const given = JSON.parse(require('node:fs').readFileSync(process.argv.at(-1), 'utf8'))
const say = (line) => console.log(JSON.stringify(line))
const ready = () => say({ node: given.name, atMs: Date.now(), event: 'ready', contractVersion: 1, version: 'perf', listeners: [] })
const obey = (work) => require('node:readline').createInterface({ input: process.stdin })
  .on('line', async (line) => say({ reply: JSON.parse(line).id, ok: true, value: await work() }))
  .on('close', () => process.exit(0))
`

/** The same exchange between two nodes of a network in containers, over one plain wire, recorded by it and by both kernels. */
export async function fabricFigures(runtime: Runtime): Promise<Exchanged> {
  const folder = mkdtempSync(join(tmpdir(), 'onem2m-bench-perf-'))
  try {
    const file = join(folder, 'network.yaml')
    writeFileSync(file, JSON.stringify(topology))
    await using block = await runtime.reserve()
    const plan = makePlan(readTopology(file), { seed: 1, addressing: block.addressing })
    await using testbed = await runtime.bringUp(plan, { folder: join(folder, 'testbed') })
    const reply = await testbed.control('ae1', { do: 'describe' })
    return parseExchanged(reply.ok ? reply.value : reply.because)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const server = `${serve}${read}
const { address, port } = given.cse.listener
serve(address, port, ready)
obey(() => null)`

const client = `${measure}${read}
const { hostname, port } = new URL(given.aes[0].registrar.pointOfAccess)
ready()
obey(() => measure(hostname, Number(port)))`

const topology = {
  name: 'exchange',
  security: 'none',
  nodes: {
    ae1: {
      kind: 'adn',
      registrar: 'cse1',
      register: false,
      program: { command: [node, '-e', client] },
    },
    cse1: { kind: 'in', program: { command: [node, '-e', server] } },
  },
}
