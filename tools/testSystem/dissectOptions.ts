import type { TesterNotes } from '../../suites/framework/evidence.ts'
import type { Plan } from '../../topologies/plan.ts'
import type { DissectOptions } from '../dissect/dissect.ts'

/** The same for a fresh and for an old recording: the plan says which node has which address, the notes what to look for. */
export function dissectOptions(plan: Plan, notes: TesterNotes): DissectOptions {
  return {
    hosts: new Map(
      plan.nodes.flatMap(({ address, name, network }): [string, string][] =>
        // In a node's own network nobody calls from the fabric's address but the tester in the place of that node.
        network === undefined
          ? [[address, name]]
          : [
              [address, name],
              [network.fabricAddress, name],
            ],
      ),
    ),
    canaries: notes.canaries,
  }
}
