import { absoluteOf, type Own, parseEntityId } from '../../protocol/identifiers.ts'
import type { CseConfiguration } from '../contract.ts'
import { makeOutbound, type Outbound } from '../http/outbound.ts'
import type { NodeContext } from '../nodeContext.ts'
import { type LoadedOutbound, loadOutbound } from '../security/credentials.ts'

/** The ways from a CSE to its neighbours: one per neighbour and point of access, made when first needed. */
export interface Links {
  readonly registrar: Outbound | undefined
  /** To a registree, by absolute id, over the second association (TS-0003 8.2.1) where one is configured. */
  toRegistree(id: string, pointOfAccess: string): Outbound
  disconnect(): void
}

export async function makeLinks(
  context: NodeContext,
  configuration: CseConfiguration,
  own: Own,
): Promise<Links> {
  const { registrar } = configuration
  const security = registrar?.security && (await loadOutbound(registrar.security))
  const up =
    registrar &&
    makeOutbound(context, {
      ...nameOf(registrar.cseId, own),
      pointOfAccess: registrar.pointOfAccess,
      ...(security ? { security } : {}),
    })
  const secured = new Map<string, LoadedOutbound>()
  for (const registree of configuration.registrees) {
    if (registree.security) secured.set(registree.id, await loadOutbound(registree.security))
  }
  const down = new Map<string, Outbound>()
  return {
    registrar: up,
    toRegistree: (id, pointOfAccess) => {
      const key = `${id} ${pointOfAccess}`
      const known = down.get(key)
      if (known !== undefined) return known
      const inClear = context.misbehaves('second-association-in-clear')
      const security = inClear ? undefined : secured.get(id)
      const options = { ...nameOf(id, own), pointOfAccess, ...(security ? { security } : {}) }
      const made = makeOutbound(context, options)
      down.set(key, made)
      return made
    },
    disconnect: () => {
      up?.disconnect()
      for (const outbound of down.values()) outbound.disconnect()
    },
  }
}

/** Absolute id of a neighbour, and its name in server_name: labels from the id down to the provider's domain. */
export function nameOf(id: string, own: Own): { peer: string; serverName?: string } {
  const peer = absoluteOf(id, own) ?? id
  const parsed = parseEntityId(peer)
  if (!parsed.ok) return { peer }
  const { spId = own.spId, cseId = '' } = parsed.value
  const stem = parsed.value.kind === 'ae' ? [parsed.value.stem] : []
  const labels = [...stem, cseId.slice(1), spId].filter((label) => label !== '')
  const name = labels.join('.').toLowerCase()
  return /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*$/.test(name)
    ? { peer, serverName: name }
    : { peer }
}
