import type { JsonObject } from '../../protocol/primitive.ts'
import type { InstanceList } from './instanceList.ts'

/** A resource as the hosting CSE holds it. */
export interface Resource {
  readonly ty: number
  /** resourceID, unstructured. */
  readonly ri: string
  /** resourceName, unique among siblings. */
  readonly rn: string
  readonly parent: Resource | undefined
  /** Every stored attribute by short name, the universal ones included; computed ones are added on retrieval. */
  attributes: JsonObject
  /** Absolute id of the originator that created it; the default policy goes by it (TS-0001 9.6.1.3.2). */
  readonly creator: string | undefined
  readonly children: Map<string, Resource>
  /** Containers only. */
  readonly instances: InstanceList | undefined
  /** When it expires, in milliseconds since the epoch; Infinity = never. */
  expiresAtMs: number
}

/** `base/ae1/readings`: names from the CSEBase down. */
export function structuredAddressOf(resource: Resource): string {
  const names: string[] = []
  for (let at: Resource | undefined = resource; at !== undefined; at = at.parent) names.push(at.rn)
  return names.reverse().join('/')
}
