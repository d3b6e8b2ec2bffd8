import type { RunningNode } from '../../nodes/contract.ts'
import {
  freePort,
  loopback,
  makeNetwork,
  node,
  outbound,
  type Pair,
  suite,
  type TestNetwork,
} from './network.ts'

/** `transit` middle nodes c1 … cN below an IN, and an AE at c1; every link with its own key, both ways. */
export async function startChain(
  transit: number,
): Promise<{ network: TestNetwork; cses: RunningNode[]; ae: RunningNode; topAe: RunningNode }> {
  const network = await makeNetwork()
  try {
    const ports: number[] = []
    for (let i = 0; i <= transit; i += 1) ports.push(await freePort())
    const pairs: Pair[] = []
    // Pair i is between entity i and the CSE above it; entity 0 is the AE. The last one is of the AE at the IN.
    for (let i = 0; i <= transit + 1; i += 1)
      pairs.push(await network.credential(`link${i}@sp.example`))
    const id = (cse: number) => `//sp.example/c${cse}`
    const url = (cse: number) => `https://${loopback}:${ports[cse - 1]}`
    const link = (index: number, peer: string) => {
      const pair = pairs[index]
      if (pair === undefined) throw new Error(`no pair ${index}`)
      return outbound(pair, peer)
    }
    const cses: RunningNode[] = []
    for (let cse = transit + 1; cse >= 1; cse -= 1) {
      const isIn = cse === transit + 1
      const below = cse === 1 ? `${id(1)}/CAE` : id(cse - 1)
      const credentials = [link(cse - 1, below).credential]
      credentials.push(link(cse, isIn ? `${id(cse)}/CTOP` : id(cse + 1)).credential)
      const started = await network.start(
        node(`c${cse}`, isIn ? 'in' : 'mn', {
          cse: {
            cseId: `/c${cse}`,
            name: 'base',
            listener: {
              address: loopback,
              port: ports[cse - 1] ?? 0,
              binding: 'http',
              security: { saef: 'psk', suites: [suite], credentials },
            },
            pointsOfAccess: [url(cse)],
            registrees: [{ id: below, security: link(cse - 1, below) }],
            ...(isIn
              ? {}
              : {
                  registrar: {
                    cseId: `/c${cse + 1}`,
                    cseBaseName: 'base',
                    pointOfAccess: url(cse + 1),
                    ownPointOfAccess: url(cse),
                    autoRegister: true,
                    security: link(cse, id(cse + 1)),
                  },
                }),
          },
        }),
      )
      cses.unshift(started)
      if (!isIn) {
        await network.waitFor(`c${cse}`, (e) => e.event === 'registered' && e.node === `c${cse}`)
      }
    }
    const startAe = async (name: string, cse: number, pair: number) => {
      const registrar = {
        cseId: `/c${cse}`,
        cseBaseName: 'base',
        pointOfAccess: url(cse),
        autoRegister: true,
        security: link(pair, id(cse)),
      }
      const own = { name, aeIdStem: `C${name}`, appId: `N${name}`, resourceName: name, registrar }
      const ae = await network.start(node(name, 'adn', { aes: [own] }))
      await network.waitFor(name, (e) => e.event === 'registered' && e.node === name)
      return ae
    }
    const ae = await startAe('AE', 1, 0)
    const topAe = await startAe('TOP', transit + 1, transit + 1)
    return { network, cses, ae, topAe }
  } catch (error) {
    await network.stop()
    throw error
  }
}
