/** The part of JSON Schema (2020-12) that the run record's schema uses, and nothing more. */
export interface Schema {
  readonly $ref?: string
  readonly $defs?: Readonly<Record<string, Schema>>
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: boolean
  readonly items?: Schema
  readonly minimum?: number
  readonly minLength?: number
  readonly maxItems?: number
  readonly pattern?: string
}

/** The first thing that does not fit; `path` is a JSON pointer (RFC 6901), empty for the whole. */
export interface Misfit {
  readonly path: string
  readonly value: unknown
  readonly expected: string
}

/** Checks a value against a schema; the first misfit in document order, or undefined when it fits. */
export function firstMisfit(root: Schema, value: unknown): Misfit | undefined {
  return check({ root, path: '' }, root, value)
}

interface Place {
  readonly root: Schema
  readonly path: string
}

function check(at: Place, schema: Schema, value: unknown): Misfit | undefined {
  if (schema.$ref !== undefined) return check(at, definition(at.root, schema.$ref), value)
  const misfit = (expected: string): Misfit => ({ path: at.path, value, expected })
  if (schema.anyOf !== undefined) {
    const misfits = schema.anyOf.map((choice) => check(at, choice, value))
    if (misfits.includes(undefined)) return undefined
    // The deepest misfit belongs to the choice that was meant.
    return misfits.reduce((one, other) =>
      (other?.path.length ?? 0) > (one?.path.length ?? 0) ? other : one,
    )
  }
  if ('const' in schema && value !== schema.const) return misfit(JSON.stringify(schema.const))
  if (schema.enum !== undefined && !schema.enum.includes(value)) {
    return misfit(`one of ${schema.enum.map((v) => JSON.stringify(v)).join(', ')}`)
  }
  const expected = schema.type === undefined ? undefined : checkType(schema, value)
  if (expected !== undefined) return misfit(expected)
  if (schema.type === 'array') return checkItems(at, schema, value as readonly unknown[])
  if (schema.type === 'object') {
    return checkFields(at, schema, value as Readonly<Record<string, unknown>>)
  }
  return undefined
}

/** What the value had to be, when it is not. */
function checkType(schema: Schema, value: unknown): string | undefined {
  const { type = '', minimum = Number.NEGATIVE_INFINITY, minLength = 0 } = schema
  if (typesOf(value).includes(type) === false) return typeWords[type] ?? type
  if (typeof value === 'number' && value < minimum) return `a number of at least ${minimum}`
  if (typeof value === 'string') {
    if (value.length < minLength) return 'a text that is not empty'
    if (schema.pattern !== undefined && !new RegExp(schema.pattern, 'u').test(value)) {
      return `a text of the form ${schema.pattern}`
    }
  }
  return undefined
}

function checkItems(at: Place, schema: Schema, items: readonly unknown[]): Misfit | undefined {
  if (items.length > (schema.maxItems ?? Number.POSITIVE_INFINITY)) {
    return { path: at.path, value: items, expected: `at most ${schema.maxItems} items` }
  }
  for (const [index, item] of items.entries()) {
    const place = { root: at.root, path: `${at.path}/${index}` }
    const found = check(place, schema.items ?? {}, item)
    if (found !== undefined) return found
  }
  return undefined
}

function checkFields(
  at: Place,
  schema: Schema,
  fields: Readonly<Record<string, unknown>>,
): Misfit | undefined {
  const missing = schema.required?.find((name) => !Object.hasOwn(fields, name))
  if (missing !== undefined) {
    return { path: below(at.path, missing), value: undefined, expected: 'a value (it is missing)' }
  }
  for (const [name, value] of Object.entries(fields)) {
    const known = Object.hasOwn(schema.properties ?? {}, name)
    const path = below(at.path, name)
    if (!known && schema.additionalProperties === false) {
      return { path, value, expected: 'no such field (unknown fields are refused)' }
    }
    const found = check({ root: at.root, path }, schema.properties?.[name] ?? {}, value)
    if (found !== undefined) return found
  }
  return undefined
}

function definition(root: Schema, reference: string): Schema {
  const found = root.$defs?.[reference.replace('#/$defs/', '')]
  if (found === undefined) throw new TypeError(`the schema has no ${reference}`)
  return found
}

function below(path: string, name: string): string {
  return `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
}

function typesOf(value: unknown): readonly string[] {
  if (value === null) return ['null']
  if (Array.isArray(value)) return ['array']
  if (Number.isInteger(value)) return ['integer', 'number']
  return [typeof value]
}

const typeWords: Readonly<Record<string, string>> = {
  object: 'an object',
  array: 'an array',
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  null: 'null',
}
