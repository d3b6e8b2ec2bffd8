import type { RunRecord, Verdict } from './model/runRecord.ts'
import { contradictionsOf, exitCodeOf, summarise } from './model/summary.ts'

/** The outcome of a run in one or two sentences, for people; nothing in it sounds better than the record. */
export function headlineOf(record: RunRecord): string {
  const sentences = [verdictSentence(record), mutantSentence(record)].filter((s) => s !== '')
  const start = record.interrupted === undefined ? '' : 'Interrupted. '
  return start + sentences.join(' ')
}

/** The verdict whose mark stands beside the headline; `pass` only when the exit code is 0. */
export function headlineVerdict(record: RunRecord): Verdict {
  return headlineVerdicts[exitCodeOf(record)]
}

const headlineVerdicts = { 0: 'pass', 1: 'fail', 3: 'inconc', 4: 'none', 130: 'inconc' } as const

/** What else a reader must know before trusting the headline. */
export function warningsOf(record: RunRecord): readonly string[] {
  const interrupted =
    record.interrupted === undefined ? [] : [`The run was interrupted: ${record.interrupted}.`]
  const misbehaving = record.topology.nodes
    .filter((node) => node.misbehaviours.length > 0)
    .map((node) => `${node.name} misbehaves on purpose: ${node.misbehaviours.join(', ')}.`)
  const contradictions = contradictionsOf(record).map(
    (sentence) => `The record contradicts itself: ${sentence}.`,
  )
  return [...interrupted, ...misbehaving, ...contradictions]
}

function verdictSentence(record: RunRecord): string {
  const { selected } = record.summary
  const { executed, pass, fail, inconc, error, none, deviations } = summarise(record.purposes)
  if (executed === 0) {
    if (selected > 0) return `None of the ${selected} selected purposes ran.`
    if (record.mutants !== undefined) return ''
    return none === 0
      ? 'Nothing was executed: no purpose was selected.'
      : `Nothing was executed: none of ${counted(none)} was selected.`
  }
  const deviating = deviations === 0 ? '' : `, ${deviations} with a deviation from the clause`
  if (pass === selected) {
    return selected === 1
      ? `The one purpose passed${deviating}.`
      : `All ${selected} purposes passed${deviating}.`
  }
  const others = [
    fail > 0 && `${fail} failed`,
    inconc > 0 && `${inconc} ${was(inconc)} inconclusive`,
    error > 0 && `${error} ended in an error of the bench`,
    selected > executed && `${selected - executed} did not run`,
  ].filter((part) => part !== false)
  return `${pass} of ${counted(selected)} passed${deviating}; ${others.join(', ')}.`
}

function mutantSentence(record: RunRecord): string {
  if (record.mutants === undefined) return ''
  const total = record.mutants.length
  const survived = record.mutants.filter((mutant) => !mutant.killed).length
  if (total === 0) return 'No mutant was run.'
  if (survived === 0)
    return total === 1 ? 'The one mutant was killed.' : `All ${total} mutants were killed.`
  return `${total - survived} of ${total} mutants were killed; ${survived} survived.`
}

function counted(purposes: number): string {
  return purposes === 1 ? '1 purpose' : `${purposes} purposes`
}

function was(count: number): string {
  return count === 1 ? 'was' : 'were'
}
