import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makePlan } from '../../topologies/planner.ts'
import { localRuntime } from '../runtimes/local.ts'
import { readTopology } from '../topologyFile.ts'
import type { Figure } from './figure.ts'

const topologies = join(import.meta.dirname, '..', '..', 'topologies')
const readyTimeoutMs = 60_000

interface Network {
  readonly file: string
  readonly title: string
  /** Seconds. */
  readonly upAtMost: number
}

const networks: readonly Network[] = [
  { file: 'reference.yaml', title: 'reference network', upAtMost: 1 },
  { file: 'hundred.yaml', title: '100 ADNs on 10 MNs on one IN', upAtMost: 10 },
]

/** How long networks take to come up (ready, registered, associated) and to go; the first one loads the code as well. */
export async function topologyFigures(): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const network of networks) {
    const { up, down } = await upAndDown(network)
    const { title, upAtMost } = network
    figures.push(
      { name: `${title}: up, every node registered`, value: up, unit: 's', atMost: upAtMost },
      { name: `${title}: torn down`, value: down, unit: 's', atMost: 1 },
    )
  }
  return figures
}

async function upAndDown({ file }: Network): Promise<{ up: number; down: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'onem2m-bench-perf-'))
  const runtime = localRuntime()
  await using block = await runtime.reserve()
  try {
    const topology = readTopology(join(topologies, file))
    const plan = makePlan(topology, { seed: 1, addressing: block.addressing })
    const startedAt = performance.now()
    const testbed = await runtime.bringUp(plan, { folder, readyTimeoutMs })
    const upAt = performance.now()
    await testbed.stop()
    return { up: (upAt - startedAt) / 1000, down: (performance.now() - upAt) / 1000 }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
