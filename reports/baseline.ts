import { keyOf } from './diff.ts'
import { revealHidden } from './html/escape.ts'
import type { Baseline, ExpectedVerdict } from './model/baseline.ts'
import type { PurposeRecord, RunRecord } from './model/runRecord.ts'
import { contradictionsOf, exitCodeOf, type RunExitCode, summarise } from './model/summary.ts'

export interface BaselineComparison {
  /** Did not pass, and nothing (any more) says that this was to be expected. */
  readonly unexpected: readonly PurposeRecord[]
  /** Did not pass, exactly as expected. */
  readonly expected: readonly { readonly purpose: PurposeRecord; readonly entry: ExpectedVerdict }[]
  /** Entries to remove: the purpose passes now. */
  readonly stale: readonly ExpectedVerdict[]
  /** Entries whose day has passed; they excuse nothing. */
  readonly expired: readonly ExpectedVerdict[]
  /** Entries whose purpose did not run. */
  readonly unused: readonly ExpectedVerdict[]
  /** Exit code of the run when the expected verdicts count as passed. */
  readonly exitCode: RunExitCode
}

/**
 * Compares a record with what is known of the IUT. `today` is `YYYY-MM-DD`, UTC. An entry excuses one verdict only:
 * `fail` expected and `error` found is unexpected. Executions with mutants are never excused.
 */
export function compareWithBaseline(
  record: RunRecord,
  baseline: Baseline,
  today: string,
): BaselineComparison {
  const expired = baseline.expected.filter((entry) => entry.expires < today)
  const valid = new Map(
    baseline.expected.filter((e) => e.expires >= today).map((entry) => [entry.id, entry]),
  )
  const executed = record.purposes.filter((purpose) => purpose.verdict !== 'none')
  const judged = executed
    .filter((purpose) => purpose.verdict !== 'pass')
    .map((purpose) => ({ purpose, entry: valid.get(keyOf(purpose)) }))
  const expected = judged.flatMap(({ purpose, entry }) =>
    entry?.verdict === purpose.verdict ? [{ purpose, entry }] : [],
  )
  const excused = new Set(expected.map((one) => one.purpose))
  const runsOf = (id: string): readonly PurposeRecord[] => executed.filter((p) => keyOf(p) === id)
  const entries = [...valid.values()]
  return {
    unexpected: judged.map((one) => one.purpose).filter((purpose) => !excused.has(purpose)),
    expected,
    stale: entries.filter((e) => {
      const runs = runsOf(e.id)
      return runs.length > 0 && runs.every((purpose) => purpose.verdict === 'pass')
    }),
    expired,
    unused: entries.filter((entry) => runsOf(entry.id).length === 0),
    exitCode: exitCodeWithout(record, excused),
  }
}

/** The comparison as plain text; what breaks the run comes first. */
export function baselineText(comparison: BaselineComparison): string {
  const { unexpected, expected, stale, expired, unused } = comparison
  const lines = [
    `unexpected ${unexpected.length}  expected ${expected.length}  stale ${stale.length}  expired ${expired.length}  unused ${unused.length}`,
    ...unexpected.map((p) => `unexpected ${keyOf(p)}  ${p.verdict}: ${p.reason}`),
    ...expired.map((e) => `expired    ${e.id}  on ${e.expires}, ask ${e.owner}: ${e.reason}`),
    ...stale.map((e) => `stale      ${e.id}  passes now, remove the entry of ${e.owner}`),
    ...unused.map((e) => `unused     ${e.id}  did not run`),
    ...expected.map(
      ({ entry: e }) =>
        `expected   ${e.id}  ${e.verdict} until ${e.expires}, ${e.owner}: ${e.reason}`,
    ),
  ]
  return `${lines.map((line) => revealHidden(line.replace(/[\n\t]+/g, ' '))).join('\n')}\n`
}

/** The exit code as if the excused purposes had passed. A record that contradicts itself is never excused. */
function exitCodeWithout(record: RunRecord, excused: ReadonlySet<PurposeRecord>): RunExitCode {
  const purposes = record.purposes.map(
    (purpose): PurposeRecord =>
      excused.has(purpose)
        ? { ...purpose, verdict: 'pass', properties: [], controls: [], variants: [] }
        : purpose,
  )
  const summary = summarise(purposes, record.summary.selected)
  const code = exitCodeOf({ ...record, purposes, summary })
  return code === 0 && contradictionsOf(record).length > 0 ? 3 : code
}
