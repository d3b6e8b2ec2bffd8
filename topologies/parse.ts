import { readDocument, type TopologyDocument } from './document.ts'
import type { TopologyProblem } from './problem.ts'
import { byPosition, mostProblems, resolveNetwork } from './resolve.ts'
import type { Scalar } from './topology.ts'

/** A topology file that was read and found sound with the defaults of its parameters. */
export interface Topology {
  readonly name: string
  readonly description?: string
  /** Declared parameters with their defaults. */
  readonly parameters: Readonly<Record<string, Scalar>>
  readonly document: TopologyDocument
}

export type ParsedTopology =
  | { readonly ok: true; readonly topology: Topology }
  | { readonly ok: false; readonly errors: readonly TopologyProblem[] }

/** Reads a topology file. `file` only names it in problems; all problems come back at once. Never throws. */
export function parseTopology(text: string, file: string): ParsedTopology {
  const { document, problems } = readDocument(text, file)
  if (document === undefined) return { ok: false, errors: problems }
  const { network, parameters, problems: more } = resolveNetwork(document, {})
  if (network === undefined || problems.length > 0) {
    return { ok: false, errors: [...problems, ...more].sort(byPosition).slice(0, mostProblems) }
  }
  const { name, description } = network
  const described = description === undefined ? {} : { description }
  return { ok: true, topology: { name, ...described, parameters, document } }
}
