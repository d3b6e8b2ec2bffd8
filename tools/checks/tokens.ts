/** A piece of TypeScript, as far as the checks need to tell pieces apart. Comments are left out. */
export interface Token {
  readonly kind: 'word' | 'string' | 'template' | 'regex' | 'punctuation'
  /** Strings without their quotes; templates whole, with what stands in their braces. */
  readonly text: string
  readonly offset: number
}

/** Splits a source file into tokens. Unfinished strings end at the end of the file. */
export function tokensOf(source: string): readonly Token[] {
  const tokens: Token[] = []
  let at = source.startsWith('#!') ? endOr(source, source.indexOf('\n')) : 0
  while (at < source.length) {
    const next = nextToken(source, at, tokens.at(-1))
    if (next.token !== undefined) tokens.push(next.token)
    at = next.end
  }
  return tokens
}

interface Step {
  readonly token?: Token
  readonly end: number
}

function nextToken(source: string, at: number, before: Token | undefined): Step {
  const start = source[at] ?? ''
  if (/\s/.test(start)) return { end: at + 1 }
  if (source.startsWith('//', at)) return { end: endOr(source, source.indexOf('\n', at)) }
  if (source.startsWith('/*', at)) return { end: endOr(source, source.indexOf('*/', at + 2)) + 2 }
  if (start === "'" || start === '"') {
    const end = endOfQuoted(source, at)
    return { token: { kind: 'string', text: source.slice(at + 1, end - 1), offset: at }, end }
  }
  if (start === '`') return take(source, at, endOfTemplate(source, at), 'template')
  if (start === '/' && mayBeRegex(before)) return take(source, at, endOfRegex(source, at), 'regex')
  word.lastIndex = at
  const match = word.exec(source)
  if (match !== null) return take(source, at, at + match[0].length, 'word')
  return take(source, at, at + 1, 'punctuation')
}

const word = /[\p{ID_Start}_$#0-9][\p{ID_Continue}$]*/uy

function take(source: string, at: number, end: number, kind: Token['kind']): Step {
  return { token: { kind, text: source.slice(at, end), offset: at }, end }
}

function endOr(source: string, found: number): number {
  return found < 0 ? source.length : found
}

function endOfQuoted(source: string, at: number): number {
  const quote = source[at]
  let end = at + 1
  while (end < source.length && source[end] !== quote && source[end] !== '\n') {
    end += source[end] === '\\' ? 2 : 1
  }
  return end + 1
}

function endOfTemplate(source: string, at: number): number {
  let end = at + 1
  while (end < source.length && source[end] !== '`') {
    if (source[end] === '\\') end += 2
    else if (source.startsWith('${', end)) end = endOfBraces(source, end + 2)
    else end++
  }
  return end + 1
}

/** Past the brace that closes an already opened one; strings and templates inside are skipped over. */
function endOfBraces(source: string, at: number): number {
  let depth = 1
  let end = at
  while (end < source.length && depth > 0) {
    const { token, end: next } = nextToken(source, end, undefinedBefore)
    if (token?.kind === 'punctuation' && token.text === '{') depth++
    if (token?.kind === 'punctuation' && token.text === '}') depth--
    end = next
  }
  return end
}

/** Inside `${}` a slash is taken for a division. */
const undefinedBefore: Token = { kind: 'word', text: 'value', offset: 0 }

function endOfRegex(source: string, at: number): number {
  let end = at + 1
  let isInClass = false
  while (end < source.length && source[end] !== '\n' && (isInClass || source[end] !== '/')) {
    if (source[end] === '[') isInClass = true
    if (source[end] === ']') isInClass = false
    end += source[end] === '\\' ? 2 : 1
  }
  end++
  while (/[a-z]/.test(source[end] ?? '')) end++
  return end
}

/** After a value a slash divides; anywhere else it opens a regular expression. */
function mayBeRegex(before: Token | undefined): boolean {
  if (before === undefined) return true
  if (before.kind === 'punctuation') return ![')', ']', '}'].includes(before.text)
  return before.kind === 'word' && /^(return|typeof|case|in|of|await|yield)$/.test(before.text)
}
