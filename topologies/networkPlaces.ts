import { BenchError } from '../protocol/errors.ts'
import type { NodeNetwork, Place } from './addressing.ts'
import type { Network } from './network.ts'
import { firstWirePort, known, type Places } from './places.ts'

/** A network of eight addresses per node: gateway, fabric and node take the first three that may be used. */
const networkSize = 8
const mostNetworks = 65_536 / networkSize
/** The kernel takes client ports from here on. */
const lastWirePort = 32_767

/**
 * Every node in a network of its own. The fabric is on all of them, at one address each, where every way that starts in that
 * network has a port: those of the node as registree, and those back to the registrees of its CSE.
 */
export function networkPlaces(network: Network, block: string): Places {
  if (network.nodes.length > mostNetworks) {
    throw new BenchError(
      'USAGE',
      `\`${network.name}\` has ${network.nodes.length} nodes; ${block}.0.0/16 has networks for ${mostNetworks}`,
      { remedy: 'make the topology smaller, or run it in one machine: --runtime local' },
    )
  }
  refuseFixedAddresses(network)
  const indexes = new Map(network.nodes.map(({ name }, index) => [name, index]))
  const at = (node: string, host: number) => addressOf(block, known(indexes, node), host)
  const places = wirePlaces(network, (node) => at(node, 2))
  return {
    nodeAddress: (node) => at(node, 3),
    nodeNetwork: (node): NodeNetwork => ({
      subnet: `${at(node, 0)}/29`,
      gateway: at(node, 1),
      fabricAddress: at(node, 2),
    }),
    towardsRegistrar: ({ wire }) => known(places, wayName(wire, 0)),
    towardsRegistree: ({ wire }, entity) => known(places, wayName(wire, entity + 1)),
  }
}

function refuseFixedAddresses({ name, nodes }: Network): void {
  const fixed = nodes.find(({ address }) => address !== undefined)
  if (fixed === undefined) return
  throw new BenchError(
    'USAGE',
    `\`${name}\` gives \`${fixed.name}\` the address ${fixed.address}, and its nodes are to run in networks of their own`,
    { remedy: 'leave `address` out, or run it in one machine: --runtime local' },
  )
}

/** Gives out the ports of each fabric address in the order of the links. */
function wirePlaces(
  network: Network,
  fabricAddress: (node: string) => string,
): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>()
  const used = new Map<string, number>()
  const nodes = new Map(network.nodes.map((node) => [node.name, node]))
  const give = (node: string, way: string) => {
    const port = firstWirePort + (used.get(node) ?? 0)
    if (port > lastWirePort) {
      throw new BenchError('USAGE', `more wires start at \`${node}\` than there are ports`, {
        remedy: 'spread its registrees over several registrars',
      })
    }
    used.set(node, port - firstWirePort + 1)
    places.set(way, { address: fabricAddress(node), port })
  }
  for (const { wire, registree, registrar, referencePoint } of network.links) {
    give(registree, wayName(wire, 0))
    const reachable = nodes.get(registree)?.aes.filter((ae) => ae.reachable)
    const back = referencePoint === 'Mcc' ? 1 : (reachable?.length ?? 0)
    for (let entity = 0; entity < back; entity++) give(registrar, wayName(wire, entity + 1))
  }
  return places
}

function wayName(wire: string, way: number): string {
  return `${wire} ${way}`
}

function addressOf(block: string, index: number, host: number): string {
  const offset = index * networkSize + host
  return `${block}.${Math.floor(offset / 256)}.${offset % 256}`
}
