import { isHostedBy, parseResourceAddress, type ResourceAddress } from '../../protocol/address.ts'
import type { Own } from '../../protocol/identifiers.ts'
import { ResourceType } from '../../protocol/resources/resourceTable.ts'
import type { Resource } from './resource.ts'
import type { ResourceTree } from './resourceTree.ts'

/** What an address leads to; `virtual` where it ended in `la` or `ol` of a container. */
export interface Target {
  readonly resource: Resource
  readonly virtual?: 'la' | 'ol'
}

/** Follows an address of this CSE: structured, unstructured, or hybrid (TS-0001 7.2). Expired resources are gone. */
export function findTarget(
  tree: ResourceTree,
  address: ResourceAddress,
  nowMs: number,
): Target | undefined {
  const [first, ...rest] = address.segments
  if (first === undefined) return { resource: tree.root }
  const start = first === '-' || first === tree.root.rn ? tree.root : tree.byId(first)
  let at = alive(tree, start, nowMs)
  for (const [index, name] of rest.entries()) {
    if (at === undefined) return undefined
    const last = index === rest.length - 1
    if (last && at.instances && (name === 'la' || name === 'ol'))
      return instanceOf(tree, at, name, nowMs)
    at = alive(tree, at.children.get(name), nowMs)
  }
  return at && { resource: at }
}

/** A resource of this CSE by any form of its identifier; undefined for one of another CSE, or none. */
export function findResource(
  tree: ResourceTree,
  id: string,
  { own, nowMs }: { readonly own: Own; readonly nowMs: number },
): Resource | undefined {
  const address = parseResourceAddress(id)
  if (!address.ok || !isHostedBy(address.value, own)) return undefined
  const target = findTarget(tree, address.value, nowMs)
  return target?.virtual === undefined ? target?.resource : undefined
}

function instanceOf(
  tree: ResourceTree,
  container: Resource,
  virtual: 'la' | 'ol',
  nowMs: number,
): Target | undefined {
  dropOverage(tree, container, nowMs)
  const { instances } = container
  const resource = virtual === 'la' ? instances?.latest : instances?.oldest
  return resource && { resource, virtual }
}

/** Removes instances that are older than the container's `mia` (seconds) or past their own expiration time. */
export function dropOverage(tree: ResourceTree, container: Resource, nowMs: number): void {
  const { instances } = container
  for (let oldest = instances?.oldest; oldest; oldest = instances?.oldest) {
    if (oldest.expiresAtMs > nowMs) return
    tree.remove(oldest)
  }
}

function alive(
  tree: ResourceTree,
  resource: Resource | undefined,
  nowMs: number,
): Resource | undefined {
  if (resource === undefined || resource.expiresAtMs > nowMs) return resource
  if (resource.ty === ResourceType.cseBase) return resource
  tree.remove(resource)
  return undefined
}
