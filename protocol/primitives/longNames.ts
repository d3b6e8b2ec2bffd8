import type { JsonObject } from '../primitive.ts'

/** Request or response parameters under their short names, given under their long ones; unknown names stay. */
export function fromLongNames(_kind: 'request' | 'response', _json: JsonObject): JsonObject {
  throw new Error('later')
}

/** The other way round. */
export function toLongNames(_kind: 'request' | 'response', _json: JsonObject): JsonObject {
  throw new Error('later')
}
