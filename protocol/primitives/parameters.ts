import { isJsonObject } from '../json.ts'
import type { Json } from '../primitive.ts'

/** How a parameter is written in JSON. */
export type ParameterKind =
  | 'text'
  | 'unsigned'
  | 'boolean'
  | 'texts'
  | 'object'
  | 'json'
  | 'operation'
  | 'responseType'
  | 'filter'

/** Longest text parameter and longest list that are read. */
export const parameterLimits = { characters: 4096, entries: 1024 } as const

/**
 * Text of a parameter: printable ASCII without blanks at its ends. All of them are identifiers, times or numbers, and
 * the HTTP binding puts them into header fields, where anything else could be read differently on the next hop.
 */
const textForm = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/

export function isText(value: unknown): boolean {
  return (
    typeof value === 'string' && value.length <= parameterLimits.characters && textForm.test(value)
  )
}

export function isUnsigned(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

export function isTexts(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.length <= parameterLimits.entries &&
    value.every(isText)
  )
}

const checks: Readonly<Record<ParameterKind, (value: Json) => boolean>> = {
  text: isText,
  unsigned: isUnsigned,
  boolean: (value) => typeof value === 'boolean',
  texts: isTexts,
  object: isJsonObject,
  json: () => true,
  operation: isFrom1To5,
  responseType: isResponseType,
  filter: isJsonObject,
}

/** Whether a value is written as its kind of parameter is. */
export function fits(kind: ParameterKind, value: Json): boolean {
  return checks[kind](value)
}

function isFrom1To5(value: unknown): boolean {
  return isUnsigned(value) && Number(value) >= 1 && Number(value) <= 5
}

function isResponseType(value: Json): boolean {
  if (!isJsonObject(value)) return false
  const { rtv, nu, ...rest } = value
  return isFrom1To5(rtv) && (nu === undefined || isTexts(nu)) && Object.keys(rest).length === 0
}
