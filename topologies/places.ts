import type { NodeNetwork, Place } from './addressing.ts'
import type { NetworkLink } from './network.ts'

/** What depends on where the nodes run. */
export interface Places {
  nodeAddress(node: string): string
  /** Absent where all nodes share the network of one machine. */
  nodeNetwork(node: string): NodeNetwork | undefined
  /** Where the wire of a link listens for the registree. */
  towardsRegistrar(link: NetworkLink): Place
  /** Where it listens for the registrar, one place per request reachable entity of the registree. */
  towardsRegistree(link: NetworkLink, entity: number): Place
}

/** Below the range the kernel takes client ports from, and away from the ports services like to use. */
export const firstWirePort = 20_001

export function known<T>(map: ReadonlyMap<string, T>, name: string): T {
  const value = map.get(name)
  if (value === undefined) throw new RangeError(`not in the address book: ${name}`)
  return value
}
