import type { JsonObject, RequestPrimitive } from '../primitive.ts'
import { type Result, refusal } from '../result.ts'

/** A request primitive from JSON with short names (TS-0004 8). Unknown parameters are refused. */
export function parseRequest(_json: unknown): Result<RequestPrimitive> {
  return refusal('later', 'later')
}

/** JSON with short names; absent parameters are left out. */
export function buildRequest(_request: RequestPrimitive): JsonObject {
  throw new Error('later')
}
