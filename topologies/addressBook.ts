import type { Addressing } from './addressing.ts'
import { loopbackPlaces } from './loopbackPlaces.ts'
import type { Network } from './network.ts'
import { networkPlaces } from './networkPlaces.ts'
import { known, type Places } from './places.ts'

/** Where everything of a network listens. All addresses are IPv4. */
export interface AddressBook extends Places {
  csePort(node: string): number
  aePort(ae: string): number
}

const securedCsePort = 21_443
const plainCsePort = 21_080
const firstAePort = 21_501

const placesOf: {
  readonly [Scheme in Addressing['scheme']]: (network: Network, block: string) => Places
} = { loopback: loopbackPlaces, networks: networkPlaces }

export function makeAddressBook(network: Network, addressing: Addressing): AddressBook {
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
    ...placesOf[addressing.scheme](network, addressing.block),
    csePort: (node) => known(csePorts, node),
    aePort: (ae) => known(aePorts, ae),
  }
}
