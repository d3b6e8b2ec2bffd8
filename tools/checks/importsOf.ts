import { posix } from 'node:path'
import type { SourceFile } from './finding.ts'
import { type Token, tokensOf } from './tokens.ts'

/** One import, export-from or import() of a file. */
export interface ImportOf {
  /** As written; `undefined` where it is not a plain string, so that nobody can tell what is imported. */
  readonly specifier: string | undefined
  /** Path from the top of the project, for relative imports. */
  readonly target?: string
  readonly isTypeOnly: boolean
  readonly offset: number
}

export function importsOf({ path, text }: SourceFile): readonly ImportOf[] {
  const tokens = tokensOf(text)
  return tokens.flatMap((token, index): readonly ImportOf[] => {
    if (token.kind !== 'word' || isProperty(tokens, index)) return []
    if (token.text === 'import') return importAt(tokens, index, path)
    if (token.text === 'export') return exportAt(tokens, index, path)
    if (token.text === 'require') return callAt(tokens, index, path)
    return []
  })
}

function isProperty(tokens: readonly Token[], index: number): boolean {
  return tokens[index - 1]?.text === '.' || tokens[index + 1]?.text === ':'
}

function importAt(tokens: readonly Token[], index: number, path: string): readonly ImportOf[] {
  const next = tokens[index + 1]
  if (next?.text === '(') return callAt(tokens, index, path)
  if (next?.text === '.') return []
  if (next?.kind === 'string') return [found(next, path, false)]
  const specifier = fromClause(tokens, index)
  return specifier === undefined ? [] : [found(specifier, path, next?.text === 'type')]
}

function exportAt(tokens: readonly Token[], index: number, path: string): readonly ImportOf[] {
  const isTypeOnly = tokens[index + 1]?.text === 'type'
  const opening = tokens[index + (isTypeOnly ? 2 : 1)]?.text
  if (opening !== '{' && opening !== '*') return []
  const specifier = fromClause(tokens, index)
  return specifier === undefined ? [] : [found(specifier, path, isTypeOnly)]
}

/** The string behind `from` of the statement that begins here. */
function fromClause(tokens: readonly Token[], index: number): Token | undefined {
  for (let at = index + 1; at < tokens.length; at++) {
    const token = tokens[at]
    const next = tokens[at + 1]
    if (token?.text === 'from' && next?.kind === 'string') return next
    const isOfClause =
      token?.kind === 'word' || ['{', '}', ',', '*'].includes(token?.text ?? ';') === true
    if (!isOfClause) return undefined
    if (token?.text === '}' && next?.text !== 'from') return undefined
  }
  return undefined
}

function callAt(tokens: readonly Token[], index: number, path: string): readonly ImportOf[] {
  if (tokens[index + 1]?.text !== '(') return []
  const argument = tokens[index + 2]
  const after = tokens[index + 3]?.text
  if (argument?.kind === 'string' && (after === ')' || after === ',')) {
    return [found(argument, path, isTypePosition(tokens, index))]
  }
  return [{ specifier: undefined, isTypeOnly: false, offset: tokens[index]?.offset ?? 0 }]
}

/** `typeof import('x')` is a type. */
function isTypePosition(tokens: readonly Token[], index: number): boolean {
  return tokens[index - 1]?.text === 'typeof'
}

function found(token: Token, path: string, isTypeOnly: boolean): ImportOf {
  const specifier = token.text
  const target = specifier.startsWith('.')
    ? { target: posix.join(posix.dirname(path), specifier) }
    : {}
  return { specifier, ...target, isTypeOnly, offset: token.offset }
}
