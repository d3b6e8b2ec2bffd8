import { BenchError } from '../protocol/errors.ts'
import { makeAddressBook } from './addressBook.ts'
import type { Addressing } from './addressing.ts'
import { closest } from './closest.ts'
import type { Network } from './network.ts'
import type { Topology } from './parse.ts'
import type { Plan } from './plan.ts'
import { planCredentials } from './plannedCredentials.ts'
import { planLinks } from './plannedLinks.ts'
import { planLevels, planNodes } from './plannedNodes.ts'
import { topologyError } from './problem.ts'
import { resolveNetwork } from './resolve.ts'
import type { Scalar } from './topology.ts'

export interface PlanOptions {
  readonly seed: number
  /** Where the addresses come from; a runtime says which ones it can use. */
  readonly addressing: Addressing
  /** Values for parameters of the topology; the others keep their defaults. */
  readonly parameters?: Readonly<Record<string, Scalar>>
  /** Nodes that wait until the scenario registers them. */
  readonly manual?: readonly string[]
  /** Misbehaviours by node, added to those of the file. */
  readonly misbehaviours?: Readonly<Record<string, readonly string[]>>
}

/**
 * Everything about the network that can be known before it is started. Pure: the same input makes the same plan. Throws
 * TOPOLOGY_INVALID when the parameters do not fit, USAGE when an option names a node that is not there or the addresses do
 * not suffice.
 */
export function makePlan(topology: Topology, options: PlanOptions): Plan {
  const { document, name } = topology
  const { network, parameters, problems } = resolveNetwork(document, options.parameters ?? {})
  if (network === undefined) throw topologyError(document.file, problems)
  refuseUnknownNodes(network, options)
  const book = makeAddressBook(network, options.addressing)
  const credentials = planCredentials(network)
  const levels = planLevels(network)
  return {
    name,
    ...(network.description === undefined ? {} : { description: network.description }),
    spId: network.spId,
    seed: options.seed,
    parameters,
    nodes: planNodes(network, { book, credentials, order: levels.flat(), options }),
    levels,
    links: planLinks(network, book),
    credentials,
  }
}

function refuseUnknownNodes(network: Network, options: PlanOptions): void {
  const known = network.nodes.map((node) => node.name)
  const named = [...(options.manual ?? []), ...Object.keys(options.misbehaviours ?? {})]
  for (const name of named) {
    if (known.includes(name)) continue
    const near = closest(name, known)
    throw new BenchError('USAGE', `the network \`${network.name}\` has no node \`${name}\``, {
      remedy:
        near === undefined
          ? `name one of its nodes: ${known.slice(0, 20).join(', ')}`
          : `did you mean \`${near}\`?`,
    })
  }
}
