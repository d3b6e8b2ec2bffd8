/** Checks the data of a purpose when it is registered, so that a defect is found before anything is started. */
import { parseSelection } from './selectionExpression.ts'
import type { TestPurpose } from './testPurpose.ts'

/** What is wrong with a purpose's data; empty = nothing. */
export function purposeProblems(purpose: TestPurpose): string[] {
  const checks: readonly (readonly [boolean, string])[] = [
    [idForm.test(purpose.id), 'the id is not of the form BTP/<group>/<subgroup>/<nnn>'],
    [isSentence(purpose.title), 'the title is empty, too long, or does not start in lower case'],
    [!future.test(purpose.title), 'the title is not in the present tense'],
    [purpose.objective.trim() !== '', 'the objective is empty'],
    [clauseForm.test(purpose.requirement), 'the requirement does not name a clause'],
    [purpose.properties.length > 0, 'it names no property'],
    [hasNoDouble(purpose.properties.map(({ name }) => name)), 'it names a property twice'],
    [purpose.mutants.length > 0, 'it names no mutant'],
    [purpose.iut.node.trim() !== '', 'it names no node as IUT'],
    [purpose.topology.file.endsWith('.yaml'), 'the topology is not a .yaml file'],
    [isBound(purpose.timeoutMs), 'timeoutMs is not between 1 and 120000'],
    [hasParts(purpose), 'a BV purpose has a body; a BI purpose has stimulus, control and judge'],
  ]
  const problems = checks.flatMap(([good, problem]) => (good ? [] : [problem]))
  const selection = parseSelection(purpose.selection)
  if (!selection.ok) problems.push(selection.error.message)
  return problems
}

const idForm = /^BTP\/[A-Z][A-Z0-9]*\/[A-Z][A-Z0-9]*\/\d{3}$/
const clauseForm = /^(TS-\d{4} \d|RFC \d+ \d)/
const future = /\b(should|shall|will)\b/i
const longestTitle = 140

function isSentence(title: string): boolean {
  return /^[a-z]/.test(title) && title.length <= longestTitle && !title.endsWith('.')
}

function hasNoDouble(names: readonly string[]): boolean {
  return new Set(names).size === names.length
}

function isBound(timeoutMs: number | undefined): boolean {
  return timeoutMs === undefined || (timeoutMs > 0 && timeoutMs <= 120_000)
}

/** The types say so too; spec files of other people may be JavaScript. */
function hasParts(purpose: TestPurpose): boolean {
  const parts: readonly unknown[] =
    purpose.behaviour === 'BV' ? [purpose.body] : [purpose.stimulus, purpose.control, purpose.judge]
  return parts.every((part) => typeof part === 'function')
}
