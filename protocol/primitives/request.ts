import { asJsonObject } from '../json.ts'
import type { JsonObject, RequestPrimitive } from '../primitive.ts'
import { type Result, refusal, success } from '../result.ts'
import { parseFilterCriteria } from './filterCriteria.ts'
import { unknownParameter } from './longNames.ts'
import { fits, type ParameterKind } from './parameters.ts'

/** Parameters of a request by short name (TS-0004 7.2.1, 8.2.2). */
export const requestParameters = {
  op: 'operation',
  to: 'text',
  fr: 'text',
  rqi: 'text',
  rvi: 'text',
  ty: 'unsigned',
  pc: 'object',
  rids: 'texts',
  ot: 'text',
  rqet: 'text',
  rset: 'text',
  oet: 'text',
  rt: 'responseType',
  rp: 'text',
  rcn: 'unsigned',
  ec: 'unsigned',
  da: 'boolean',
  gid: 'text',
  fc: 'filter',
  drt: 'unsigned',
  tkns: 'texts',
  tids: 'texts',
  ltids: 'texts',
  tqi: 'boolean',
  vsi: 'text',
} as const satisfies Record<keyof RequestPrimitive, ParameterKind>

/** Parameters of the standard that the bench does not know how to read: 5001 (TS-0004 7.3.2.1). */
export const unsupportedParameters: readonly string[] = ['grtm', 'asi', 'aus', 'auri', 'sqi']

/** A request primitive from JSON with short names (TS-0004 8). Unknown parameters are refused. */
export function parseRequest(json: unknown): Result<RequestPrimitive> {
  const object = asJsonObject(json)
  if (!object.ok) return object
  for (const [name, value] of Object.entries(object.value)) {
    if (unsupportedParameters.includes(name)) {
      return refusal('PARAMETER_UNSUPPORTED', `parameter ${name} is not supported`, 5001)
    }
    if (!isParameter(name)) return refusal('PARAMETER_UNKNOWN', unknownParameter('request', name))
    if (!fits(requestParameters[name], value)) {
      return refusal('PARAMETER_MALFORMED', `parameter ${name} has a wrong value`)
    }
  }
  for (const name of ['op', 'to', 'rqi']) {
    if (!Object.hasOwn(object.value, name)) {
      return refusal('PARAMETER_MISSING', `parameter ${name} is missing`)
    }
  }
  const filter = object.value.fc === undefined ? undefined : parseFilterCriteria(object.value.fc)
  if (filter?.ok === false) return filter
  // Every member was checked against the table above, whose keys the compiler ties to the type.
  return success(object.value as unknown as RequestPrimitive)
}

function isParameter(name: string): name is keyof typeof requestParameters {
  return Object.hasOwn(requestParameters, name)
}

/** JSON with short names; absent parameters are left out. */
export function buildRequest(request: RequestPrimitive): JsonObject {
  return Object.fromEntries(
    Object.entries(request).filter(([, value]) => value !== undefined),
  ) as JsonObject
}
