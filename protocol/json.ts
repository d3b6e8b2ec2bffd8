import type { Json, JsonObject } from './primitive.ts'
import { type Result, refusal, success } from './result.ts'

/** Deepest nesting of JSON that is read. */
export const maxJsonDepth = 32

/** JSON text with bounds: nesting, finite numbers, no `__proto__` member. The caller bounds the length. */
export function parseJson(text: string): Result<Json> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return refusal('JSON_MALFORMED', 'the content is not JSON')
  }
  return asJson(value)
}

/** JSON from UTF-8 bytes; malformed UTF-8 is refused, not replaced. */
export function parseJsonBytes(bytes: Uint8Array): Result<Json> {
  let text: string
  try {
    text = utf8.decode(bytes)
  } catch {
    return refusal('JSON_MALFORMED', 'the content is not UTF-8')
  }
  return parseJson(text)
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** A value somebody else parsed, checked to be plain JSON within the bounds. */
export function asJson(value: unknown): Result<Json> {
  const problem = problemOf(value, 0)
  return problem === undefined ? success(value as Json) : refusal('JSON_MALFORMED', problem)
}

/** Like asJson, and an object. */
export function asJsonObject(value: unknown): Result<JsonObject> {
  const json = asJson(value)
  if (!json.ok) return json
  return isJsonObject(json.value)
    ? success(json.value)
    : refusal('JSON_MALFORMED', 'a JSON object is expected')
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function problemOf(value: unknown, depth: number): string | undefined {
  if (depth > maxJsonDepth) return `JSON nested deeper than ${maxJsonDepth} levels`
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return undefined
  if (typeof value === 'number') {
    return Number.isFinite(value) ? undefined : 'a number out of range'
  }
  if (typeof value !== 'object') return `${typeof value} is not JSON`
  if (Object.hasOwn(value, '__proto__')) return 'a member named __proto__'
  const members = Array.isArray(value) ? value : Object.values(value)
  for (const member of members) {
    const problem = problemOf(member, depth + 1)
    if (problem !== undefined) return problem
  }
  return undefined
}
