import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LoadRecord } from '../../reports/load/loadRecord.ts'
import { connectEngine } from '../engine/connect.ts'
import type { Engine } from '../engine/engine.ts'
import { driveLoad } from '../load/driveLoad.ts'
import { type LoadFile, loadDefaults } from '../load/loadFile.ts'
import { listMachines, type Machine } from '../runtimes/swarm/machines.ts'
import { swarmRuntime } from '../runtimes/swarm/swarmRuntime.ts'
import { readTopology } from '../topologyFile.ts'
import type { Figure } from './figure.ts'

const topology = join(import.meta.dirname, '..', '..', 'topologies', 'hundred.yaml')
const devices = 10
/** More than the machines can take, so that what they answer is what they can. */
const ratePerS = 600

/**
 * What a swarm carries: the devices of one middle node on one machine, and of two middle nodes on two. The engine that is
 * found must manage a swarm; with one machine in it, only the first is measured. Machines that share processors, as in
 * namespaces of one machine, show no growth.
 */
export async function swarmFigures(): Promise<Figure[]> {
  const engine = await connectEngine()
  const { ready } = await listMachines(engine)
  const here = ready.filter(({ isHere }) => isHere)
  const other = ready.find(({ isHere }) => !isHere)
  const one = await measure(engine, here)
  const two = other === undefined ? undefined : await measure(engine, [...here, other])
  const growth = (two?.record.totals.answeredPerS ?? 0) / one.record.totals.answeredPerS
  return [
    ...figuresOf('1 machine', one),
    ...(two === undefined ? [] : figuresOf('2 machines', two)),
    ...(two === undefined ? [] : [figure('answers, 2 machines to 1', growth, 'times')]),
  ]
}

interface Measured {
  readonly record: LoadRecord
  /** Until every node was registered. */
  readonly upMs: number
}

async function measure(engine: Engine, machines: readonly Machine[]): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'onem2m-bench-perf-'))
  await using cleanUp = new AsyncDisposableStack()
  cleanUp.defer(() => rmSync(folder, { recursive: true, force: true }))
  const chosen = new Set(machines.map(({ id }) => id))
  const runtime = cleanUp.use(swarmRuntime({ engine, takes: ({ id }) => chosen.has(id) }))
  const load: LoadFile = {
    ...loadDefaults,
    name: 'swarm',
    topology,
    parameters: { middle: machines.length, devices },
    rate: { perS: ratePerS, of: 'all' },
    durationS: 5,
  }
  const startedAtMs = performance.now()
  let upMs = 0
  const record = await driveLoad({
    runtime,
    load,
    topology: readTopology(topology),
    folder: join(folder, 'load'),
    bench: { version: '', commit: '' },
    signal: new AbortController().signal,
    onProgress: (line) => {
      if (/nodes are up/.test(line)) upMs = performance.now() - startedAtMs
    },
  })
  return { record, upMs }
}

function figuresOf(where: string, { record, upMs }: Measured): Figure[] {
  const { totals, topology: network, processes } = record
  const nodes = processes.filter(({ holdsBench }) => !holdsBench)
  const memory = nodes.reduce((sum, { rssMaxBytes }) => sum + rssMaxBytes, 0) / nodes.length
  return [
    figure(`up, ${network.nodes} nodes on ${where}`, upMs / 1000, 's'),
    figure(`memory of a node's program, ${where}`, memory / 2 ** 20, 'MiB'),
    figure(`answers within the load, ${where}`, totals.answeredPerS, 'requests/s'),
    figure(`p50 from due, ${where}`, totals.latencyMs?.p50 ?? 0, 'ms'),
  ]
}

function figure(name: string, value: number, unit: string): Figure {
  return { name, value, unit }
}
