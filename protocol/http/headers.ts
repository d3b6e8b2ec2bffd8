import { isText } from '../primitives/parameters.ts'
import { type Result, refusal, success } from '../result.ts'
import { type HeaderSource, httpLimits } from './message.ts'

/** Headers by lower-case name. */
export type Headers = ReadonlyMap<string, string>

/**
 * Reads headers within the bounds. A header of a primitive parameter that stands twice is refused: which of the two
 * counts would depend on the reader.
 */
export function readHeaders(source: HeaderSource): Result<Headers> {
  const headers = new Map<string, string>()
  const pairs = pairsOf(source)
  if (pairs.length > httpLimits.headers) {
    return refusal('HTTP_MALFORMED', `more than ${httpLimits.headers} headers`)
  }
  for (const [rawName, value] of pairs) {
    const name = rawName.toLowerCase()
    if (value.length > httpLimits.headerCharacters) {
      return refusal('HTTP_MALFORMED', `header ${name.slice(0, 40)} is too long`)
    }
    if (headers.has(name) && isSingle(name)) {
      return refusal('HTTP_MALFORMED', `header ${name} stands twice`)
    }
    if (!headers.has(name)) headers.set(name, value.trim())
  }
  return success(headers)
}

/** One header of a message nobody has parsed yet, e.g. the request identifier for the answer to a malformed request. */
export function headerOf(source: HeaderSource, name: string): string | undefined {
  const wanted = name.toLowerCase()
  return pairsOf(source).find(([candidate]) => candidate.toLowerCase() === wanted)?.[1]
}

function pairsOf(source: HeaderSource): readonly (readonly [string, string])[] {
  if (isPairs(source)) return source
  return Object.entries(source).flatMap(([name, value]) => {
    if (value === undefined) return []
    const values: readonly string[] = typeof value === 'string' ? [value] : value
    return values.map((one) => [name, one] as const)
  })
}

function isPairs(source: HeaderSource): source is readonly (readonly [string, string])[] {
  return Array.isArray(source)
}

function isSingle(name: string): boolean {
  return name.startsWith('x-m2m-') || ['authorization', 'content-type', 'accept'].includes(name)
}

/** A header value that is a text parameter; an empty header counts as absent. */
export function textHeader(headers: Headers, name: string): Result<string | undefined> {
  const value = headers.get(name)
  if (value === undefined || value === '') return success(undefined)
  return isText(value) ? success(value) : refusal('HTTP_MALFORMED', `header ${name} is malformed`)
}

/** A header value that is a whole number. */
export function numberHeader(headers: Headers, name: string): Result<number | undefined> {
  const value = headers.get(name)
  if (value === undefined || value === '') return success(undefined)
  return /^\d{1,15}$/.test(value)
    ? success(Number(value))
    : refusal('HTTP_MALFORMED', `header ${name} is not a number`)
}
