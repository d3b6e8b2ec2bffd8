import { BenchError } from '../../../protocol/errors.ts'
import type { Plan } from '../../../topologies/plan.ts'

/** Subnets of the networks that a plan gets across a swarm, all of them in the block that was reserved for it. */
export interface SiteAddresses {
  /** Of the fabrics and the relay. */
  readonly control: { readonly subnet: string; readonly relay: string }
  subnetOf(node: number): string
  gatewayOf(node: number): string
}

/** A network has the node, a fabric per machine that has wires to it, and an address that each machine takes for itself. */
const networkSize = 32
/** The first 1024 addresses. */
const controlNetworks = 32
const mostNodes = 65_536 / networkSize - controlNetworks

/** @param block first two numbers, e.g. `10.101` @throws BenchError USAGE when the plan has more nodes than networks fit */
export function siteAddresses({ nodes, name }: Plan, block: string): SiteAddresses {
  if (nodes.length > mostNodes) {
    throw new BenchError('USAGE', `\`${name}\` has ${nodes.length} nodes`, {
      remedy: `a swarm takes ${mostNodes} at a time: make the topology smaller`,
    })
  }
  const at = (node: number, host: number) => {
    const offset = (node + controlNetworks) * networkSize + host
    return `${block}.${Math.floor(offset / 256)}.${offset % 256}`
  }
  return {
    // The swarm gives out low addresses first: the highest is free for the relay.
    control: { subnet: `${block}.0.0/22`, relay: `${block}.3.254` },
    subnetOf: (node) => `${at(node, 0)}/27`,
    gatewayOf: (node) => at(node, 1),
  }
}
