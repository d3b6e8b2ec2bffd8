import { absoluteOf, type Own } from '../../protocol/identifiers.ts'
import { resourceTypeNames } from '../../protocol/names.ts'
import type { JsonObject } from '../../protocol/primitive.ts'
import { seededHex } from '../../protocol/random.ts'
import { ResourceType } from '../../protocol/resources/resourceTable.ts'
import { parseTimestamp } from '../../protocol/time.ts'
import { InstanceList } from './instanceList.ts'
import type { Resource } from './resource.ts'

/** What `add` needs to know of a new resource. */
export interface NewResource {
  readonly ty: number
  readonly parent: Resource | undefined
  readonly attributes: JsonObject
  readonly creator: string | undefined
  /** Absent = one is made up. */
  readonly ri?: string
}

/** All resources of one CSE, found by name or by identifier in time that does not grow with their number. */
export class ResourceTree {
  readonly root: Resource
  readonly #own: Own
  readonly #byId = new Map<string, Resource>()
  /** AE resources by absolute AE-ID. */
  readonly #aes = new Map<string, Resource>()
  /** remoteCSE resources by SP-relative CSE-ID. */
  readonly #remoteCses = new Map<string, Resource>()
  readonly #prefix: string
  #made = 0

  constructor(own: Own, options: { readonly seed: number; readonly base: JsonObject }) {
    this.#own = own
    this.#prefix = seededHex(options.seed, `resource ids of ${own.cseId}`, 3)
    const { base: attributes } = options
    const ri = String(attributes.ri)
    this.root = this.add(
      { ty: ResourceType.cseBase, parent: undefined, attributes, creator: undefined, ri },
      0,
    )
  }

  get size(): number {
    return this.#byId.size
  }

  /** An identifier nothing has yet, e.g. `cin3fa01b7`. */
  freshId(ty: number): string {
    this.#made += 1
    return `${shortNameOf(ty)}${this.#prefix}${this.#made.toString(36)}`
  }

  add(made: NewResource, contentSize: number): Resource {
    const { ty, parent, attributes, creator } = made
    const ri = made.ri ?? this.freshId(ty)
    const rn = typeof attributes.rn === 'string' ? attributes.rn : ri
    Object.assign(attributes, { ri, rn })
    const instances = ty === ResourceType.container ? new InstanceList() : undefined
    const resource: Resource = {
      ...{ ty, ri, rn, parent, attributes, creator, instances },
      children: ty === ResourceType.contentInstance ? childless : new Map(),
      expiresAtMs: expiryOf(attributes),
    }
    this.#byId.set(ri, resource)
    parent?.children.set(rn, resource)
    if (ty === ResourceType.contentInstance) parent?.instances?.append(resource, contentSize)
    this.#index(resource, (map, key) => map.set(key, resource))
    return resource
  }

  /** Takes a resource and everything below it out of the tree. */
  remove(resource: Resource): void {
    for (const child of [...resource.children.values()]) this.remove(child)
    this.#byId.delete(resource.ri)
    resource.parent?.children.delete(resource.rn)
    resource.parent?.instances?.remove(resource)
    this.#index(resource, (map, key) => map.delete(key))
  }

  byId(ri: string): Resource | undefined {
    return this.#byId.get(ri)
  }

  /** The AE registered here under an absolute AE-ID. */
  ae(absoluteId: string): Resource | undefined {
    return this.#aes.get(absoluteId)
  }

  /** The remoteCSE that stands for an SP-relative CSE-ID. */
  remoteCse(cseId: string): Resource | undefined {
    return this.#remoteCses.get(cseId)
  }

  remoteCses(): Iterable<Resource> {
    return this.#remoteCses.values()
  }

  #index(resource: Resource, change: (map: Map<string, Resource>, key: string) => void): void {
    const { ty, attributes } = resource
    if (ty === ResourceType.ae) {
      const id = absoluteOf(String(attributes.aei), this.#own)
      if (id !== undefined) change(this.#aes, id)
    }
    if (ty === ResourceType.remoteCse) change(this.#remoteCses, String(attributes.csi))
  }
}

/** Instances are many and never have children. */
const childless: Map<string, Resource> = new Map()

function shortNameOf(ty: number): string {
  return resourceTypeNames.find((row) => row.ty === ty)?.shortName ?? 'res'
}

/** Milliseconds since the epoch of the attribute `et`; Infinity where there is none. */
export function expiryOf(attributes: JsonObject): number {
  if (typeof attributes.et !== 'string') return Number.POSITIVE_INFINITY
  const parsed = parseTimestamp(attributes.et)
  return parsed.ok ? parsed.value : Number.POSITIVE_INFINITY
}
