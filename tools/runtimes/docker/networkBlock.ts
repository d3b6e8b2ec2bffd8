import type { PlannedNode } from '../../../topologies/plan.ts'
import type { Engine } from '../../engine/engine.ts'
import type { Labels } from '../../engine/labels.ts'
import type { Reservation } from '../runtime.ts'
import { inParallel } from './inParallel.ts'
import { networkOf } from './networkOf.ts'
import { createNetwork, type EngineNetwork } from './networks.ts'

/** Requests to the engine at a time: more only wait inside it. */
const atATime = 8

/**
 * The networks of one reserved block of addresses. Bridges remember nothing of who was on them, so that they can serve one
 * testbed after the other; making and removing them is what takes the engine longest.
 */
export class NetworkBlock {
  readonly reservation: Reservation
  readonly #engine: Engine
  readonly #labels: Labels
  readonly #prefix: string
  readonly #networks = new Map<string, Promise<EngineNetwork>>()

  constructor(
    reservation: Reservation,
    options: { readonly engine: Engine; readonly labels: Labels; readonly prefix: string },
  ) {
    this.reservation = reservation
    this.#engine = options.engine
    this.#labels = options.labels
    this.#prefix = options.prefix
  }

  /** The networks of these nodes, by name of the node. @throws BenchError ADDRESS_IN_USE, ENGINE_FAILED */
  async networksFor(nodes: readonly PlannedNode[]): Promise<ReadonlyMap<string, EngineNetwork>> {
    const networks = await inParallel(nodes, { atATime }, async (node) => this.#network(node))
    return new Map(nodes.map(({ name }, index) => [name, networks[index] as EngineNetwork]))
  }

  /** Removes them all; whoever was on them is gone. Never rejects: says what it could not remove. */
  async remove(): Promise<readonly string[]> {
    const made = await Promise.allSettled(this.#networks.values())
    this.#networks.clear()
    const networks = made.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    const problems = await inParallel(networks, { atATime }, (network) =>
      network.remove().then(
        () => [],
        (error: unknown) => [String(error)],
      ),
    )
    return problems.flat()
  }

  #network(node: PlannedNode): Promise<EngineNetwork> {
    const { subnet, gateway } = networkOf(node)
    const known = this.#networks.get(subnet)
    if (known !== undefined) return known
    const name = `${this.#prefix}-${subnet.replaceAll(/[./]/g, '-')}`
    const made = createNetwork(this.#engine, { name, labels: this.#labels, subnet, gateway })
    this.#networks.set(subnet, made)
    made.catch(() => this.#networks.delete(subnet))
    return made
  }
}
