import { BenchError } from '../../../protocol/errors.ts'
import type { Plan } from '../../../topologies/plan.ts'
import { connectEngine } from '../../engine/connect.ts'
import type { Engine } from '../../engine/engine.ts'
import { ensureImage } from '../../engine/image.ts'
import { type Labels, ownLabels } from '../../engine/labels.ts'
import { sweepEngine } from '../../engine/sweep.ts'
import { hostedRuntime } from '../hosted.ts'
import type { Journal } from '../journal.ts'
import type { Reservation, Runtime } from '../runtime.ts'
import { reserveFreeBlock } from './freeBlock.ts'
import { dockerHost } from './host.ts'
import { NetworkBlock } from './networkBlock.ts'
import { networkOf } from './networkOf.ts'

export interface DockerRuntimeOptions {
  /** Default: the one that is found. */
  readonly engine?: Engine
  /** Image of nodes, fabric and recorders; default: made from this checkout where it is not there yet. */
  readonly image?: string
  readonly journal?: Journal
  /**
   * Keep networks from one testbed to the next, and remove containers while the next one comes up. Default false. Then the
   * runtime must be closed.
   */
  readonly keep?: boolean
  /** What is done before the first network: the image is made, leftovers of dead runs are removed. */
  readonly onProgress?: (line: string) => void
}

/** A machine that is busy with other things starts a container ten times slower than an idle one. */
const extraTimeMs = 60_000

/** Containers load their code from a disk that nothing has read yet, all at the same time. */
const defaultReadyTimeoutMs = 30_000

let runtimesMade = 0

/**
 * Every node in a container of its own, on a network that it shares with the fabric alone, and recorded by the kernel too.
 * The engine is looked for, and the image made, when the first network is asked for.
 */
export function dockerRuntime(options: DockerRuntimeOptions = {}): Runtime {
  runtimesMade += 1
  const containers = new Containers(options, `${process.pid}-${runtimesMade}`)
  const { journal } = options
  const runtime = hostedRuntime({
    name: 'docker',
    reserve: () => containers.reserve(),
    openHost: async (hostOptions) => containers.openHost(hostOptions),
    defaultReadyTimeoutMs,
    programs: ['image', 'command'],
    ...(journal && { journal }),
  })
  return { ...runtime, extraTimeMs, close: () => containers.close() }
}

interface Prepared {
  readonly engine: Engine
  readonly image: string
  readonly labels: Labels
}

/** What one runtime has in the engine: blocks of networks, and containers that are on their way out. */
class Containers {
  readonly #options: DockerRuntimeOptions
  readonly #runId: string
  #preparing: Promise<Prepared> | undefined
  /** In use, by the beginning of their addresses. */
  readonly #blocks = new Map<string, NetworkBlock>()
  readonly #idle: NetworkBlock[] = []
  /** Of containers, per block. */
  readonly #removals = new Map<NetworkBlock, Promise<void>>()
  #hosts = 0

  constructor(options: DockerRuntimeOptions, runId: string) {
    this.#options = options
    this.#runId = runId
  }

  async reserve(): Promise<Reservation> {
    const block = this.#idle.pop() ?? (await this.#newBlock())
    const { addressing } = block.reservation
    this.#blocks.set(addressing.block, block)
    const release = () => this.#release(block)
    return { addressing, release, [Symbol.asyncDispose]: release }
  }

  async openHost(hostOptions: Parameters<ReturnType<typeof dockerHost>>[0]) {
    const { engine, image, labels } = await this.#prepared()
    const block = this.#blockOf(hostOptions.plan)
    this.#hosts += 1
    const prefix = `onem2m-bench-${this.#runId}-${this.#hosts}`
    const open = dockerHost({
      engine,
      image,
      labels,
      prefix,
      networksFor: (nodes) => block.networksFor(nodes),
      removed: async (removal) => {
        if (this.#options.keep === true) this.#removals.set(block, removal)
        else {
          await removal
          await this.#remove(block)
        }
      },
    })
    return open(hostOptions)
  }

  /** Nothing of this runtime is in the engine afterwards. */
  async close(): Promise<void> {
    const blocks = [...this.#blocks.values(), ...this.#idle]
    this.#blocks.clear()
    this.#idle.length = 0
    await Promise.all(
      blocks.map(async (block) => {
        await this.#removals.get(block)
        await this.#remove(block)
        await block.reservation.release()
      }),
    )
  }

  async #release(block: NetworkBlock): Promise<void> {
    const { addressing } = block.reservation
    if (this.#blocks.get(addressing.block) !== block) return
    if (this.#options.keep !== true) {
      this.#blocks.delete(addressing.block)
      await block.reservation.release()
      return
    }
    // Not before the last container has left its networks.
    void (this.#removals.get(block) ?? Promise.resolve()).then(() => {
      if (this.#blocks.delete(addressing.block)) this.#idle.push(block)
    })
  }

  async #remove(block: NetworkBlock): Promise<void> {
    for (const problem of await block.remove())
      this.#options.onProgress?.(`left behind: ${problem}`)
  }

  async #newBlock(): Promise<NetworkBlock> {
    const { engine, labels } = await this.#prepared()
    const reservation = await reserveFreeBlock(engine)
    const prefix = `onem2m-bench-${this.#runId}`
    return new NetworkBlock(reservation, { engine, labels, prefix })
  }

  #blockOf({ nodes: [first] }: Plan): NetworkBlock {
    const address = first === undefined ? '' : networkOf(first).subnet
    for (const [prefix, block] of this.#blocks) if (address.startsWith(`${prefix}.`)) return block
    throw new BenchError('INTERNAL', `the addresses of the plan (${address}) are not reserved`)
  }

  #prepared(): Promise<Prepared> {
    this.#preparing ??= prepare(this.#options, this.#runId).catch((error: unknown) => {
      // The next one tries again: an engine may have been started meanwhile.
      this.#preparing = undefined
      throw error
    })
    return this.#preparing
  }
}

async function prepare(options: DockerRuntimeOptions, runId: string): Promise<Prepared> {
  const { onProgress = () => {} } = options
  const engine = options.engine ?? (await connectEngine())
  const { removed } = await sweepEngine(engine)
  for (const line of removed) onProgress(`removed ${line}, which a dead run left`)
  const image = options.image ?? (await ensureImage(engine, { onProgress })).name
  return { engine, image, labels: ownLabels(runId) }
}
