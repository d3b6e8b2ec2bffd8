import type { AppRule, RunningNode } from '../../nodes/contract.ts'
import { makeOutbound } from '../../nodes/http/outbound.ts'
import { makeContext } from '../../nodes/nodeContext.ts'
import type { RequestPrimitive, ResponsePrimitive } from '../../protocol/primitive.ts'
import { loopback, makeNetwork, node, type TestNetwork } from './network.ts'

export interface PlainCse {
  readonly network: TestNetwork
  readonly cse: RunningNode
  readonly port: number
}

/** An IN-CSE `/cse9` with CSEBase `base` on plain HTTP, whose administrator is CAdmin. */
export async function plainCse(
  options: { readonly misbehaviours?: string[]; readonly appRules?: readonly AppRule[] } = {},
): Promise<PlainCse> {
  const network = await makeNetwork()
  const { misbehaviours = [], appRules } = options
  const cse = await network.start(
    node('cse9', 'in', {
      misbehaviours,
      cse: {
        cseId: '/cse9',
        name: 'base',
        listener: { address: loopback, port: 0, binding: 'http' },
        pointsOfAccess: [],
        registrees: [],
        adminOriginator: 'CAdmin',
        ...(appRules ? { appRules } : {}),
      },
    }),
  )
  return { network, cse, port: cse.ready.listeners[0]?.port ?? 0 }
}

/** Sends one request over a plain connection of its own. */
export async function plainRequest(
  port: number,
  request: RequestPrimitive,
): Promise<ResponsePrimitive> {
  const environment = { emit: () => {}, keyLog: () => {}, now: Date.now }
  const context = makeContext(node('client', 'adn'), environment, new AbortController().signal)
  const options = { peer: '//sp.example/cse9', pointOfAccess: `http://${loopback}:${port}` }
  const way = makeOutbound(context, options)
  try {
    const outcome = await way.send(request, 2000)
    if (outcome.outcome === 'response') return outcome.response
    throw new Error(`${outcome.cause}: ${outcome.because}`)
  } finally {
    way.disconnect()
  }
}
