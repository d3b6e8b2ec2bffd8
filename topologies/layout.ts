import type { Plan, PlannedNode } from './plan.ts'

/** Where a node stands in the picture: columns count from the left, rows are in units of one leaf. */
export interface Place {
  readonly node: PlannedNode
  readonly column: number
  readonly row: number
}

export interface Layout {
  readonly places: readonly Place[]
  readonly columns: number
  readonly rows: number
  /** Column before which the infrastructure domain begins. */
  readonly border: number
}

/**
 * The IN in the middle, the field domain in columns to its left, the rest of the infrastructure domain to its right, each
 * node level with the middle of its registrees.
 */
export function layOut(plan: Plan): Layout {
  const registrar = new Map(
    plan.links
      .filter((link) => link.registree.node !== link.registrar.node)
      .map((link) => [link.registree.node, link.registrar.node]),
  )
  const root = plan.nodes.find((node) => !registrar.has(node.name))
  const sideOf = (node: PlannedNode): Side => (node.domain === 'field' ? 'left' : 'right')
  const trees = { left: makeTree(), right: makeTree() }
  const nodes = new Map(plan.nodes.map((node) => [node.name, node]))
  for (const node of plan.nodes) {
    if (node === root) continue
    const parent = nodes.get(registrar.get(node.name) ?? '')
    const isSameSide = parent !== undefined && parent !== root && sideOf(parent) === sideOf(node)
    const tree = trees[sideOf(node)]
    const siblings = tree.children.get(isSameSide ? parent.name : topOfTree) ?? []
    tree.children.set(isSameSide ? parent.name : topOfTree, [...siblings, node])
  }
  const left = placed(trees.left.children)
  const right = placed(trees.right.children)
  const rows = Math.max(left.rows, right.rows, 1)
  const rootColumn = left.depth
  const isRootInField = root?.domain === 'field'
  return {
    places: [
      ...left.places.map((place) => onSide(place, rootColumn, -1, (rows - left.rows) / 2)),
      ...(root === undefined ? [] : [{ node: root, column: rootColumn, row: (rows - 1) / 2 }]),
      ...right.places.map((place) => onSide(place, rootColumn, 1, (rows - right.rows) / 2)),
    ],
    columns: left.depth + (root === undefined ? 0 : 1) + right.depth,
    rows,
    border: isRootInField ? rootColumn + 1 : rootColumn,
  }
}

type Side = 'left' | 'right'
/** Not a node's name: those have no space. */
const topOfTree = 'top of tree'

function makeTree(): { readonly children: Map<string, readonly PlannedNode[]> } {
  return { children: new Map() }
}

/** Rows and depths of one side's tree; `column` is the distance from the root, from 1. */
function placed(children: ReadonlyMap<string, readonly PlannedNode[]>): {
  readonly places: readonly Place[]
  readonly rows: number
  readonly depth: number
} {
  const places: Place[] = []
  let rows = 0
  let deepest = 0
  const place = (node: PlannedNode, depth: number): number => {
    deepest = Math.max(deepest, depth)
    const below = (children.get(node.name) ?? []).map((child) => place(child, depth + 1))
    const row = below.length === 0 ? rows++ : ((below[0] ?? 0) + (below.at(-1) ?? 0)) / 2
    places.push({ node, column: depth, row })
    return row
  }
  for (const node of children.get(topOfTree) ?? []) place(node, 1)
  return { places, rows, depth: deepest }
}

function onSide(place: Place, rootColumn: number, direction: -1 | 1, down: number): Place {
  return { ...place, column: rootColumn + direction * place.column, row: place.row + down }
}
