import { requestParameterNames, responseParameterNames } from '../names.ts'
import type { JsonObject } from '../primitive.ts'

const tables = { request: requestParameterNames, response: responseParameterNames } as const
const inverse = {
  request: invert(requestParameterNames),
  response: invert(responseParameterNames),
} as const

/** Request or response parameters under their short names, given under their long ones; unknown names stay. */
export function fromLongNames(kind: 'request' | 'response', json: JsonObject): JsonObject {
  return rename(json, inverse[kind])
}

/** The other way round. */
export function toLongNames(kind: 'request' | 'response', json: JsonObject): JsonObject {
  return rename(json, tables[kind])
}

/** Why a parameter is not taken: it has no such name, or was given by its long one. */
export function unknownParameter(kind: 'request' | 'response', name: string): string {
  const short = Object.hasOwn(inverse[kind], name) ? inverse[kind][name] : undefined
  return short === undefined
    ? `no parameter is called ${name.slice(0, 40)}`
    : `parameters go by their short names: ${short} for ${name}`
}

function rename(json: JsonObject, names: Readonly<Record<string, string>>): JsonObject {
  return Object.fromEntries(
    Object.entries(json).map(([name, value]) => [
      (Object.hasOwn(names, name) ? names[name] : undefined) ?? name,
      value,
    ]),
  )
}

function invert(names: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(names).map(([short, long]) => [long, short]))
}
