import { readFile } from 'node:fs/promises'
import { dirname, isAbsolute, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BenchError } from '../../protocol/errors.ts'
import type { Bench, BenchSession, BringUpOptions, MutantAt } from '../../suites/framework/bench.ts'
import type { TopologyUse } from '../../suites/framework/testPurpose.ts'
import { parseTopology } from '../../topologies/parse.ts'
import type { Plan } from '../../topologies/plan.ts'
import { makePlan } from '../../topologies/planner.ts'
import { topologyError } from '../../topologies/problem.ts'
import type { Reservation, Runtime, Testbed } from '../runtimes/runtime.ts'
import { openSession } from './session.ts'
import { forgetIfEmpty, freshFolder } from './sessionFolder.ts'

export interface BenchOptions {
  readonly runtime: Runtime
  /** Names, keys and canaries follow from it. */
  readonly seed: number
  /** Every testbed gets a folder of its own below it. */
  readonly outFolder: string
  /** Topology file used wherever a purpose asks for `reference.yaml`. */
  readonly referenceTopology?: string
  readonly onProgress?: (line: string) => void
}

const topologyFolder = join(dirname(fileURLToPath(import.meta.url)), '../../topologies')

/** The bench over a runtime: one fresh testbed per purpose, each with addresses and a folder of its own. */
export function makeBench(options: BenchOptions): Bench {
  const { extraTimeMs } = options.runtime
  return {
    ...(extraTimeMs === undefined ? {} : { extraTimeMs }),
    bringUp: (use, bringUp) => bringUpSession(options, use, bringUp),
  }
}

async function bringUpSession(
  options: BenchOptions,
  use: TopologyUse,
  bringUp: BringUpOptions,
): Promise<BenchSession> {
  const { purposeId, mutants, signal } = bringUp
  const reserved = await options.runtime.reserve()
  try {
    const plan = await planFor(options, use, mutants, reserved)
    const folder = await freshFolder(options.outFolder, purposeId, mutants)
    const testbed = await bringUpIn(folder, plan, options, signal)
    return openSession({
      testbed,
      purposeId,
      outFolder: options.outFolder,
      release: () => reserved.release(),
    })
  } catch (error) {
    await reserved.release()
    throw error
  }
}

async function bringUpIn(
  folder: string,
  plan: Plan,
  { runtime, onProgress }: BenchOptions,
  signal: AbortSignal,
): Promise<Testbed> {
  try {
    const progress = onProgress === undefined ? {} : { onProgress }
    return await runtime.bringUp(plan, { folder, signal, ...progress })
  } catch (error) {
    await forgetIfEmpty(folder)
    throw error
  }
}

async function planFor(
  options: BenchOptions,
  use: TopologyUse,
  mutants: readonly MutantAt[],
  reserved: Reservation,
): Promise<Plan> {
  const { file, parameters, manual } = use
  const path = pathOf(file === 'reference.yaml' ? (options.referenceTopology ?? file) : file)
  const parsed = parseTopology(await textOf(path), path)
  if (!parsed.ok) throw topologyError(path, parsed.errors)
  return makePlan(parsed.topology, {
    seed: options.seed,
    addressing: reserved.addressing,
    ...(parameters === undefined ? {} : { parameters }),
    ...(manual === undefined ? {} : { manual }),
    misbehaviours: byNode(mutants),
  })
}

/** A bare name is one of the bench's own topologies; what a user names stands as it is. */
function pathOf(file: string): string {
  return isAbsolute(file) || file.includes('/') ? file : join(topologyFolder, file)
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new BenchError('FILE_UNREADABLE', `${path}: cannot be read`, {
      remedy: 'name a topology file that exists and that you may read',
      cause,
    })
  }
}

function byNode(mutants: readonly MutantAt[]): Record<string, string[]> {
  const named: Record<string, string[]> = {}
  for (const { node, misbehaviour } of mutants) {
    named[node] = [...(named[node] ?? []), misbehaviour]
  }
  return named
}
