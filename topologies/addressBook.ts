import type { Network } from './network.ts'

/** Where everything of a network listens. All addresses are IPv4. */
export interface AddressBook {
  nodeAddress(node: string): string
  csePort(node: string): number
  aePort(ae: string): number
  wireAddress(wire: string): string
  /** Port of a wire's way: 0 leads to the registrar, 1 and up back to the registree's entities. */
  wirePort(way: number): number
}

// Below the range the kernel takes client ports from, and away from the ports services like to use.
const firstWirePort = 20_001
const securedCsePort = 21_443
const plainCsePort = 21_080
const firstAePort = 21_501

/** Nodes get the lower half of the block, wires the upper half, one address each. */
export function makeAddressBook(network: Network, block: string): AddressBook {
  const fixed = new Set(network.nodes.flatMap((node) => node.address ?? []))
  const nodeAddresses = new Map<string, string>()
  const free = addresses(block, 0, fixed)
  for (const node of network.nodes) {
    nodeAddresses.set(node.name, node.address ?? nextOf(free))
  }
  const wires = addresses(block, 128, fixed)
  const wireAddresses = new Map(network.links.map((link) => [link.wire, nextOf(wires)]))
  const securedCses = new Set(
    network.links.flatMap((link) =>
      link.security === 'none' ? [] : [link.registrar, link.registree],
    ),
  )
  const csePorts = new Map(
    network.nodes.map((node) => [
      node.name,
      node.port ?? (securedCses.has(node.name) ? securedCsePort : plainCsePort),
    ]),
  )
  const aePorts = new Map(
    network.nodes.flatMap((node) =>
      node.aes.map((ae, index): [string, number] => [ae.name, firstAePort + index]),
    ),
  )
  return {
    nodeAddress: (node) => known(nodeAddresses, node),
    csePort: (node) => known(csePorts, node),
    aePort: (ae) => known(aePorts, ae),
    wireAddress: (wire) => known(wireAddresses, wire),
    wirePort: (way) => firstWirePort + way,
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

function known<T>(map: ReadonlyMap<string, T>, name: string): T {
  const value = map.get(name)
  if (value === undefined) throw new RangeError(`not in the address book: ${name}`)
  return value
}
