/** Which purposes apply to an IUT: ICS expressions, profiles and globs over ids. Pure. */
import type { BenchError } from '../../protocol/errors.ts'
import type { Profile, TestPurpose } from './testPurpose.ts'

/** Item name to supported or not; an item that is missing counts as not supported. */
export type Ics = Readonly<Record<string, boolean>>

export type SelectionExpression =
  | { readonly kind: 'item'; readonly name: string }
  | { readonly kind: 'not'; readonly operand: SelectionExpression }
  | {
      readonly kind: 'and' | 'or'
      readonly left: SelectionExpression
      readonly right: SelectionExpression
    }

export interface SelectionOptions {
  readonly ics: Ics
  /** Default `full`. */
  readonly profile?: Profile
  /** Ids or globs (`*` within a part, `**` or a trailing `*` over parts); absent = all. */
  readonly only?: readonly string[]
}

export interface Selected {
  readonly purpose: TestPurpose
  readonly selected: boolean
  /** E.g. `not selected: ICS_MN_CSE is false`. */
  readonly because: string
}

/** Errors name the position, counted from 1. */
export function parseSelection(
  _text: string,
):
  | { readonly ok: true; readonly value: SelectionExpression }
  | { readonly ok: false; readonly error: BenchError } {
  throw new Error('not written yet')
}

export function evaluateSelection(
  _expression: SelectionExpression,
  _ics: Ics,
): { readonly selected: boolean; readonly because: string } {
  throw new Error('not written yet')
}

/** One row per purpose, in the order given. A glob that fits no purpose is a USAGE error. */
export function selectPurposes(
  _purposes: readonly TestPurpose[],
  _options: SelectionOptions,
): readonly Selected[] {
  throw new Error('not written yet')
}
