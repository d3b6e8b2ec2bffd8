import type { Own } from './identifiers.ts'
import type { RequestPrimitive } from './primitive.ts'

/** What the security association of the connection proves; absolute ids. */
export type AssociatedPeer =
  | { readonly kind: 'none' }
  | { readonly kind: 'ae'; readonly allowed: readonly string[] }
  | { readonly kind: 'cse'; readonly id: string }

export interface ValidityContext {
  readonly own: Own
  readonly association: AssociatedPeer
  /** Absolute AE-ID registered here. */
  readonly registeredAe: (absoluteId: string) => boolean
  /** Absolute CSE-IDs of the registree CSEs. */
  readonly registreeCses: readonly string[]
  readonly nowMs: number
  /** Release versions accepted in `rvi`; default `defaultReleases`. */
  readonly releases?: readonly string[]
}

export const defaultReleases: readonly string[] = ['1', '2', '2a', '3']

export interface Rejection {
  readonly rsc: number
  readonly because: string
}

/** Validity check of an incoming request, Recv-1.0 (TS-0004 7.3.2.1, TS-0003 7.2.1). Undefined: valid. */
export function checkIncoming(
  _request: RequestPrimitive,
  _context: ValidityContext,
): Rejection | undefined {
  throw new Error('later')
}
