import type { Engine } from '../../engine/engine.ts'
import { withEngineErrors } from '../../engine/engineErrors.ts'
import type { Labels } from '../../engine/labels.ts'

export interface NetworkOrder {
  readonly name: string
  readonly labels: Labels
  /** As `10.101.0.8/29`. */
  readonly subnet: string
  readonly gateway: string
}

export interface EngineNetwork {
  readonly name: string
  /** Puts a container that was made, and not yet started, on it. */
  connect(containerId: string, address: string): Promise<void>
  /** Without effect when it is gone. */
  remove(): Promise<void>
}

/**
 * Makes a network that leads nowhere: the engine lets nothing out of an internal one, and without an address on the
 * bridge not even this machine is in it. @throws BenchError ADDRESS_IN_USE, ENGINE_FAILED
 */
export async function createNetwork(engine: Engine, order: NetworkOrder): Promise<EngineNetwork> {
  const { name, labels, subnet, gateway } = order
  const made = await withEngineErrors(`making the network ${name} (${subnet})`, () =>
    engine.client.createNetwork({
      Name: name,
      CheckDuplicate: true,
      Driver: 'bridge',
      Internal: true,
      Labels: { ...labels },
      IPAM: { Driver: 'default', Config: [{ Subnet: subnet, Gateway: gateway }] },
      Options: engine.kind === 'docker' ? { 'com.docker.network.bridge.inhibit_ipv4': 'true' } : {},
    }),
  )
  return {
    name,
    connect: (containerId, address) =>
      withEngineErrors(`putting a container on the network ${name}`, async () => {
        const EndpointConfig = { IPAMConfig: { IPv4Address: address } }
        await made.connect({ Container: containerId, EndpointConfig })
      }),
    remove: () =>
      withEngineErrors(`removing the network ${name}`, async () => {
        await made.remove().catch((error: unknown) => {
          if (!(error instanceof Error && 'statusCode' in error && error.statusCode === 404))
            throw error
        })
      }),
  }
}
