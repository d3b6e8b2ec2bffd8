/** Which purposes apply to an IUT: ICS expressions, profiles and globs over ids. Pure. */
import { BenchError } from '../../protocol/errors.ts'
import { parseSelection, type SelectionExpression } from './selectionExpression.ts'
import type { Profile, TestPurpose } from './testPurpose.ts'

/** Item name to supported or not; an item that is missing counts as not supported. */
export type Ics = Readonly<Record<string, boolean>>

export interface SelectionOptions {
  readonly ics: Ics
  /** Default `full`. */
  readonly profile?: Profile
  /** Ids or globs: `*` stands for any characters within one part of the id, `**` for any at all; absent = all. */
  readonly only?: readonly string[]
}

export interface Selected {
  readonly purpose: TestPurpose
  readonly selected: boolean
  /** E.g. `not selected: ICS_MN_CSE is false`. */
  readonly because: string
}

/** Profiles that a purpose of the given smallest profile is part of. */
const includedIn: Readonly<Record<Profile, readonly Profile[]>> = {
  smoke: ['smoke', 'ci', 'full'],
  ci: ['ci', 'full'],
  full: ['full'],
  plugfest: ['full', 'plugfest'],
}

/** One row per purpose, in the order given. A glob that fits no purpose is an error (UNKNOWN_PURPOSE): a typo must not select nothing. */
export function selectPurposes(
  purposes: readonly TestPurpose[],
  { ics, profile = 'full', only }: SelectionOptions,
): readonly Selected[] {
  const globs = only?.map((glob) => ({ glob, form: globForm(glob) }))
  for (const { glob, form } of globs ?? []) {
    if (purposes.some(({ id }) => form.test(id))) continue
    const remedy = './bench list shows every id; * stands for one part of an id, ** for several'
    throw new BenchError('UNKNOWN_PURPOSE', `no purpose fits ${JSON.stringify(glob)}`, { remedy })
  }
  return purposes.map((purpose) => {
    const refused =
      refusedByGlobs(
        purpose,
        globs?.map(({ form }) => form),
      ) ??
      refusedByProfile(purpose, profile, only !== undefined) ??
      refusedByIcs(purpose, ics)
    const because = refused === undefined ? 'selected' : `not selected: ${refused}`
    return { purpose, selected: refused === undefined, because }
  })
}

export function evaluateSelection(
  expression: SelectionExpression,
  ics: Ics,
): { readonly selected: boolean; readonly because: string } {
  if (expression.kind === 'item') {
    const declared = Object.hasOwn(ics, expression.name) ? ics[expression.name] : undefined
    const because = `${expression.name} is ${declared ?? 'not declared'}`
    return { selected: declared === true, because }
  }
  if (expression.kind === 'not') {
    const { selected, because } = evaluateSelection(expression.operand, ics)
    return { selected: !selected, because }
  }
  return evaluatePair(expression, ics)
}

/** Names what decided: of an `and` every part that is false, of an `or` every part that is true, else both. */
function evaluatePair(
  { kind, left, right }: Extract<SelectionExpression, { kind: 'and' | 'or' }>,
  ics: Ics,
): { readonly selected: boolean; readonly because: string } {
  const parts = [evaluateSelection(left, ics), evaluateSelection(right, ics)]
  const decisive = parts.filter((part) => part.selected === (kind === 'or'))
  const selected = kind === 'or' ? decisive.length > 0 : decisive.length === 0
  const named = decisive.length > 0 ? decisive : parts
  return { selected, because: named.map(({ because }) => because).join(' and ') }
}

function refusedByGlobs({ id }: TestPurpose, forms?: readonly RegExp[]): string | undefined {
  const fits = forms === undefined || forms.some((form) => form.test(id))
  return fits ? undefined : 'the id is not asked for'
}

/** A purpose that is asked for by id is run whatever the profile. */
function refusedByProfile(
  { profile: smallest }: TestPurpose,
  profile: Profile,
  asked: boolean,
): string | undefined {
  if (asked || includedIn[smallest].includes(profile)) return undefined
  return `it belongs to profile ${smallest}, not to ${profile}`
}

function refusedByIcs({ id, selection }: TestPurpose, ics: Ics): string | undefined {
  const parsed = parseSelection(selection)
  if (!parsed.ok) {
    throw new BenchError('INTERNAL', `purpose ${id}: ${parsed.error.message}`)
  }
  const { selected, because } = evaluateSelection(parsed.value, ics)
  return selected ? undefined : because
}

function globForm(glob: string): RegExp {
  const pattern = glob
    .split('**')
    .map((piece) => piece.split('*').map(escaped).join('[^/]*'))
    .join('.*')
  return new RegExp(`^${pattern}$`)
}

function escaped(literal: string): string {
  return literal.replace(/[\\^$.|?+()[\]{}]/g, '\\$&')
}
