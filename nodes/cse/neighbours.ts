import { absoluteOf } from '../../protocol/identifiers.ts'
import type { CseState, Neighbours } from './work.ts'

/** Registree CSEs and their descendants as the remoteCSE resources say; made again when one of those changes. */
export function readNeighbours({
  tree,
  own,
  configuration,
}: Pick<CseState, 'tree' | 'own' | 'configuration'>): Neighbours {
  const registrees = []
  const registreeIds = []
  for (const { attributes } of tree.remoteCses()) {
    const cseId = String(attributes.csi)
    if (cseId === configuration.registrar?.cseId) continue
    registrees.push({ cseId, descendants: textsOf(attributes.dcse) })
    registreeIds.push(absoluteOf(cseId, own) ?? cseId)
  }
  return { registrees, registreeIds }
}

/** Every CSE below this one: what it reports as its own descendants. */
export function descendantsOf(neighbours: Neighbours): string[] {
  return neighbours.registrees.flatMap((each) => [each.cseId, ...each.descendants])
}

/** The strings of an attribute that is a list of texts. */
export function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []
}
