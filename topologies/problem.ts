import { BenchError, type FilePosition } from '../protocol/errors.ts'

/** One thing wrong in a topology file: where, what, and what to do about it. */
export interface TopologyProblem {
  readonly position: FilePosition
  /** Names the value that is wrong. */
  readonly message: string
  readonly remedy: string
}

/** Where in the file, as field names and list positions from the top, e.g. `['nodes', 'ae1', 'kind']`. */
export type FieldPath = readonly (string | number)[]

/** A problem before its place is looked up; `part` says whether the field's name or its value is wrong. */
export interface FoundProblem {
  readonly path: FieldPath
  readonly part?: 'name' | 'value'
  readonly message: string
  readonly remedy: string
}

/** `file:line:column: what` and, on the next line, what to do. */
export function formatProblem(problem: TopologyProblem): string {
  const { file, line, column } = problem.position
  return `${file}:${line}:${column}: ${problem.message}\n    ${problem.remedy}`
}

/** All problems of a topology as the one error of the bench. */
export function topologyError(file: string, problems: readonly TopologyProblem[]): BenchError {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`
  const list = problems.map(formatProblem).join('\n')
  return new BenchError('TOPOLOGY_INVALID', `${file}: ${count}\n${list}`, {
    remedy: 'correct the lines named above, then run `./bench validate` on the file',
  })
}

/** A value as it is shown in a message: JSON, cut at 60 characters. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}
