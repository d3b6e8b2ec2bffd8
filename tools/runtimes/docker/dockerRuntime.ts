import { connectEngine } from '../../engine/connect.ts'
import type { Engine } from '../../engine/engine.ts'
import { ensureImage } from '../../engine/image.ts'
import { sweepEngine } from '../../engine/sweep.ts'
import { hostedRuntime } from '../hosted.ts'
import type { Journal } from '../journal.ts'
import type { Runtime } from '../runtime.ts'
import { reserveFreeBlock } from './freeBlock.ts'
import { dockerHost } from './host.ts'

export interface DockerRuntimeOptions {
  /** Default: the one that is found. */
  readonly engine?: Engine
  /** Image of nodes, fabric and recorders; default: made from this checkout where it is not there yet. */
  readonly image?: string
  readonly journal?: Journal
  /** What is done before the first network: the image is made, leftovers of dead runs are removed. */
  readonly onProgress?: (line: string) => void
}

/** Containers load their code from a disk that nothing has read yet, all at the same time. */
const defaultReadyTimeoutMs = 30_000

interface Prepared {
  readonly engine: Engine
  readonly image: string
}

/**
 * Every node in a container of its own, on a network that it shares with the fabric alone, and recorded by the kernel too.
 * The engine is looked for, and the image made, when the first network is asked for.
 */
export function dockerRuntime(options: DockerRuntimeOptions = {}): Runtime {
  let preparing: Promise<Prepared> | undefined
  const prepared = () => {
    preparing ??= prepare(options).catch((error: unknown) => {
      // The next one tries again: an engine may have been started meanwhile.
      preparing = undefined
      throw error
    })
    return preparing
  }
  return hostedRuntime({
    name: 'docker',
    reserve: async () => reserveFreeBlock((await prepared()).engine),
    openHost: async (hostOptions) => dockerHost(await prepared())(hostOptions),
    defaultReadyTimeoutMs,
    ...(options.journal && { journal: options.journal }),
  })
}

async function prepare(options: DockerRuntimeOptions): Promise<Prepared> {
  const { onProgress = () => {} } = options
  const engine = options.engine ?? (await connectEngine())
  const { removed } = await sweepEngine(engine)
  for (const line of removed) onProgress(`removed ${line}, which a dead run left`)
  const image = options.image ?? (await ensureImage(engine, { onProgress })).name
  return { engine, image }
}
