import type { JsonObject, ResponsePrimitive } from '../primitive.ts'
import { type Result, refusal } from '../result.ts'

/** A response primitive from JSON with short names (TS-0004 8). */
export function parseResponse(_json: unknown): Result<ResponsePrimitive> {
  return refusal('later', 'later')
}

/** JSON with short names; absent parameters are left out. */
export function buildResponse(_response: ResponsePrimitive): JsonObject {
  throw new Error('later')
}
