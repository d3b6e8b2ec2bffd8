/**
 * Selection expressions over ICS items: `and`, `or`, `not`, parentheses, item names. `not` binds closest, then `and`,
 * then `or`. Pure.
 */
import { BenchError } from '../../protocol/errors.ts'

export type SelectionExpression =
  | { readonly kind: 'item'; readonly name: string }
  | { readonly kind: 'not'; readonly operand: SelectionExpression }
  | {
      readonly kind: 'and' | 'or'
      readonly left: SelectionExpression
      readonly right: SelectionExpression
    }

export type ParsedSelection =
  | { readonly ok: true; readonly value: SelectionExpression }
  | { readonly ok: false; readonly error: BenchError }

const longestText = 1000
const deepestNesting = 50

/** Errors name the position, counted from 1. */
export function parseSelection(text: string): ParsedSelection {
  try {
    if (text.length > longestText) throw new Refused('the expression is too long', longestText)
    const reader = { tokens: tokensOf(text), next: 0, depth: 0 }
    const value = parseOr(reader)
    const rest = peek(reader)
    if (rest.kind !== 'end') {
      throw new Refused(`expected and, or or the end, found ${inWords(rest)}`, rest.position)
    }
    return { ok: true, value }
  } catch (thrown) {
    if (!(thrown instanceof Refused)) throw thrown
    const message = `selection ${JSON.stringify(text.slice(0, 200))}, position ${thrown.position}: ${thrown.message}`
    const remedy = 'write item names joined by and, or, not and parentheses'
    return { ok: false, error: new BenchError('USAGE', message, { remedy }) }
  }
}

class Refused extends Error {
  readonly position: number
  constructor(message: string, position: number) {
    super(message)
    this.position = position
  }
}

interface Token {
  readonly kind: 'item' | 'and' | 'or' | 'not' | '(' | ')' | 'end'
  readonly text: string
  readonly position: number
}

interface Reader {
  readonly tokens: readonly Token[]
  next: number
  depth: number
}

const reserved: Readonly<Record<string, Token['kind']>> = {
  and: 'and',
  or: 'or',
  not: 'not',
  '(': '(',
  ')': ')',
}

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = []
  const form = /\s*(?:([A-Za-z][A-Za-z0-9_]*|[()])|(\S))/gy
  for (const match of text.matchAll(form)) {
    const [whole, word, foreign] = match
    const position = match.index + whole.length - (word ?? foreign ?? '').length + 1
    if (word === undefined) throw new Refused(`unexpected character ${foreign}`, position)
    tokens.push({ kind: wordKind(word), text: word, position })
  }
  return [...tokens, { kind: 'end', text: '', position: text.length + 1 }]
}

function wordKind(word: string): Token['kind'] {
  return Object.hasOwn(reserved, word) ? (reserved[word] ?? 'item') : 'item'
}

function peek({ tokens, next }: Reader): Token {
  return tokens[Math.min(next, tokens.length - 1)] ?? { kind: 'end', text: '', position: 1 }
}

function parseOr(reader: Reader): SelectionExpression {
  let left = parseAnd(reader)
  while (peek(reader).kind === 'or') {
    reader.next++
    left = { kind: 'or', left, right: parseAnd(reader) }
  }
  return left
}

function parseAnd(reader: Reader): SelectionExpression {
  let left = parseOperand(reader)
  while (peek(reader).kind === 'and') {
    reader.next++
    left = { kind: 'and', left, right: parseOperand(reader) }
  }
  return left
}

function parseOperand(reader: Reader): SelectionExpression {
  const token = peek(reader)
  reader.next++
  if (token.kind === 'item') return { kind: 'item', name: token.text }
  if (token.kind !== 'not' && token.kind !== '(') {
    throw new Refused(`expected an item, not or (, found ${inWords(token)}`, token.position)
  }
  reader.depth++
  if (reader.depth > deepestNesting) throw new Refused('nested too deeply', token.position)
  const operand = token.kind === 'not' ? parseOperand(reader) : parseGroup(reader)
  reader.depth--
  return token.kind === 'not' ? { kind: 'not', operand } : operand
}

function parseGroup(reader: Reader): SelectionExpression {
  const inner = parseOr(reader)
  const closing = peek(reader)
  if (closing.kind !== ')') {
    throw new Refused(`expected ), found ${inWords(closing)}`, closing.position)
  }
  reader.next++
  return inner
}

function inWords({ kind, text }: Token): string {
  return kind === 'end' ? 'the end' : text
}
