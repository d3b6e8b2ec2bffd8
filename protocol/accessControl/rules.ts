import { isJsonObject } from '../json.ts'
import type { Json, JsonObject } from '../primitive.ts'
import { type Result, refusal, success } from '../result.ts'

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
export const ruleLimits = { rules: 256, originators: 1024, characters: 512 } as const

const allOperations = 63
/** Elements of later releases; a rule that holds one cannot be judged by what is left of it. */
const unsupportedElements: readonly string[] = ['aca', 'acui', 'acec', 'acl']

/** Rules of `pv` or `pvs`: `{acr: [...]}`, or `{}` for no rule. */
export function parseRules(json: unknown): Result<AccessRule[]> {
  if (!isJsonObject(json)) return malformed('the rules are no object')
  const { acr = [], ...rest } = json
  if (Object.keys(rest).length > 0) return malformed(`no member is called ${Object.keys(rest)[0]}`)
  if (!Array.isArray(acr) || acr.length > ruleLimits.rules) {
    return malformed(`acr is no list of at most ${ruleLimits.rules} rules`)
  }
  const rules: AccessRule[] = []
  for (const entry of acr) {
    const rule = parseRule(entry)
    if (!rule.ok) return rule
    rules.push(rule.value)
  }
  return success(rules)
}

function parseRule(json: Json): Result<AccessRule> {
  if (!isJsonObject(json)) return malformed('a rule is no object')
  const { acor, acop, acaf = false, acco = [], acod = [], ...rest } = json
  const [unknown] = Object.keys(rest)
  if (unknown !== undefined) {
    return unsupportedElements.includes(unknown)
      ? refusal('RULES_UNSUPPORTED', `rule element ${unknown} is not supported`, 5001)
      : malformed(`no rule element is called ${unknown}`)
  }
  if (!isOriginators(acor)) return malformed('acor is no list of originators')
  if (!isNumber(acop) || acop > allOperations) return malformed('acop is no sum of operation bits')
  if (typeof acaf !== 'boolean') return malformed('acaf is not true or false')
  if (!Array.isArray(acco) || acco.length > ruleLimits.rules || !acco.every(isJsonObject)) {
    return malformed('acco is no list of contexts')
  }
  const objectDetails = parseObjectDetails(acod)
  if (!objectDetails.ok) return objectDetails
  return success({
    originators: acor,
    operations: acop,
    authenticatedOnly: acaf,
    contexts: acco,
    objectDetails: objectDetails.value,
  })
}

function parseObjectDetails(json: Json): Result<readonly ObjectDetails[]> {
  if (!Array.isArray(json) || json.length > ruleLimits.rules) return malformed('acod is no list')
  const details: ObjectDetails[] = []
  for (const entry of json) {
    const one = isJsonObject(entry) ? parseOneDetail(entry) : undefined
    if (one === undefined) return malformed('an entry of acod is malformed')
    details.push(one)
  }
  return success(details)
}

function parseOneDetail(entry: JsonObject): ObjectDetails | undefined {
  const { ty, spty, chty, ...rest } = entry
  if (Object.keys(rest).length > 0) return undefined
  if (!Array.isArray(chty) || !chty.every(isNumber)) return undefined
  if (ty !== undefined && !isNumber(ty)) return undefined
  if (spty !== undefined && typeof spty !== 'string') return undefined
  return {
    chty,
    ...(ty === undefined ? {} : { ty }),
    ...(spty === undefined ? {} : { spty }),
  }
}

function isOriginators(value: Json | undefined): value is string[] {
  return (
    Array.isArray(value) &&
    value.length <= ruleLimits.originators &&
    value.every((entry) => typeof entry === 'string' && entry.length <= ruleLimits.characters)
  )
}

function isNumber(value: Json | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function malformed(message: string): Result<never> {
  return refusal('RULES_MALFORMED', message)
}
