import type { Network, NetworkAe, NetworkLink, NetworkNode } from './network.ts'
import type { PlannedCredential } from './plan.ts'

/** One credential per registree entity of every secured link; both associations of the link use it (TS-0003 8.2.1). */
export function planCredentials(network: Network): readonly PlannedCredential[] {
  const nodes = new Map(network.nodes.map((node) => [node.name, node]))
  return network.links.flatMap((link) => {
    const registree = nodes.get(link.registree)
    const registrarCseId = nodes.get(link.registrar)?.cse?.cseId
    if (link.security === 'none' || registree === undefined || registrarCseId === undefined) {
      return []
    }
    const provider = `//${network.spId}`
    return holdersOf(link, registree, registrarCseId).map(
      ({ label, id }): PlannedCredential => ({
        kind: 'psk',
        id:
          link.credentialId ??
          `kpsa-${label}-${inKpsaAlphabet(registrarCseId.slice(1))}@${network.spId}`,
        wire: link.wire,
        entityA: provider + id,
        entityB: provider + registrarCseId,
      }),
    )
  })
}

/** SP-relative AE-ID; a stem still to be assigned is written as the wildcard `C*` or `S*`. */
export function aeIdOf(ae: NetworkAe, registrarCseId: string): string {
  const stem = isComplete(ae.stem) ? ae.stem : `${ae.stem}*`
  return ae.stem.startsWith('S') ? `/${stem}` : `${registrarCseId}/${stem}`
}

export function isComplete(stem: string): boolean {
  return stem.length > 1
}

function holdersOf(
  link: NetworkLink,
  registree: NetworkNode,
  registrarCseId: string,
): readonly { readonly label: string; readonly id: string }[] {
  if (link.referencePoint === 'Mcc') {
    const cseId = registree.cse?.cseId ?? ''
    return [{ label: inKpsaAlphabet(cseId.slice(1)), id: cseId }]
  }
  return registree.aes.map((ae) => ({
    label: inKpsaAlphabet(isComplete(ae.stem) ? ae.stem : `${ae.stem}-${ae.name}`),
    id: aeIdOf(ae, registrarCseId),
  }))
}

/** `~` may stand in a CSE-ID or stem and not in a KpsaID (TS-0003 10.5). */
function inKpsaAlphabet(text: string): string {
  return text.replaceAll('~', '_7E')
}
