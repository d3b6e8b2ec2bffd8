import { type Own, parseSpId } from '../identifiers.ts'

/** `indeterminate`: the entry may name the originator, but saying so needs a group or a role that is not looked up here. */
export type Match = 'yes' | 'no' | 'indeterminate'

/**
 * Whether an entry of accessControlOriginators names an originator, given by its absolute id (TS-0003 7.1.3).
 *
 * - `all`: everybody.
 * - `//sp.example`: every AE and CSE of that provider; no wildcard in it (docs/spec-inconsistencies.md).
 * - CSE-ID or AE-ID: SP-relative forms and stems are ids of the host's own provider, absolute ones of any. `*` stands
 *   for any characters but `/`.
 */
export function matchOriginator(entry: string, originator: string, own: Own): Match {
  if (entry === 'all') return 'yes'
  if (isSpDomain(entry)) return originator.startsWith(`${entry}/`) ? 'yes' : 'no'
  const pattern = absolutePatternOf(entry, own)
  if (pattern === undefined) return 'indeterminate'
  return matchesPattern(pattern, originator) ? 'yes' : 'no'
}

function isSpDomain(entry: string): boolean {
  return entry.startsWith('//') && parseSpId(entry).ok
}

const idCharacters = '[A-Za-z0-9._~*-]'
const spRelativeForm = new RegExp(`^/${idCharacters}+(?:/[C*]${idCharacters}*)?$`)
const absoluteForm = new RegExp(`^//[a-z0-9.*-]+(/${idCharacters}+(?:/[C*]${idCharacters}*)?)$`)
const stemPattern = new RegExp(`^[CS]${idCharacters}+$`)

/** The entry as a pattern of absolute ids; undefined where it is no id of an AE or CSE: a group, a role. */
function absolutePatternOf(entry: string, own: Own): string | undefined {
  if (absoluteForm.test(entry)) return entry
  if (spRelativeForm.test(entry)) return `//${own.spId}${entry}`
  if (!stemPattern.test(entry)) return undefined
  return entry.startsWith('S') ? `//${own.spId}/${entry}` : `//${own.spId}${own.cseId}/${entry}`
}

/** Segment by segment, so that `*` never crosses a `/`. */
export function matchesPattern(pattern: string, text: string): boolean {
  if (!pattern.includes('*')) return pattern === text
  const patterns = pattern.split('/')
  const segments = text.split('/')
  return (
    patterns.length === segments.length &&
    patterns.every((one, index) => matchesSegment(one, segments[index] ?? ''))
  )
}

/** The first and last piece are anchored, the others are found from left to right: linear, whatever the pattern. */
function matchesSegment(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*')
  const last = rest.pop()
  if (last === undefined) return pattern === text
  if (!text.startsWith(first) || !text.endsWith(last)) return false
  let from = first.length
  const end = text.length - last.length
  for (const piece of rest) {
    const found = text.indexOf(piece, from)
    if (found < 0) return false
    from = found + piece.length
  }
  return from <= end
}
