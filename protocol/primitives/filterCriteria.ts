import { isJsonObject } from '../json.ts'
import { attributeNames } from '../names.ts'
import type { Json, JsonObject } from '../primitive.ts'
import { type Result, refusal, success } from '../result.ts'
import { isText, isTexts, isUnsigned, parameterLimits } from './parameters.ts'

export type FilterKind = 'text' | 'unsigned' | 'texts' | 'numbers'

/** Filter criteria by short name (TS-0009 6.2.2.2). Any other member is a condition on an attribute. */
export const filterKinds: Readonly<Record<string, FilterKind>> = {
  crb: 'text',
  cra: 'text',
  ms: 'text',
  us: 'text',
  sts: 'unsigned',
  stb: 'unsigned',
  exb: 'text',
  exa: 'text',
  lbl: 'texts',
  ty: 'numbers',
  sza: 'unsigned',
  szb: 'unsigned',
  cty: 'texts',
  lim: 'unsigned',
  fu: 'unsigned',
  smf: 'texts',
  fo: 'unsigned',
  cfs: 'unsigned',
  cfq: 'text',
  lvl: 'unsigned',
  ofst: 'unsigned',
}

const checks: Readonly<Record<FilterKind, (value: Json) => boolean>> = {
  text: isText,
  unsigned: isUnsigned,
  texts: isTexts,
  numbers: (value) =>
    Array.isArray(value) &&
    value.length > 0 &&
    value.length <= parameterLimits.entries &&
    value.every(isUnsigned),
}

/** Filter criteria as they stand in the `fc` parameter; a criterion or attribute nobody knows is refused. */
export function parseFilterCriteria(value: Json): Result<JsonObject> {
  if (!isJsonObject(value)) return refusal('FILTER_MALFORMED', 'fc is not an object')
  for (const [name, criterion] of Object.entries(value)) {
    const kind = Object.hasOwn(filterKinds, name) ? filterKinds[name] : undefined
    if (kind === undefined && !Object.hasOwn(attributeNames, name)) {
      return refusal('FILTER_MALFORMED', `no filter criterion or attribute is called ${name}`)
    }
    const sound = kind === undefined ? isCondition(criterion) : checks[kind](criterion)
    if (!sound) return refusal('FILTER_MALFORMED', `filter criterion ${name} has a wrong value`)
  }
  return success(value)
}

function isCondition(value: Json): boolean {
  return isText(value) || typeof value === 'boolean' || typeof value === 'number'
}
