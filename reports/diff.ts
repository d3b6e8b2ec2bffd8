import { revealHidden } from './html/escape.ts'
import type { PurposeRecord, RunRecord } from './model/runRecord.ts'

/** One purpose in two records. Absent on a side: not in that record. */
export interface Difference {
  /** Purpose id; with the mutants it ran with, if any. */
  readonly key: string
  readonly before?: PurposeRecord
  readonly after?: PurposeRecord
}

export interface RecordDiff {
  /** Passed (or was not selected), and does not pass any more. */
  readonly regressed: readonly Difference[]
  /** Did not pass, and passes now. */
  readonly fixed: readonly Difference[]
  /** Another verdict or grade that is neither of the two, e.g. fail → inconc, or a pass that became a deviation. */
  readonly changed: readonly Difference[]
  readonly added: readonly Difference[]
  readonly removed: readonly Difference[]
  readonly same: readonly Difference[]
}

export type Change = keyof RecordDiff

/** Compares two records purpose by purpose, `before` first. */
export function diffRecords(before: RunRecord, after: RunRecord): RecordDiff {
  const left = byKey(before)
  const right = byKey(after)
  const keys = [...new Set([...left.keys(), ...right.keys()])].sort()
  const all = keys.map((key): Difference => {
    const one = left.get(key)
    const other = right.get(key)
    return {
      key,
      ...(one === undefined ? {} : { before: one }),
      ...(other === undefined ? {} : { after: other }),
    }
  })
  const of = (change: Change): readonly Difference[] => all.filter((d) => changeOf(d) === change)
  return {
    regressed: of('regressed'),
    fixed: of('fixed'),
    changed: of('changed'),
    added: of('added'),
    removed: of('removed'),
    same: of('same'),
  }
}

/** The comparison as plain text; what got worse comes first. */
export function diffText(diff: RecordDiff): string {
  const counts = changes.map((change) => `${change} ${diff[change].length}`).join('  ')
  const lines = changes
    .filter((change) => change !== 'same')
    .flatMap((change) => diff[change].map((difference) => lineOf(change, difference)))
  return `${[counts, ...lines].map((line) => revealHidden(line.replace(/[\n\t]+/g, ' '))).join('\n')}\n`
}

/** Identifies an execution: the same purpose with a mutant is another one. */
export function keyOf(purpose: PurposeRecord): string {
  const mutants = purpose.mutants.map((m) => `${m.misbehaviour} on ${m.node}`)
  return mutants.length === 0 ? purpose.id : `${purpose.id} with ${mutants.join(', ')}`
}

const changes = ['regressed', 'fixed', 'changed', 'added', 'removed', 'same'] as const

function byKey(record: RunRecord): ReadonlyMap<string, PurposeRecord> {
  const found = new Map<string, PurposeRecord>()
  for (const purpose of record.purposes) {
    // A purpose that ran several times counts with every execution.
    const key = keyOf(purpose)
    let name = key
    for (let again = 2; found.has(name); again += 1) name = `${key} #${again}`
    found.set(name, purpose)
  }
  return found
}

function changeOf({ before, after }: Difference): Change {
  if (before === undefined) return 'added'
  if (after === undefined) return 'removed'
  if (before.verdict === after.verdict && before.grade === after.grade) return 'same'
  const passes = after.verdict === 'pass'
  const passed = before.verdict === 'pass'
  if (passes) return passed || before.verdict === 'none' ? 'changed' : 'fixed'
  // From pass to none is no regression of the IUT, but nobody looks any more: listed as changed.
  if (after.verdict === 'none') return 'changed'
  return passed || before.verdict === 'none' ? 'regressed' : 'changed'
}

function lineOf(change: Change, { key, before, after }: Difference): string {
  const outcome = `${stateOf(before)} → ${stateOf(after)}`
  const reason = after !== undefined && after.verdict !== 'pass' ? `: ${after.reason}` : ''
  return `${change.padEnd(9)} ${key}  ${outcome}${reason}`
}

function stateOf(purpose: PurposeRecord | undefined): string {
  if (purpose === undefined) return 'absent'
  return purpose.grade === 'conceptual' ? `${purpose.verdict} (deviation)` : purpose.verdict
}
