import type { NodeKind } from './plan.ts'
import type { FieldPath, FoundProblem } from './problem.ts'
import type { NodeEntry } from './topology.ts'

/** One node after repetition; `registrar` is still the name the file gives, or a neighbour in a chain. */
export interface ExpandedNode {
  readonly name: string
  readonly kind: NodeKind
  /** Entry of the file it came from, and what was put behind its names (`3`, `1-2`, or nothing). */
  readonly group: string
  readonly suffix: string
  readonly path: FieldPath
  readonly registrar?: string
  readonly entry: NodeEntry
}

export interface Expansion {
  readonly nodes: readonly ExpandedNode[]
  /** Chains of no nodes: who names one of these registers with the chain's registrar instead. */
  readonly emptyChains: ReadonlyMap<string, string>
  readonly problems: readonly FoundProblem[]
}

/** More nodes than this are not planned. */
export const mostNodes = 10_000

/** Writes out `repeat`, `chain` and `per`. */
export function expand(entries: Readonly<Record<string, NodeEntry>>): Expansion {
  const problems: FoundProblem[] = []
  const nodes: ExpandedNode[] = []
  for (const [group, entry] of Object.entries(entries)) {
    const problem = repetitionProblem(group, entry, entries)
    if (problem !== undefined) problems.push(problem)
    const suffixes = suffixesOf(entry, entries)
    if (nodes.length + suffixes.length > mostNodes) {
      const message = `\`${group}\` would bring the network to ${nodes.length + suffixes.length} nodes`
      const remedy = `at most ${mostNodes} nodes are planned: lower \`repeat\``
      return {
        nodes,
        emptyChains: emptyChainsOf(entries),
        problems: [...problems, { path: ['nodes', group], message, remedy }],
      }
    }
    nodes.push(...suffixes.map((_, index) => expandedNode(group, entry, suffixes, index, entries)))
  }
  return {
    nodes,
    emptyChains: emptyChainsOf(entries),
    problems: [...problems, ...nameClashes(nodes)],
  }
}

/** `['']` for a single node, `['1', '2']` for a repeated one, `['1-1', '1-2', '2-1']` for one repeated per another. */
function suffixesOf(
  entry: NodeEntry,
  entries: Readonly<Record<string, NodeEntry>>,
): readonly string[] {
  const own = entry.repeat === undefined ? undefined : numbers(entry.repeat)
  const outer = outerOf(entry, entries)
  if (outer === undefined) return own ?? ['']
  const outerNumbers = numbers(outer.repeat ?? 0)
  if (own === undefined) return outerNumbers
  // Bounded before it is built: a thousand times a thousand names would only be thrown away.
  const enough = outerNumbers.slice(0, Math.ceil((mostNodes + 1) / Math.max(own.length, 1)))
  return enough.flatMap((number) => own.map((inner) => `${number}-${inner}`))
}

function outerOf(
  entry: NodeEntry,
  entries: Readonly<Record<string, NodeEntry>>,
): NodeEntry | undefined {
  if (entry.per === undefined || !Object.hasOwn(entries, entry.per)) return undefined
  const outer = entries[entry.per]
  return outer?.repeat === undefined || outer.per !== undefined ? undefined : outer
}

function expandedNode(
  group: string,
  entry: NodeEntry,
  suffixes: readonly string[],
  index: number,
  entries: Readonly<Record<string, NodeEntry>>,
): ExpandedNode {
  const suffix = suffixes[index] ?? ''
  const registrar = registrarOf(group, entry, suffixes, index, entries)
  return {
    name: group + suffix,
    kind: entry.kind,
    group,
    suffix,
    path: ['nodes', group],
    ...(registrar === undefined ? {} : { registrar }),
    entry,
  }
}

function registrarOf(
  group: string,
  entry: NodeEntry,
  suffixes: readonly string[],
  index: number,
  entries: Readonly<Record<string, NodeEntry>>,
): string | undefined {
  const next = suffixes[index + 1]
  if (entry.chain === true && next !== undefined) return group + next
  const named = entry.registrar
  if (named === undefined || !Object.hasOwn(entries, named)) return named
  const target = entries[named]
  if (entry.per !== undefined && entry.per === named && outerOf(entry, entries) !== undefined) {
    return named + (suffixes[index]?.split('-')[0] ?? '')
  }
  // A chain is entered at its first node.
  if (target?.chain === true && target.repeat !== undefined && target.repeat > 0) return `${named}1`
  return named
}

function repetitionProblem(
  group: string,
  entry: NodeEntry,
  entries: Readonly<Record<string, NodeEntry>>,
): FoundProblem | undefined {
  const path = ['nodes', group]
  if (entry.chain === true && entry.repeat === undefined) {
    const message = `\`${group}\` is a chain of nothing: \`repeat\` is missing`
    return { path: [...path, 'chain'], message, remedy: 'add `repeat`, the length of the chain' }
  }
  if (entry.chain === true && entry.per !== undefined) {
    const message = `\`${group}\` has both \`chain\` and \`per\``
    return { path: [...path, 'per'], message, remedy: 'remove one of the two' }
  }
  if (entry.repeat === 0 && !(entry.chain === true && isPassed(group, entries))) {
    return {
      path: [...path, 'repeat'],
      message: `\`repeat: 0\` makes no \`${group}\` at all`,
      remedy: 'give 1 to 1000; 0 is only for a chain that another node registers past',
    }
  }
  if (entry.per !== undefined && outerOf(entry, entries) === undefined) {
    const repeated = Object.keys(entries).filter((name) => {
      const other = entries[name]
      return other?.repeat !== undefined && other.per === undefined && name !== group
    })
    return {
      path: [...path, 'per'],
      message: `\`per: ${entry.per}\` is not a repeated node`,
      remedy: `name an entry that has \`repeat\` and no \`per\` of its own${repeated.length === 0 ? '; this file has none' : `: ${repeated.join(', ')}`}`,
    }
  }
  return undefined
}

/** Whether some node registers with the chain, and so still has a registrar when the chain is empty. */
function isPassed(group: string, entries: Readonly<Record<string, NodeEntry>>): boolean {
  return Object.values(entries).some(
    (entry) => entry.registrar === group || entry.registrar === `${group}1`,
  )
}

function emptyChainsOf(entries: Readonly<Record<string, NodeEntry>>): ReadonlyMap<string, string> {
  const empty = new Map<string, string>()
  for (const [group, entry] of Object.entries(entries)) {
    if (entry.chain !== true || entry.repeat !== 0 || entry.registrar === undefined) continue
    empty.set(group, entry.registrar)
    empty.set(`${group}1`, entry.registrar)
  }
  return empty
}

function nameClashes(nodes: readonly ExpandedNode[]): readonly FoundProblem[] {
  const first = new Map<string, ExpandedNode>()
  const problems: FoundProblem[] = []
  for (const node of nodes) {
    const other = first.get(node.name)
    if (other === undefined) {
      first.set(node.name, node)
    } else {
      problems.push({
        path: node.path,
        part: 'name',
        message: `\`${node.group}\` and \`${other.group}\` both make a node named \`${node.name}\``,
        remedy: 'rename one of the two entries',
      })
    }
  }
  return problems
}

function numbers(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => String(index + 1))
}
