import type { JsonObject } from '../primitive.ts'
import { type Result, refusal } from '../result.ts'

export interface ValidationContext {
  /** The host's clock: an expirationTime before it is refused. */
  readonly nowMs: number
}

/**
 * Representation checks of a create (TS-0004 7.3.3.3): the attributes the originator gave, by short name.
 * 5001 type not implemented, 4005 CSEBase, 4108 not a permitted child, 4000 content does not fit.
 */
export function validateCreate(
  _ty: number,
  _parentTy: number,
  _content: JsonObject | undefined,
  _context: ValidationContext,
): Result<JsonObject> {
  return refusal('later', 'later')
}

/** Representation checks of an update (TS-0004 7.3.3.4): the changes; `null` removes an optional attribute. */
export function validateUpdate(
  _ty: number,
  _content: JsonObject | undefined,
  _context: ValidationContext,
): Result<JsonObject> {
  return refusal('later', 'later')
}
