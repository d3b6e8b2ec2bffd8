import { type Own, sameEntity } from '../identifiers.ts'
import { matchOriginator } from './originators.ts'
import type { AccessRule, ObjectDetails, OperationBit } from './rules.ts'

export interface AccessRequest {
  /** Absolute AE-ID or CSE-ID, authenticated or not. */
  readonly originator: string
  readonly operation: OperationBit
  /** rq_authn (TS-0003 7.1.2). */
  readonly authenticated: boolean
  /** Present on CREATE. */
  readonly creation?: Creation
}

export interface Creation {
  readonly parentTy: number
  readonly ty: number
  /** mgmtDefinition or containerDefinition of the content. */
  readonly specialization?: string
}

export interface Decision {
  readonly granted: boolean
  readonly because: string
}

/** What a rule says; the texts of the others are the reason it does not grant. */
type RuleResult =
  | { readonly grants: true; readonly because: string }
  | { readonly grants: false; readonly indeterminate: boolean; readonly because: string }

/**
 * Access decision over all rules that apply; permit overrides, otherwise deny (TS-0003 7.1.4, 7.1.5). A rule that cannot
 * be evaluated grants nothing.
 */
export function decide(question: {
  readonly rules: readonly AccessRule[]
  readonly request: AccessRequest
  readonly own: Own
}): Decision {
  const { rules, request, own } = question
  const reasons: string[] = []
  for (const [index, rule] of rules.entries()) {
    const result = evaluate(rule, request, own)
    const because = `rule ${index + 1} of ${rules.length}: ${result.because}`
    if (result.grants) return { granted: true, because }
    // What could not be told is more telling than what plainly does not fit.
    if (result.indeterminate) reasons.unshift(because)
    else reasons.push(because)
  }
  return { granted: false, because: reasons[0] ?? 'no rule applies' }
}

/** res(k): authentication, originators, operations, object details, contexts all hold. */
function evaluate(rule: AccessRule, request: AccessRequest, own: Own): RuleResult {
  if (rule.authenticatedOnly && !request.authenticated) {
    return no('needs an authenticated originator')
  }
  if ((rule.operations & request.operation) === 0) {
    return no(`acop ${rule.operations} does not hold operation ${request.operation}`)
  }
  const matches = rule.originators.map((entry) => matchOriginator(entry, request.originator, own))
  const matched = rule.originators[matches.indexOf('yes')]
  if (matched === undefined) {
    return matches.includes('indeterminate')
      ? unknown(`membership of ${request.originator} in a group or role is not looked up`)
      : no(`no entry of acor names ${request.originator}`)
  }
  const { objectDetails } = rule
  if (objectDetails.length > 0 && !objectDetails.some((one) => allowsCreation(one, request))) {
    return no('no entry of acod allows this creation')
  }
  if (rule.contexts.length > 0) return unknown('contexts (acco) are not evaluated')
  return { grants: true, because: `acor ${matched} names ${request.originator}` }
}

/** Object details only restrict CREATE; for other operations they hold (docs/spec-inconsistencies.md). */
function allowsCreation(details: ObjectDetails, request: AccessRequest): boolean {
  const { creation } = request
  if (creation === undefined) return true
  return (
    (details.ty === undefined || details.ty === creation.parentTy) &&
    (details.spty === undefined || details.spty === creation.specialization) &&
    details.chty.includes(creation.ty)
  )
}

function no(because: string): RuleResult {
  return { grants: false, indeterminate: false, because }
}

function unknown(because: string): RuleResult {
  return { grants: false, indeterminate: true, because }
}

/** Default policy of a resource without `acpi`: everything for its creator, nothing for others (TS-0001 9.6.1.3.2). */
export function decideByDefault(question: {
  /** Any form; undefined: nobody is known to have created it. */
  readonly creator: string | undefined
  readonly originator: string
  readonly own: Own
}): Decision {
  const { creator, originator, own } = question
  const granted = creator !== undefined && sameEntity(creator, originator, own)
  return {
    granted,
    because: granted
      ? `no acpi: ${originator} is the creator`
      : `no acpi: only the creator may, ${creator === undefined ? 'and there is none' : `${creator}, not ${originator}`}`,
  }
}
