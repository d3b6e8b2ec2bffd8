import { type Result, refusal, success } from './result.ts'

/** One rule of the service subscription (serviceSubscribedAppRule, TS-0001 9.6.29). */
export interface ApplicationRule {
  /** Absent: fits a registration without security association. */
  readonly credentialIds?: readonly string[]
  readonly appIds: readonly string[]
  readonly aeIds: readonly string[]
}

/** An AE registration as far as the service subscription is concerned. */
export interface RegistrationFacts {
  /** Absent without security association. */
  readonly credentialId?: string
  readonly appId: string
  /** Complete AE-ID-Stem, `C`, `S`, or empty where no From was given. */
  readonly aeIdStem: string
}

/** Whether one rule allows this Credential-ID, App-ID and AE-ID-Stem together (TS-0004 7.3.2.7); 4126 otherwise. */
export function fitAppRules(
  rules: readonly ApplicationRule[],
  facts: RegistrationFacts,
): Result<ApplicationRule> {
  const rule = rules.find(
    ({ credentialIds, appIds, aeIds }) =>
      fitsCredential(credentialIds, facts.credentialId) &&
      appIds.some((pattern) => matchesPattern(pattern, facts.appId)) &&
      aeIds.some((pattern) => fitsStem(pattern, facts.aeIdStem)),
  )
  if (rule !== undefined) return success(rule)
  const { credentialId = 'none', appId, aeIdStem } = facts
  return refusal(
    'APP_RULE_VALIDATION_FAILED',
    `no rule of the service subscription fits credential ${credentialId}, App-ID ${appId}, AE-ID-Stem ${aeIdStem}`,
    4126,
  )
}

function fitsCredential(
  patterns: readonly string[] | undefined,
  credentialId: string | undefined,
): boolean {
  if (credentialId === undefined) return patterns === undefined || patterns.includes('*')
  return patterns?.some((pattern) => matchesPattern(pattern, credentialId)) ?? false
}

/** A request for any stem of a kind fits a rule that leaves the stem of that kind open. */
function fitsStem(pattern: string, stem: string): boolean {
  if (stem === '') return ['*', 'C*', 'S*'].includes(pattern)
  if (stem === 'C' || stem === 'S') return pattern === '*' || pattern === `${stem}*`
  return matchesPattern(pattern, stem)
}

/** Whole-text match where each `*` of the pattern stands for any text. Case sensitive. */
export function matchesPattern(pattern: string, text: string): boolean {
  const parts = pattern.split('*')
  const [first = '', ...rest] = parts
  if (rest.length === 0) return pattern === text
  const last = rest.pop() ?? ''
  if (!text.startsWith(first) || text.length < first.length + last.length) return false
  let at = first.length
  for (const part of rest) {
    const found = text.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return text.endsWith(last) && text.length - last.length >= at
}
