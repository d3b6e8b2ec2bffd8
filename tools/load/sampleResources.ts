import type { NodeResources } from '../../nodes/load/loadContract.ts'
import { nodeResources, steadyNow } from '../../nodes/load/nodeResources.ts'
import type { Testbed } from '../runtimes/runtime.ts'
import { tell } from '../testSystem/control.ts'
import { readResources } from './readNodeWords.ts'

/** A process of the testbed, and what it used; the bench's own is always one of them. */
export interface SampledProcess {
  readonly nodes: readonly string[]
  readonly holdsBench: boolean
  /** Times are the bench's. */
  readonly samples: readonly NodeResources[]
}

export interface ResourceSampling {
  readonly processes: readonly SampledProcess[]
  /** What a node's clock shows more than the bench's, in milliseconds; 0 for a node that did not say. */
  clockOffsetMs(node: string): number
  /** Nodes that do not tell what they use, and samples that failed. */
  readonly problems: readonly string[]
  /** Ends the sampling with a last sample. */
  stop(): Promise<void>
}

const everyMs = 1000

interface Followed {
  readonly nodes: string[]
  readonly ask: () => Promise<NodeResources>
  readonly holdsBench: boolean
  readonly samples: NodeResources[]
}

/** Asks every node once which process it is in, then one node of each process every second. */
export async function sampleResources(testbed: Testbed): Promise<ResourceSampling> {
  const problems: string[] = []
  const offsets = new Map<string, number>()
  const bench = nodeResources()
  const benchProcess: Followed = {
    nodes: [],
    ask: async () => nodeResources(),
    holdsBench: true,
    samples: [bench],
  }
  const followed = new Map([[bench.process, benchProcess]])
  await Promise.all(
    testbed.plan.nodes.map(async ({ name }) => {
      const ask = () => askNode(testbed, name, offsets)
      try {
        const said = await ask()
        const known = followed.get(said.process)
        if (known === undefined)
          followed.set(said.process, { nodes: [name], ask, holdsBench: false, samples: [said] })
        else known.nodes.push(name)
      } catch (error) {
        problems.push(`What ${name} uses is not known: ${messageOf(error)}.`)
      }
    }),
  )
  const sampling = sampleRegularly([...followed.values()], problems)
  return {
    processes: [...followed.values()],
    clockOffsetMs: (node) => offsets.get(node) ?? 0,
    problems,
    stop: sampling.stop,
  }
}

function sampleRegularly(
  followed: readonly Followed[],
  problems: string[],
): { stop(): Promise<void> } {
  const failing = new Set<Followed>()
  const sampleAll = async () => {
    await Promise.all(
      followed.map(async (each) => {
        try {
          each.samples.push(await each.ask())
        } catch (error) {
          if (failing.has(each)) return
          failing.add(each)
          problems.push(`${each.nodes[0]} stopped telling what it uses: ${messageOf(error)}.`)
        }
      }),
    )
  }
  let underWay: Promise<void> | undefined
  const sample = () => {
    // A node that is slow to answer is not asked twice at once.
    underWay ??= sampleAll().finally(() => {
      underWay = undefined
    })
    return underWay
  }
  const timer = setInterval(() => void sample(), everyMs)
  return {
    async stop() {
      clearInterval(timer)
      await underWay
      await sample()
    },
  }
}

/** Asks a node, and learns from the same answer how its clock differs from the bench's. */
async function askNode(
  testbed: Testbed,
  node: string,
  offsets: Map<string, number>,
): Promise<NodeResources> {
  const askedAt = steadyNow()
  const said = readResources(node, await tell(testbed, node, { do: 'resources' }))
  const atMs = (askedAt + steadyNow()) / 2
  if (!offsets.has(node)) offsets.set(node, said.atMs - atMs)
  return { ...said, atMs }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
