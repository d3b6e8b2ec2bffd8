import type { RecordedLink, RecordedTopology } from '../model/runRecord.ts'

export type RecordedNode = RecordedTopology['nodes'][number]

/** A drawn box: one node, or the nodes of a group that were folded into one. */
export interface PlacedNode {
  readonly name: string
  readonly nodes: readonly RecordedNode[]
  /** Position in steps: columns from the field to the infrastructure, rows across them (fractions allowed). */
  readonly column: number
  readonly row: number
}

export interface PlacedLink {
  readonly from: PlacedNode
  readonly to: PlacedNode
  readonly links: readonly RecordedLink[]
}

export interface Layout {
  readonly nodes: readonly PlacedNode[]
  readonly links: readonly PlacedLink[]
  readonly columns: number
  readonly rows: number
  /** Number of field columns; the infrastructure starts there. */
  readonly fieldColumns: number
}

/** Places a network: registrees left of their registrars in the field, right of them in the infrastructure. */
export function layOut(topology: RecordedTopology): Layout {
  const tree = treeOf(topology)
  const field = topology.nodes.filter(isField)
  const depth = new Map(topology.nodes.map((node) => [node.name, depthOf(node, tree)]))
  const fieldColumns = Math.max(0, ...field.map((node) => depth.get(node.name) ?? 1))
  const boxes = rowsOf(topology, tree).flatMap(({ group, row }): PlacedNode[] => {
    const [first] = group
    if (first === undefined) return []
    const steps = depth.get(first.name) ?? 1
    const column = isField(first) ? fieldColumns - steps : fieldColumns + steps - 1
    const name = group.length === 1 ? first.name : `${group.length} more`
    return [{ name, nodes: group, column, row }]
  })
  const nodes = separate(boxes)
  const placed = new Map(nodes.flatMap((box) => box.nodes.map((node) => [node.name, box])))
  return {
    nodes,
    links: linksOf(topology, placed),
    columns: 1 + Math.max(0, ...nodes.map((node) => node.column)),
    rows: 1 + Math.max(0, ...nodes.map((node) => node.row)),
    fieldColumns,
  }
}

/** Moves boxes of one column apart; only a network that is no tree across the domains needs it. */
function separate(boxes: readonly PlacedNode[]): readonly PlacedNode[] {
  const columns = Map.groupBy(boxes, (box) => box.column)
  return [...columns.values()].flatMap((column) => {
    let free = Number.NEGATIVE_INFINITY
    return column
      .toSorted((a, b) => a.row - b.row)
      .map((box) => {
        const row = Math.max(box.row, free)
        free = row + 1
        return { ...box, row }
      })
  })
}

interface Tree {
  readonly byName: ReadonlyMap<string, RecordedNode>
  readonly parent: ReadonlyMap<string, RecordedNode>
  readonly children: ReadonlyMap<string, readonly RecordedNode[]>
}

function treeOf(topology: RecordedTopology): Tree {
  const byName = new Map(topology.nodes.map((node) => [node.name, node]))
  const parent = new Map<string, RecordedNode>()
  for (const link of topology.links) {
    const registrar = byName.get(link.to)
    if (registrar === undefined || link.from === link.to || parent.has(link.from)) continue
    parent.set(link.from, registrar)
  }
  const registered = topology.nodes.filter((node) => parent.has(node.name))
  const children = Map.groupBy(registered, (node) => parent.get(node.name)?.name ?? '')
  return { byName, parent, children }
}

function isField(node: RecordedNode): boolean {
  return node.domain === 'field'
}

/** Steps from the domain boundary, from 1. Bounded: a record may hold a loop. */
function depthOf(node: RecordedNode, tree: Tree): number {
  let depth = 1
  let at = tree.parent.get(node.name)
  while (at !== undefined && isField(at) === isField(node) && depth < deepest) {
    depth += 1
    at = tree.parent.get(at.name)
  }
  return depth
}

interface GroupRow {
  readonly group: readonly RecordedNode[]
  readonly row: number
}

/** Leaves take the next free row of their side, a registrar stands in the middle of its registrees. */
function rowsOf(topology: RecordedTopology, tree: Tree): readonly GroupRow[] {
  const fold = topology.nodes.length > manyNodes
  const out: GroupRow[] = []
  const seen = new Set<string>()
  const next = { field: 0, infrastructure: 0 }

  const visit = (group: readonly RecordedNode[], level: number): number => {
    for (const node of group) seen.add(node.name)
    const [node] = group
    if (node === undefined) return 0
    const side = isField(node) ? 'field' : 'infrastructure'
    const free = next[side]
    const open = group.length === 1 && level < deepest
    const registrees = open ? (tree.children.get(node.name) ?? []) : []
    const kids = registrees.filter((kid) => !seen.has(kid.name))
    const below = (list: readonly RecordedNode[]): readonly number[] =>
      grouped(list, tree, fold).map((one) => visit(one, level + 1))
    const beside = kids.filter((kid) => isField(kid) === isField(node))
    const far = below(kids.filter((kid) => isField(kid) !== isField(node)))
    // Registrees in the other domain decide where this node stands; those beside it gather around that row.
    if (far.length > 0) next[side] = Math.max(free, Math.floor(mean(far) - (beside.length - 1) / 2))
    const near = below(beside)
    const row = near.length > 0 ? mean(near) : Math.max(free, far.length > 0 ? mean(far) : 0)
    next[side] = Math.max(next[side], Math.floor(row) + 1)
    out.push({ group, row })
    return row
  }

  const roots = topology.nodes.filter((node) => !tree.parent.has(node.name))
  // Nodes of a loop have no root among them; they are visited last, in the order of the record.
  for (const node of [...roots, ...topology.nodes]) if (!seen.has(node.name)) visit([node], 1)
  return out
}

/** Middle between the first and the last. */
function mean(rows: readonly number[]): number {
  return ((rows[0] ?? 0) + (rows.at(-1) ?? 0)) / 2
}

/** Many registrees of one kind that nobody registers with become one box after the first two. */
function grouped(
  nodes: readonly RecordedNode[],
  tree: Tree,
  fold: boolean,
): readonly (readonly RecordedNode[])[] {
  const single = nodes.map((node) => [node])
  if (!fold) return single
  const leaves = nodes.filter((node) => !tree.children.has(node.name))
  if (leaves.length <= shownLeaves + 1) return single
  const shown = new Set(leaves.slice(0, shownLeaves))
  const kept = nodes.filter((node) => tree.children.has(node.name) || shown.has(node))
  return [...kept.map((node) => [node]), leaves.filter((node) => !shown.has(node))]
}

/** Longest chain that is drawn in one line. */
const deepest = 64
const manyNodes = 24
const shownLeaves = 1

function linksOf(
  topology: RecordedTopology,
  placed: ReadonlyMap<string, PlacedNode>,
): readonly PlacedLink[] {
  const pairs = new Map<PlacedNode, Map<PlacedNode, RecordedLink[]>>()
  for (const link of topology.links) {
    const from = placed.get(link.from)
    const to = placed.get(link.to)
    if (from === undefined || to === undefined) continue
    const targets = pairs.get(from) ?? new Map<PlacedNode, RecordedLink[]>()
    targets.set(to, [...(targets.get(to) ?? []), link])
    pairs.set(from, targets)
  }
  return [...pairs].flatMap(([from, targets]) =>
    [...targets].map(([to, links]) => ({ from, to, links })),
  )
}
