import type { Json } from '../primitive.ts'
import { type Result, refusal } from '../result.ts'

/** accessControlOperations bits (TS-0004 6.3.4.2.29). */
export const OperationBit = {
  create: 1,
  retrieve: 2,
  update: 4,
  delete: 8,
  notify: 16,
  discovery: 32,
} as const
export type OperationBit = (typeof OperationBit)[keyof typeof OperationBit]

/** One access control rule (TS-0004 6.3.5.27). */
export interface AccessRule {
  /** acor */
  readonly originators: readonly string[]
  /** acop: sum of operation bits. */
  readonly operations: number
  /** acaf */
  readonly authenticatedOnly: boolean
  /** acco as written; not evaluated yet. */
  readonly contexts: readonly Json[]
  /** acod */
  readonly objectDetails: readonly ObjectDetails[]
}

export interface ObjectDetails {
  /** Type of the target (parent). */
  readonly ty?: number
  readonly spty?: string
  /** Types that may be created. */
  readonly chty: readonly number[]
}

/** Bounds on what is read. */
export const ruleLimits = { rules: 256, originators: 1024 } as const

/** Rules of `pv` or `pvs`: `{acr: [...]}`, or `{}` for no rule. */
export function parseRules(_json: unknown): Result<AccessRule[]> {
  return refusal('later', 'later')
}
