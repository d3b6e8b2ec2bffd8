import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js'
import { closest } from './closest.ts'
import { type FieldPath, type FoundProblem, shown } from './problem.ts'

/** What a schema says against a document; empty = every field is known and of the right shape. */
export type SchemaCheck = (value: unknown) => readonly FoundProblem[]

/** A check against a published JSON Schema whose problems read as sentences; `page` is where a reader finds more. */
export function schemaCheck(schema: object, page: string): SchemaCheck {
  const validate = new Ajv2020({
    allErrors: true,
    verbose: true,
    allowUnionTypes: true,
    strictTypes: false,
    strictRequired: false,
  }).compile(schema)
  return (value) => {
    if (validate(value)) return []
    const found = (validate.errors ?? [])
      .slice(0, mostErrors)
      .map((error) => problemOf(error, value, page))
      .filter((problem) => problem !== undefined)
    // Two keywords of the schema may refuse one value; the first says enough.
    const seen = new Set<string>()
    return found.filter((problem) => {
      const key = JSON.stringify([problem.path, problem.part])
      return !seen.has(key) && seen.add(key)
    })
  }
}

const mostErrors = 200

/** One row per keyword of the schema: how its error reads. Keywords that only repeat another one are left out. */
const wording: Readonly<Record<string, (error: ErrorObject, path: FieldPath) => FoundProblem>> = {
  additionalProperties: (error, path) => {
    const name = String(error.params.additionalProperty)
    const known = Object.keys((error.parentSchema?.properties as object | undefined) ?? {})
    const near = closest(name, known)
    return {
      path: [...path, name],
      part: 'name',
      message: `unknown field \`${name}\`${near === undefined ? '' : `, did you mean \`${near}\`?`}`,
      remedy: `fields known here: ${known.join(', ')}`,
    }
  },
  required: (error, path) => {
    const name = String(error.params.missingProperty)
    const properties = error.parentSchema?.properties as Record<string, object> | undefined
    return {
      path,
      part: 'name',
      message: `the field \`${name}\` is missing${inside(path)}`,
      remedy: `add \`${name}\`: ${descriptionOf(properties?.[name]) ?? 'it is needed'}`,
    }
  },
  propertyNames: (error, path) => {
    const name = String(error.params.propertyName)
    const names = error.parentSchema?.propertyNames as object | undefined
    return {
      path: [...path, name],
      part: 'name',
      message: `\`${name}\` is not a name${inside(path)}`,
      remedy: descriptionOf(names) ?? 'a name is letters and digits and begins with a letter',
    }
  },
  enum: (error, path) => {
    const allowed = (error.params.allowedValues as readonly unknown[]).map(String)
    const near = typeof error.data === 'string' ? closest(error.data, allowed) : undefined
    return {
      path,
      message: `${named(path, error.data)} is not one of ${allowed.join(', ')}${near === undefined ? '' : `; did you mean \`${near}\`?`}`,
      remedy: descriptionOf(error.parentSchema) ?? `use one of ${allowed.join(', ')}`,
    }
  },
  minProperties: (error, path) => ({
    path,
    part: 'name',
    message: `\`${path.at(-1)}\` is empty`,
    remedy: `add at least one entry: ${descriptionOf(error.parentSchema) ?? ''}`,
  }),
}

function problemOf(error: ErrorObject, root: unknown, page: string): FoundProblem | undefined {
  // The inner error of a refused property name is said again by `propertyNames`.
  if (error.propertyName !== undefined && error.keyword !== 'propertyNames') return undefined
  const path = pathOf(error.instancePath, root)
  const worded = wording[error.keyword]
  if (worded !== undefined) return worded(error, path)
  return {
    path,
    message: `${named(path, error.data)} does not fit: ${plain(error)}`,
    remedy: descriptionOf(error.parentSchema) ?? `see ${page}`,
  }
}

function plain(error: ErrorObject): string {
  if (error.keyword === 'pattern') return 'it is not of the form described below'
  if (error.keyword === 'type' && Array.isArray(error.data)) {
    return `it is a list of ${error.data.length}, and must be one ${[error.params.type].flat().join(' or ')}`
  }
  if (error.keyword === 'type') return `it must be ${[error.params.type].flat().join(' or ')}`
  return `it ${error.message ?? error.keyword}`
}

function named(path: FieldPath, value: unknown): string {
  return path.length === 0 ? shown(value) : `\`${path.at(-1)}: ${shown(value)}\``
}

function inside(path: FieldPath): string {
  return path.length === 0 ? '' : ` in \`${path.at(-1)}\``
}

function descriptionOf(part: unknown): string | undefined {
  const described = part as { readonly description?: unknown } | undefined
  return typeof described?.description === 'string' ? described.description : undefined
}

/** JSON pointer to path; positions in lists become numbers. */
function pathOf(pointer: string, root: unknown): FieldPath {
  let value: unknown = root
  return pointer
    .split('/')
    .slice(1)
    .map((part) => {
      const name = part.replaceAll('~1', '/').replaceAll('~0', '~')
      const step = Array.isArray(value) ? Number(name) : name
      value = (value as Record<string | number, unknown> | undefined)?.[step]
      return step
    })
}
