import type { Json, JsonObject, RequestPrimitive } from '../primitive.ts'
import { type FilterKind, filterKinds } from '../primitives/filterCriteria.ts'
import { fits } from '../primitives/parameters.ts'
import { unsupportedParameters } from '../primitives/request.ts'
import { type Result, refusal, success } from '../result.ts'
import { httpLimits } from './message.ts'

/** Parameters that travel as query fields (TS-0009 6.2.2.2); the rest of the fields belong to the filter criteria. */
const parameterFields = {
  rp: 'text',
  rcn: 'unsigned',
  da: 'boolean',
  drt: 'unsigned',
  rids: 'texts',
  tids: 'texts',
  ltids: 'texts',
  tqi: 'boolean',
} as const

type FieldKind = FilterKind | 'boolean'

export interface Query {
  /** Parameters by short name, `fc` included; `rt` only as a number. */
  readonly parameters: JsonObject
  readonly rtv?: number
  /** Attributes of a partial retrieve. */
  readonly atrl?: readonly string[]
}

/** Reads a query string without its `?`. */
export function parseQuery(text: string): Result<Query> {
  const fields = readFields(text)
  if (!fields.ok) return fields
  const parameters: JsonObject = {}
  const filter: JsonObject = {}
  let rtv: number | undefined
  let atrl: readonly string[] | undefined
  for (const [name, values] of fields.value) {
    if (unsupportedParameters.includes(name)) {
      return refusal('PARAMETER_UNSUPPORTED', `query field ${name} is not supported`, 5001)
    }
    const kind = kindOf(name)
    const value = readValue(kind, values)
    if (value === undefined) {
      return refusal('HTTP_MALFORMED', `query field ${name} has a wrong value`)
    }
    if (name === 'rt') rtv = Number(value)
    else if (name === 'atrl') atrl = values
    else if (Object.hasOwn(parameterFields, name)) parameters[name] = value
    else filter[name] = value
  }
  if (Object.keys(filter).length > 0) parameters.fc = filter
  return success({
    parameters,
    ...(rtv === undefined ? {} : { rtv }),
    ...(atrl === undefined ? {} : { atrl }),
  })
}

function kindOf(name: string): FieldKind {
  if (name === 'rt') return 'unsigned'
  if (name === 'atrl') return 'texts'
  const table: Readonly<Record<string, FieldKind>> = { ...filterKinds, ...parameterFields }
  return (Object.hasOwn(table, name) ? table[name] : undefined) ?? 'text'
}

/** Fields by name; values are split at `+` before they are decoded, and a field may stand several times. */
function readFields(text: string): Result<ReadonlyMap<string, readonly string[]>> {
  const fields = new Map<string, string[]>()
  const parts = text.split('&').filter((part) => part !== '')
  if (parts.length > httpLimits.queryFields) {
    return refusal('HTTP_MALFORMED', `more than ${httpLimits.queryFields} query fields`)
  }
  for (const part of parts) {
    const [rawName = '', ...rest] = part.split('=')
    const name = decode(rawName)
    const values = rest.join('=').split('+').map(decode)
    if (name === undefined || !/^[A-Za-z0-9]{1,20}$/.test(name) || !values.every(isDecoded)) {
      return refusal('HTTP_MALFORMED', 'the query string is malformed')
    }
    fields.set(name, [...(fields.get(name) ?? []), ...values])
  }
  return success(fields)
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

function isDecoded(value: string | undefined): value is string {
  return value !== undefined
}

function readValue(kind: FieldKind, values: readonly string[]): Json | undefined {
  if (kind === 'texts') return fits('texts', [...values]) ? [...values] : undefined
  if (kind === 'numbers') return values.every(isNumber) ? values.map(Number) : undefined
  const [value, ...more] = values
  if (value === undefined || more.length > 0) return undefined
  if (kind === 'unsigned') return isNumber(value) ? Number(value) : undefined
  if (kind === 'boolean') return booleans.get(value)
  return fits('text', value) ? value : undefined
}

const booleans: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
  ['1', true],
  ['0', false],
])

function isNumber(value: string): boolean {
  return /^\d{1,15}$/.test(value)
}

/** The query string of a request, without `?`; empty where there is nothing to say. */
export function buildQuery(request: RequestPrimitive, atrl: readonly string[] | undefined): string {
  const fields: (readonly [string, Json | undefined])[] = [
    ['rt', request.rt?.rtv],
    ...Object.keys(parameterFields).map(
      (name) => [name, request[name as keyof typeof parameterFields] as Json | undefined] as const,
    ),
    ...Object.entries(request.fc ?? {}),
    ['atrl', atrl === undefined ? undefined : [...atrl]],
  ]
  return fields
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${writeValue(value)}`]))
    .join('&')
}

function writeValue(value: Json): string {
  const values = Array.isArray(value) ? value : [value]
  return values.map((one) => encodeURIComponent(String(one))).join('+')
}
