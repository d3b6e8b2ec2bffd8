import type { TesterNotes } from '../../suites/framework/evidence.ts'
import type { Plan } from '../../topologies/plan.ts'
import type { DissectOptions } from '../dissect/dissect.ts'

/** The same for a fresh and for an old recording: the plan says which node has which address, the notes what to look for. */
export function dissectOptions(plan: Plan, notes: TesterNotes): DissectOptions {
  return {
    hosts: new Map(plan.nodes.map(({ address, name }) => [address, name])),
    canaries: notes.canaries,
  }
}
