import { addressProblems } from './addressRules.ts'
import { identifierProblems } from './identifierRules.ts'
import { linkProblems } from './linkRules.ts'
import type { Network } from './network.ts'
import type { FoundProblem } from './problem.ts'
import { registrationProblems } from './registrationRules.ts'
import type { TopologyFile } from './topology.ts'

/** What a rule looks at. */
export interface RuleInput {
  readonly file: TopologyFile
  readonly network: Network
  /** Entries of the file that are known to be wrong already: what refers to them is not reported again. */
  readonly damaged: ReadonlySet<string>
}

export type Rule = (input: RuleInput) => readonly FoundProblem[]

/** Everything that must hold in a network beyond the form of its file. */
export const rules: readonly Rule[] = [
  registrationProblems,
  identifierProblems,
  addressProblems,
  linkProblems,
]

/** Whether a name belongs to an entry that is already known to be wrong; a repeated one puts numbers behind its name. */
export function isDamaged(name: string, damaged: ReadonlySet<string>): boolean {
  return [...damaged].some(
    (entry) => name.startsWith(entry) && /^[0-9-]*$/.test(name.slice(entry.length)),
  )
}
