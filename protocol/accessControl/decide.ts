import type { Own } from '../identifiers.ts'
import type { AccessRule, OperationBit } from './rules.ts'

export interface AccessRequest {
  /** Absolute AE-ID or CSE-ID, authenticated or not. */
  readonly originator: string
  readonly operation: OperationBit
  /** rq_authn (TS-0003 7.1.2). */
  readonly authenticated: boolean
  /** Present on CREATE. */
  readonly creation?: {
    readonly parentTy: number
    readonly ty: number
    readonly specialization?: string
  }
}

export interface Decision {
  readonly granted: boolean
  readonly because: string
}

/** Access decision over all rules that apply; permit overrides, otherwise deny (TS-0003 7.1.4, 7.1.5). Pure. */
export function decide(_question: {
  readonly rules: readonly AccessRule[]
  readonly request: AccessRequest
  readonly own: Own
}): Decision {
  throw new Error('later')
}

/** Default policy of a resource without `acpi`: everything for its creator, nothing for others (TS-0001 9.6.1.3.2). Absolute ids. */
export function decideByDefault(_question: {
  readonly creator: string | undefined
  readonly originator: string
  readonly own: Own
}): Decision {
  throw new Error('later')
}
