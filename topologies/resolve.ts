import { located, type TopologyDocument } from './document.ts'
import { expand } from './expand.ts'
import { type Network, networkOf } from './network.ts'
import { type ParameterValues, parameterValues, withParameters } from './parameters.ts'
import type { FieldPath, FoundProblem, TopologyProblem } from './problem.ts'
import { rules } from './rules.ts'
import { schemaProblems } from './schema.ts'
import type { ParameterDeclaration, Scalar, TopologyFile } from './topology.ts'

/** A document with parameters put in: its network, or everything that is wrong with it. */
export interface Resolution {
  readonly network?: Network
  readonly parameters: ParameterValues
  readonly problems: readonly TopologyProblem[]
}

/** Puts parameters in, expands repetition and applies every rule; finds all problems in one go. */
export function resolveNetwork(document: TopologyDocument, given: ParameterValues): Resolution {
  const declarations = declarationsOf(document.value)
  const { values, problems: misfits } = parameterValues(declarations, given)
  const { value, problems: unknown } = withParameters(document.value, values)
  const found: FoundProblem[] = [...misfits, ...unknown, ...schemaProblems(value)]
  const sound = soundPart(value, found)
  let network: Network | undefined
  if (sound !== undefined) {
    const expansion = expand(sound.file.nodes)
    network = networkOf(sound.file, expansion)
    const unsound = expansion.problems.map((problem) => String(problem.path[1]))
    const damaged = new Set([...sound.damaged, ...unsound])
    const input = { file: sound.file, network, damaged }
    const more = [...expansion.problems, ...rules.flatMap((rule) => rule(input))]
    found.push(...onceEach(more).filter((problem) => !isSaid(problem, found)))
  }
  const problems = found
    .slice(0, mostProblems)
    .map((problem) => located(document, problem))
    .sort(byPosition)
  if (problems.length > 0 || network === undefined) return { parameters: values, problems }
  return { network, parameters: values, problems }
}

/** More are not shown: they have a common cause. */
export const mostProblems = 200

interface SoundPart {
  readonly file: TopologyFile
  readonly damaged: ReadonlySet<string>
}

/**
 * What is left of a document once every field found wrong is taken out, so that the rules can look at the rest. Nothing,
 * when the rest is no topology at all.
 */
function soundPart(value: unknown, found: readonly FoundProblem[]): SoundPart | undefined {
  const damaged = new Set<string>()
  let rest = value
  let wrong = found
  for (let round = 0; round < mostRounds; round++) {
    for (const { path } of wrong) {
      if ((path[0] === 'nodes' || path[0] === 'credentials') && path[1] !== undefined) {
        damaged.add(String(path[1]))
      }
    }
    rest = withName(
      without(
        rest,
        wrong.map(({ path }) => path),
      ),
    )
    wrong = schemaProblems(rest)
    if (wrong.length === 0) return { file: rest as TopologyFile, damaged }
  }
  return undefined
}

const mostRounds = 4

/** A missing or refused name must not keep the rest from being looked at. */
function withName(value: unknown): unknown {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isRecord && !Object.hasOwn(value, 'name') ? { ...value, name: 'unnamed' } : value
}

/** The value without the fields at these paths, in one pass. */
function without(value: unknown, paths: readonly FieldPath[]): unknown {
  if (paths.length === 0 || typeof value !== 'object' || value === null) return value
  const byStep = Map.groupBy(
    paths.filter((path) => path.length > 0),
    ([step]) => String(step),
  )
  const keep = ([name]: readonly [string, unknown]): boolean =>
    !(byStep.get(name) ?? []).some((path) => path.length === 1)
  const inside = ([name, child]: readonly [string, unknown]): readonly [string, unknown] => [
    name,
    without(child, byStep.get(name)?.map((path) => path.slice(1)) ?? []),
  ]
  const kept = Object.entries(value).filter(keep).map(inside)
  return Array.isArray(value) ? kept.map(([, child]) => child) : Object.fromEntries(kept)
}

/** A rule repeats what is known when the same field, or one around it, was already found wrong. */
function isSaid(problem: FoundProblem, found: readonly FoundProblem[]): boolean {
  return found.some(
    ({ path }) =>
      path.length > 0 &&
      path.length <= problem.path.length &&
      path.every((step, depth) => String(step) === String(problem.path[depth])),
  )
}

/** What every node of a repeated entry gets wrong is one problem of the file. */
function onceEach(problems: readonly FoundProblem[]): readonly FoundProblem[] {
  const byPlace = new Map<string, FoundProblem>()
  for (const problem of problems) {
    const key = JSON.stringify([problem.path, problem.part, problem.remedy])
    if (!byPlace.has(key)) byPlace.set(key, problem)
  }
  return [...byPlace.values()]
}

function declarationsOf(value: unknown): Readonly<Record<string, Scalar | ParameterDeclaration>> {
  const declared = (value as { readonly parameters?: unknown } | null)?.parameters
  if (typeof declared !== 'object' || declared === null || Array.isArray(declared)) return {}
  return Object.fromEntries(
    Object.entries(declared as Record<string, unknown>).filter(
      (entry): entry is [string, Scalar | ParameterDeclaration] => isDeclaration(entry[1]),
    ),
  )
}

function isDeclaration(value: unknown): value is Scalar | ParameterDeclaration {
  if (isScalar(value)) return true
  return isScalar((value as { readonly default?: unknown } | null)?.default)
}

function isScalar(value: unknown): value is Scalar {
  return ['string', 'number', 'boolean'].includes(typeof value)
}

/** Top of the file first. */
export function byPosition(a: TopologyProblem, b: TopologyProblem): number {
  return a.position.line - b.position.line || a.position.column - b.position.column
}
