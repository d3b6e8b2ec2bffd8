/** Something wrong in a configuration: where (`cse.listener.port`), what, and what to do about it. */
export interface Problem {
  readonly path: string
  readonly message: string
  readonly remedy: string
  /** Well formed, but nothing this node has. */
  readonly unsupported?: true
}

/** Looks at a value and adds what is wrong with it. */
export type Check = (value: unknown, path: string, problems: Problem[]) => void

/** A field that may be left out. */
export interface OptionalField {
  readonly optional: Check
}

export type Fields = Readonly<Record<string, Check | OptionalField>>

export function optional(check: Check): OptionalField {
  return { optional: check }
}

/** An object with these fields and no others. */
export function object(fields: Fields): Check {
  const names = Object.keys(fields)
  return (value, path, problems) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      problems.push({ path, message: 'is no object', remedy: `give ${names.join(', ')}` })
      return
    }
    const given = new Map<string, unknown>(Object.entries(value))
    for (const name of given.keys()) {
      if (Object.hasOwn(fields, name)) continue
      const remedy = `remove it; there are ${names.join(', ')}`
      problems.push({ path: below(path, name), message: 'is no known field', remedy })
    }
    for (const [name, field] of Object.entries(fields)) {
      const at = below(path, name)
      const member = given.get(name)
      if (member !== undefined)
        (typeof field === 'function' ? field : field.optional)(member, at, problems)
      else if (typeof field === 'function') {
        problems.push({ path: at, message: 'is missing', remedy: 'add it' })
      }
    }
  }
}

/** Bound on every list. */
const maxEntries = 10_000

export function list(of: Check): Check {
  return (value, path, problems) => {
    if (!Array.isArray(value) || value.length > maxEntries) {
      const remedy = `give a list of at most ${maxEntries} entries`
      problems.push({ path, message: 'is no list', remedy })
      return
    }
    for (const [index, entry] of value.entries()) of(entry, `${path}[${index}]`, problems)
  }
}

/** A text for which `sound` holds; `what` names the form. */
export function text(what: string, sound: (text: string) => boolean): Check {
  return (value, path, problems) => {
    if (typeof value === 'string' && value.length <= 4096 && sound(value)) return
    problems.push({ path, message: `${show(value)} is no ${what}`, remedy: `give a ${what}` })
  }
}

export function oneOf(...values: readonly (string | number | boolean)[]): Check {
  return (value, path, problems) => {
    if (values.some((each) => each === value)) return
    const remedy = `give ${values.join(' or ')}`
    const unsupported = typeof value === typeof values[0] ? ({ unsupported: true } as const) : {}
    problems.push({ path, message: `${show(value)} is not supported`, remedy, ...unsupported })
  }
}

/** An object that has the field `name` is checked as `having`, any other value as `otherwise`. */
export function byField(name: string, having: Check, otherwise: Check): Check {
  return (value, path, problems) => {
    const isThere = typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    const check = isThere ? having : otherwise
    check(value, path, problems)
  }
}

export function wholeNumber(range: { readonly min: number; readonly max: number }): Check {
  const { min, max } = range
  return (value, path, problems) => {
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return
    const remedy = `give a whole number from ${min} to ${max}`
    problems.push({ path, message: `${show(value)} is out of range`, remedy })
  }
}

export const truth: Check = (value, path, problems) => {
  if (typeof value === 'boolean') return
  problems.push({
    path,
    message: `${show(value)} is not true or false`,
    remedy: 'give one of them',
  })
}

function below(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}

function show(value: unknown): string {
  return (JSON.stringify(value) ?? typeof value).slice(0, 60)
}
