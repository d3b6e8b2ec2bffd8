import type { Rejection } from '../../protocol/validity.ts'
import type { Resource } from './resource.ts'
import type { ResourceTree } from './resourceTree.ts'

/** A content that could never fit: larger than the container's `mbs`, or no instance allowed at all. */
export function tooLarge(container: Resource, size: number): Rejection | undefined {
  const { mbs, mni } = container.attributes
  if (typeof mbs === 'number' && size > mbs) {
    return { rsc: 5207, because: `${size} octets of content, the container takes ${mbs}` }
  }
  return mni === 0 ? { rsc: 5207, because: 'the container takes no instance' } : undefined
}

/** Drops the oldest instances until one of `size` octets fits within `mni` and `mbs`. */
export function makeRoom(tree: ResourceTree, container: Resource, size: number): void {
  dropUntil(tree, container, { instances: 1, bytes: size })
}

/** Drops the oldest instances until `mni` and `mbs` hold, as after their change. */
export function enforceLimits(tree: ResourceTree, container: Resource): void {
  dropUntil(tree, container, { instances: 0, bytes: 0 })
}

function dropUntil(
  tree: ResourceTree,
  { attributes, instances }: Resource,
  coming: { readonly instances: number; readonly bytes: number },
): void {
  if (instances === undefined) return
  const most = numberOr(attributes.mni)
  const mostBytes = numberOr(attributes.mbs)
  for (let oldest = instances.oldest; oldest; oldest = instances.oldest) {
    const fits =
      instances.count + coming.instances <= most && instances.bytes + coming.bytes <= mostBytes
    if (fits) return
    tree.remove(oldest)
  }
}

function numberOr(value: unknown): number {
  return typeof value === 'number' ? value : Number.POSITIVE_INFINITY
}
