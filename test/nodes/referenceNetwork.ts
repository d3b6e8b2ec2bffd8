import type { AeConfiguration, CredentialConfiguration, RunningNode } from '../../nodes/contract.ts'
import {
  freePort,
  loopback,
  makeNetwork,
  node,
  outbound,
  suite,
  type TestNetwork,
} from './network.ts'
import { openTap, type Tap } from './tap.ts'

export interface ReferenceNetwork {
  readonly network: TestNetwork
  readonly cse2: RunningNode
  readonly cse1: RunningNode
  readonly ae1: RunningNode
  readonly ae2: RunningNode
  /** Port of a CSE or AE listener by node name. */
  /** What travelled from CSE1 to CSE2, and from CSE2 to AE2. */
  readonly taps: { readonly up: Tap; readonly toAe2: Tap }
  readonly ports: { readonly cse1: number; readonly cse2: number; readonly ae2: number }
}

/** AE1 - CSE1 (MN) - CSE2 (IN) - AE2, every link with its own key, AE2 request reachable; without wires between. */
export async function startReference(
  misbehaviours: { readonly [name: string]: string[] } = {},
): Promise<ReferenceNetwork> {
  const network = await makeNetwork()
  try {
    return await bringUp(network, misbehaviours)
  } catch (error) {
    await network.stop()
    throw error
  }
}

async function bringUp(
  network: TestNetwork,
  misbehaviours: { readonly [name: string]: string[] },
): Promise<ReferenceNetwork> {
  const ports = { cse1: await freePort(), cse2: await freePort(), ae2: await freePort() }
  const taps = { up: await openTap(ports.cse2), toAe2: await openTap(ports.ae2) }
  network.defer(taps.up.close)
  network.defer(taps.toAe2.close)
  const url = (port: number) => `https://${loopback}:${port}`
  const pairs = {
    ae1: await network.credential('ae1-cse1@sp.example'),
    cse1: await network.credential('cse1-cse2@sp.example'),
    ae2: await network.credential('ae2-cse2@sp.example'),
  }
  const from = (name: keyof typeof pairs, peer: string): CredentialConfiguration => {
    const { id, keyFile } = pairs[name]
    return { id, keyFile, peer }
  }
  const listener = (port: number, credentials: CredentialConfiguration[]) =>
    ({
      address: loopback,
      port,
      binding: 'http',
      security: { saef: 'psk', suites: [suite], credentials },
    }) as const
  const secured = { autoRegister: true, cseBaseName: 'base' }
  const ids = { cse1: '//sp.example/cse1', cse2: '//sp.example/cse2' }
  const cse2 = await network.start(
    node('cse2', 'in', {
      misbehaviours: misbehaviours.cse2 ?? [],
      cse: {
        cseId: '/cse2',
        name: 'base',
        pointsOfAccess: [url(ports.cse2)],
        listener: listener(ports.cse2, [from('cse1', ids.cse1), from('ae2', `${ids.cse2}/CAE2`)]),
        registrees: [
          { id: ids.cse1, security: outbound(pairs.cse1, ids.cse1) },
          { id: `${ids.cse2}/CAE2`, security: outbound(pairs.ae2, `${ids.cse2}/CAE2`) },
        ],
        appRules: [rule('12-ae2-cse2@sp.example', 'Nae2', 'CAE2')],
      },
    }),
  )
  const cse1 = await network.start(
    node('cse1', 'mn', {
      misbehaviours: misbehaviours.cse1 ?? [],
      cse: {
        cseId: '/cse1',
        name: 'base',
        pointsOfAccess: [url(ports.cse1)],
        listener: listener(ports.cse1, [from('ae1', `${ids.cse1}/CAE1`), from('cse1', ids.cse2)]),
        registrees: [],
        registrar: {
          ...secured,
          cseId: '/cse2',
          pointOfAccess: url(taps.up.port),
          security: outbound(pairs.cse1, ids.cse2),
        },
        appRules: [rule('12-ae1-cse1@sp.example', 'Nae1', 'CAE1')],
      },
    }),
  )
  await network.waitFor(
    'registration of cse1',
    (e) => e.event === 'registered' && e.node === 'cse1',
  )
  const ae = (name: string, cse: 'cse1' | 'cse2', pair: 'ae1' | 'ae2'): AeConfiguration => ({
    name: name.toUpperCase(),
    aeIdStem: `C${name.toUpperCase()}`,
    appId: `N${name}`,
    resourceName: name,
    registrar: {
      ...secured,
      cseId: `/${cse}`,
      pointOfAccess: url(ports[cse]),
      security: outbound(pairs[pair], ids[cse]),
    },
  })
  const ae1 = await network.start(
    node('ae1', 'adn', { aes: [ae('ae1', 'cse1', 'ae1')], misbehaviours: misbehaviours.ae1 ?? [] }),
  )
  const ae2 = await network.start(
    node('ae2', 'in-ae', {
      misbehaviours: misbehaviours.ae2 ?? [],
      aes: [
        {
          ...ae('ae2', 'cse2', 'ae2'),
          listener: listener(ports.ae2, [from('ae2', ids.cse2)]),
          pointOfAccess: url(taps.toAe2.port),
        },
      ],
    }),
  )
  for (const name of ['ae1', 'ae2']) {
    await network.waitFor(
      `registration of ${name}`,
      (e) => (e.event === 'registered' || e.event === 'registration-failed') && e.node === name,
    )
  }
  return { network, cse1, cse2, ae1, ae2, ports, taps }
}

function rule(credentialId: string, appId: string, aeId: string) {
  return { credentialIds: [credentialId], appIds: [appId], aeIds: [aeId] }
}
