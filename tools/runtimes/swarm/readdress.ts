import { BenchError } from '../../../protocol/errors.ts'
import type { Plan, PlannedLink, PlannedNode, PlannedWay } from '../../../topologies/plan.ts'
import type { Placement } from './placement.ts'

/** Addresses that the swarm gave to tasks. */
export interface GivenAddresses {
  readonly subnetOf: (node: string) => string
  readonly gatewayOf: (node: string) => string
  readonly nodeAddress: (node: string) => string
  /** Of a machine's fabric in the network of a node. */
  readonly fabricAddress: (machineId: string, node: string) => string
}

/**
 * The plan with the addresses that there really are: a swarm lets nobody choose those of its tasks. Ports stay as
 * planned. @throws BenchError INTERNAL when something of the plan has no place
 */
export function readdress(plan: Plan, placement: Placement, given: GivenAddresses): Plan {
  const nodes = plan.nodes.map((node): PlannedNode => {
    const gateway = placement.gateways.get(node.name)
    const machine = placement.nodes.get(node.name)
    if (gateway === undefined || machine === undefined) throw unknown(node.name)
    return {
      ...node,
      address: given.nodeAddress(node.name),
      machine: machine.name,
      network: {
        subnet: given.subnetOf(node.name),
        gateway: given.gatewayOf(node.name),
        fabricAddress: given.fabricAddress(gateway.id, node.name),
      },
    }
  })
  const links = plan.links.map((link): PlannedLink => {
    const machine = placement.wires.get(link.wire)
    if (machine === undefined) throw unknown(link.wire)
    const moved = ({ listen, target }: PlannedWay, from: string, to: string): PlannedWay => ({
      listen: { address: given.fabricAddress(machine.id, from), port: listen.port },
      target: { address: given.nodeAddress(to), port: target.port },
    })
    const { registree, registrar } = link
    return {
      ...link,
      machine: machine.name,
      toRegistrar: moved(link.toRegistrar, registree.node, registrar.node),
      toRegistree: link.toRegistree.map((way) => ({
        ...moved(way, registrar.node, registree.node),
        entity: way.entity,
      })),
    }
  })
  return { ...plan, nodes, links }
}

function unknown(what: string): BenchError {
  return new BenchError('INTERNAL', `${what} was given no place in the swarm`)
}
