import type { Network } from './network.ts'
import { firstWirePort, known, type Places } from './places.ts'

/** Nodes get the lower half of a block of loopback addresses, wires the upper half, one address each. */
export function loopbackPlaces(network: Network, block: string): Places {
  const fixed = new Set(network.nodes.flatMap((node) => node.address ?? []))
  const nodeAddresses = new Map<string, string>()
  const free = addresses(block, 0, fixed)
  for (const node of network.nodes) {
    nodeAddresses.set(node.name, node.address ?? nextOf(free))
  }
  const wires = addresses(block, 128, fixed)
  const wireAddresses = new Map(network.links.map((link) => [link.wire, nextOf(wires)]))
  const place = (wire: string, way: number) => ({
    address: known(wireAddresses, wire),
    port: firstWirePort + way,
  })
  return {
    nodeAddress: (node) => known(nodeAddresses, node),
    nodeNetwork: () => undefined,
    towardsRegistrar: ({ wire }) => place(wire, 0),
    towardsRegistree: ({ wire }, entity) => place(wire, entity + 1),
  }
}

/** `127.42.0.1` … `127.42.0.250`, `127.42.1.1` …, without those a file already gave away. */
function* addresses(block: string, first: number, taken: ReadonlySet<string>): Generator<string> {
  for (let third = first; third < first + 128; third++) {
    for (let fourth = 1; fourth <= 250; fourth++) {
      const address = `${block}.${third}.${fourth}`
      if (!taken.has(address)) yield address
    }
  }
}

function nextOf(addresses: Generator<string>): string {
  const { value, done } = addresses.next()
  // The bound on nodes keeps every network far below the size of a block.
  if (done === true) throw new RangeError('the address block is used up')
  return value
}
