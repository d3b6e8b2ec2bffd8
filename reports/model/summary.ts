import type { PurposeRecord, RunRecord, RunSummary, Verdict } from './runRecord.ts'

/** From best to worst; merging keeps the later one. */
export const verdictOrder = ['none', 'pass', 'inconc', 'fail', 'error'] as const

/** Merges two verdicts: the worse one stays, none < pass < inconc < fail < error. */
export function mergeVerdicts(one: Verdict, other: Verdict): Verdict {
  return verdictOrder.indexOf(one) >= verdictOrder.indexOf(other) ? one : other
}

/**
 * Counts verdicts. `selected` is how many purposes were to run; without it, as many as did. A run that was ended early
 * has more selected than executed.
 */
export function summarise(
  purposes: readonly Pick<PurposeRecord, 'verdict' | 'grade'>[],
  selected?: number,
): RunSummary {
  const count = (verdict: Verdict): number => purposes.filter((p) => p.verdict === verdict).length
  const none = count('none')
  const executed = purposes.length - none
  return {
    selected: selected ?? executed,
    executed,
    pass: count('pass'),
    fail: count('fail'),
    inconc: count('inconc'),
    error: count('error'),
    none,
    deviations: purposes.filter((p) => p.verdict === 'pass' && p.grade === 'conceptual').length,
  }
}

/** The part of the exit codes of the command line that follows from a record alone. */
export type RunExitCode = 0 | 1 | 3 | 4 | 130

/**
 * 0 all selected purposes passed; 1 at least one fail; 3 inconclusive or error (also: a selected purpose did not run, a
 * record that contradicts itself, a mutant that survived); 4 nothing was executed; 130 interrupted.
 */
export function exitCodeOf(record: RunRecord): RunExitCode {
  // Counted again from the purposes: a summary that was written wrongly must not turn into a pass.
  const summary = summarise(record.purposes, record.summary.selected)
  if (record.interrupted !== undefined) return 130
  if (summary.fail > 0) return 1
  if (summary.inconc > 0 || summary.error > 0) return 3
  const mutants = record.mutants ?? []
  if (mutants.some((mutant) => !mutant.killed) || contradictionsOf(record).length > 0) return 3
  if (summary.executed === 0 && mutants.length === 0) return 4
  return summary.executed < summary.selected ? 3 : 0
}

/**
 * What in a record cannot be true together, one sentence each; empty = sound. A `pass` that its own properties,
 * controls or variants deny is the worst of them.
 */
export function contradictionsOf(record: RunRecord): readonly string[] {
  const counted: Readonly<Record<string, number>> = {
    ...summarise(record.purposes, record.summary.selected),
  }
  const stated: Readonly<Record<string, number>> = { ...record.summary }
  const wrongCounts = Object.keys(counted)
    .filter((name) => counted[name] !== stated[name])
    .map(
      (name) => `summary.${name} is ${stated[name]}, but the purposes add up to ${counted[name]}`,
    )
  const { selected, executed } = record.summary
  const tooFew =
    selected < executed ? [`summary.selected is ${selected}, but ${executed} were executed`] : []
  return [...wrongCounts, ...tooFew, ...record.purposes.flatMap(contradictionsOfPurpose)]
}

function contradictionsOfPurpose(purpose: PurposeRecord): readonly string[] {
  const found: string[] = []
  const worst = purpose.variants.map((v) => v.verdict).reduce(mergeVerdicts, 'none')
  if (mergeVerdicts(purpose.verdict, worst) !== purpose.verdict) {
    found.push(`${purpose.id} is ${purpose.verdict}, but one of its variants is ${worst}`)
  }
  if (purpose.verdict === 'pass') {
    for (const property of purpose.properties) {
      if (property.result !== 'holds') {
        found.push(`${purpose.id} is pass, but its property ${property.name} is ${property.result}`)
      }
    }
    for (const control of purpose.controls) {
      if (!control.clean) {
        found.push(`${purpose.id} is pass, but its control ${control.when} was not clean`)
      }
    }
  }
  return found
}
