/** One violation of a rule of the project: where, what, and what to do. */
export interface Finding {
  /** Path from the top of the project. */
  readonly file: string
  /** From 1. */
  readonly line: number
  readonly message: string
  readonly remedy: string
}

export interface SourceFile {
  /** Path from the top of the project, with `/`. */
  readonly path: string
  readonly text: string
}

/** Line of an offset, from 1. */
export function lineAt(text: string, offset: number): number {
  let line = 1
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line++
  return line
}

export function formatFinding({ file, line, message, remedy }: Finding): string {
  return `${file}:${line}: ${message}\n    ${remedy}`
}
