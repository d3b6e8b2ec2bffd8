import { asJsonObject } from '../json.ts'
import type { JsonObject, ResponsePrimitive } from '../primitive.ts'
import { type Result, refusal, success } from '../result.ts'
import { unknownParameter } from './longNames.ts'
import { fits, type ParameterKind } from './parameters.ts'

/** Parameters of a response by short name (TS-0004 7.2.1, 8.2.2). */
export const responseParameters = {
  rsc: 'unsigned',
  rqi: 'text',
  rvi: 'text',
  pc: 'json',
  to: 'text',
  fr: 'text',
  ot: 'text',
  rset: 'text',
  ec: 'unsigned',
  cnst: 'unsigned',
  cnot: 'unsigned',
} as const satisfies Record<keyof ResponsePrimitive, ParameterKind>

/** Parameters of the standard that the bench does not use; they are left out of what was read. */
const ignoredParameters: readonly string[] = ['ati', 'tqf', 'asri', 'vsi']

/** A response primitive from JSON with short names (TS-0004 8). Unknown parameters are refused. */
export function parseResponse(json: unknown): Result<ResponsePrimitive> {
  const object = asJsonObject(json)
  if (!object.ok) return object
  const kept: JsonObject = {}
  for (const [name, value] of Object.entries(object.value)) {
    if (ignoredParameters.includes(name)) continue
    if (!isParameter(name)) return refusal('PARAMETER_UNKNOWN', unknownParameter('response', name))
    if (!fits(responseParameters[name], value)) {
      return refusal('PARAMETER_MALFORMED', `parameter ${name} has a wrong value`)
    }
    kept[name] = value
  }
  if (!isStatus(kept.rsc)) return refusal('PARAMETER_MALFORMED', 'rsc is no status code')
  if (kept.rqi === undefined) return refusal('PARAMETER_MISSING', 'parameter rqi is missing')
  // Every member was checked against the table above, whose keys the compiler ties to the type.
  return success(kept as unknown as ResponsePrimitive)
}

function isParameter(name: string): name is keyof typeof responseParameters {
  return Object.hasOwn(responseParameters, name)
}

/** Response status codes have four digits (TS-0004 6.6.3). */
function isStatus(value: unknown): boolean {
  return typeof value === 'number' && value >= 1000 && value <= 9999
}

/** JSON with short names; absent parameters are left out. */
export function buildResponse(response: ResponsePrimitive): JsonObject {
  return Object.fromEntries(
    Object.entries(response).filter(([, value]) => value !== undefined),
  ) as JsonObject
}
