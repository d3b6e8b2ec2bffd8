import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Plan } from '../../topologies/plan.ts'
import { makePlan } from '../../topologies/planner.ts'
import { connectEngine } from '../engine/connect.ts'
import { dockerRuntime } from '../runtimes/docker/dockerRuntime.ts'
import type { Runtime, Testbed } from '../runtimes/runtime.ts'
import { readTopology } from '../topologyFile.ts'
import { directFigures } from './docker/direct.ts'
import { fabricFigures } from './docker/throughFabric.ts'
import type { Figure } from './figure.ts'

const topologies = join(import.meta.dirname, '..', '..', 'topologies')
const rounds = 3

/** Networks in containers: how fast they come and go, and what the fabric costs what passes through it. */
export async function dockerFigures(): Promise<Figure[]> {
  const engine = await connectEngine()
  const runtime = dockerRuntime({ engine })
  const reference = await median(() => upAndDown(runtime, 'reference.yaml', {}))
  const large = await upAndDown(runtime, 'hundred.yaml', { middle: 3, devices: 7 })
  const direct = await directFigures(engine)
  const through = await fabricFigures(runtime)
  return [
    seconds('reference network: ready', reference.upMs, 10),
    seconds('reference network: down', reference.downMs, 5),
    seconds(`${large.nodes} nodes: ready`, large.upMs, 30),
    seconds(`${large.nodes} nodes: down`, large.downMs),
    { name: '10 MB from container to container', value: direct.mbPerS, unit: 'MB/s' },
    { name: '10 MB through the fabric, recorded', value: through.mbPerS, unit: 'MB/s' },
    { name: 'small request from container to container, p50', value: direct.p50Us, unit: 'µs' },
    { name: 'small request through the fabric, p50', value: through.p50Us, unit: 'µs' },
    { name: 'small request from container to container, p99', value: direct.p99Us, unit: 'µs' },
    { name: 'small request through the fabric, p99', value: through.p99Us, unit: 'µs' },
  ]
}

interface UpAndDown {
  readonly nodes: number
  readonly upMs: number
  readonly downMs: number
}

async function upAndDown(
  runtime: Runtime,
  file: string,
  parameters: Plan['parameters'],
): Promise<UpAndDown> {
  const folder = mkdtempSync(join(tmpdir(), 'onem2m-bench-perf-'))
  try {
    await using block = await runtime.reserve()
    const { addressing } = block
    const plan = makePlan(readTopology(join(topologies, file)), { seed: 1, addressing, parameters })
    let testbed: Testbed | undefined
    const upMs = await milliseconds(async () => {
      testbed = await runtime.bringUp(plan, { folder: join(folder, 'testbed') })
    })
    const downMs = await milliseconds(async () => testbed?.stop())
    return { nodes: plan.nodes.length, upMs, downMs }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Of several rounds, each number by itself. */
async function median(round: () => Promise<UpAndDown>): Promise<UpAndDown> {
  const all: UpAndDown[] = []
  for (let n = 0; n < rounds; n += 1) all.push(await round())
  const middle = (value: 'upMs' | 'downMs') =>
    all.map((one) => one[value]).toSorted((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0
  return { nodes: all[0]?.nodes ?? 0, upMs: middle('upMs'), downMs: middle('downMs') }
}

async function milliseconds(work: () => Promise<void> | undefined): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

function seconds(name: string, ms: number, atMost?: number): Figure {
  const figure = { name: `docker: ${name}`, value: ms / 1000, unit: 's' }
  return atMost === undefined ? figure : { ...figure, atMost }
}
