import { closest } from './closest.ts'
import { type FieldPath, type FoundProblem, shown } from './problem.ts'
import type { ParameterDeclaration, Scalar } from './topology.ts'

export type ParameterValues = Readonly<Record<string, Scalar>>

/** Values of all declared parameters: those given, else the defaults. */
export function parameterValues(
  declarations: Readonly<Record<string, Scalar | ParameterDeclaration>>,
  given: ParameterValues,
): { readonly values: ParameterValues; readonly problems: readonly FoundProblem[] } {
  const known = Object.keys(declarations)
  const problems: FoundProblem[] = Object.keys(given)
    .filter((name) => !known.includes(name))
    .map((name) => unknownParameter(['parameters'], name, known))
  const values = known.map((name): [string, Scalar] => {
    const declared = declarations[name]
    const record = typeof declared === 'object' ? declared : { default: declared ?? '' }
    const value = Object.hasOwn(given, name) ? given[name] : undefined
    const problem = misfit(name, record, value ?? record.default)
    if (problem !== undefined) problems.push(problem)
    return [name, value ?? record.default]
  })
  return { values: Object.fromEntries(values), problems }
}

/**
 * The document with `$name` and `${name}` replaced: a scalar that is nothing else takes the value with its type, inside
 * a longer text the value is written out. `parameters` itself is left as it is.
 */
export function withParameters(
  value: unknown,
  values: ParameterValues,
): { readonly value: unknown; readonly problems: readonly FoundProblem[] } {
  const problems: FoundProblem[] = []
  const replace = (item: unknown, path: FieldPath): unknown => {
    if (typeof item === 'string') return replaced(item, path)
    if (Array.isArray(item)) return item.map((child, index) => replace(child, [...path, index]))
    if (typeof item !== 'object' || item === null) return item
    const fields = Object.entries(item).map(([name, child]) =>
      path.length === 0 && name === 'parameters'
        ? [name, child]
        : [name, replace(child, [...path, name])],
    )
    return Object.fromEntries(fields)
  }
  const replaced = (text: string, path: FieldPath): Scalar => {
    const valueNamed = (name: string): Scalar | undefined => {
      if (Object.hasOwn(values, name)) return values[name]
      problems.push(unknownParameter(path, name, Object.keys(values)))
      return undefined
    }
    const whole = wholeReference.exec(text)
    if (whole !== null) return valueNamed(whole[1] ?? whole[2] ?? '') ?? text
    return text.replace(reference, (written, braced?: string, bare?: string) =>
      String(valueNamed(braced ?? bare ?? '') ?? written),
    )
  }
  return { value: replace(value, []), problems }
}

const reference = /\$(?:\{([A-Za-z][A-Za-z0-9]*)\}|([A-Za-z][A-Za-z0-9]*))/g
const wholeReference = /^\$(?:\{([A-Za-z][A-Za-z0-9]*)\}|([A-Za-z][A-Za-z0-9]*))$/

function unknownParameter(path: FieldPath, name: string, known: readonly string[]): FoundProblem {
  const near = closest(name, known)
  const list = known.length === 0 ? 'the file declares none' : `declared: ${known.join(', ')}`
  return {
    path,
    message: `unknown parameter \`${name}\`${near === undefined ? '' : `, did you mean \`${near}\`?`}`,
    remedy: `declare it under \`parameters:\` with a default value (${list})`,
  }
}

function misfit(
  name: string,
  declared: ParameterDeclaration,
  value: Scalar,
): FoundProblem | undefined {
  const wanted = typeof declared.default
  const path = ['parameters', name]
  if (typeof value !== wanted) {
    const message = `parameter \`${name}\` is ${shown(value)}, its default ${shown(declared.default)} is a ${wanted}`
    return { path, message, remedy: `give a ${wanted}` }
  }
  if (typeof value === 'string' && value.includes('$')) {
    return { path, message: `parameter \`${name}\` is ${shown(value)}`, remedy: 'leave out the $' }
  }
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = declared
  if (typeof value === 'number' && !(value >= minimum && value <= maximum)) {
    const message = `parameter \`${name}\` is ${value}, allowed is ${minimum} to ${maximum}`
    return { path, message, remedy: 'give a value within these bounds, or widen them in the file' }
  }
  return undefined
}
