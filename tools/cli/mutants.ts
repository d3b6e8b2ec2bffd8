import { type Misbehaviour, misbehaviours } from '../../nodes/misbehaviours.ts'
import { BenchError } from '../../protocol/errors.ts'
import { didYouMean } from '../../topologies/closest.ts'
import type { Plan, PlannedNode } from '../../topologies/plan.ts'

/** Every misbehaviour that our nodes offer. */
export const mutants: readonly Misbehaviour[] = misbehaviours

export function mutantNamed(name: string): Misbehaviour | undefined {
  return mutants.find((mutant) => mutant.name === name)
}

/** Whether a node has what this misbehaviour breaks. */
export function canCommit(node: PlannedNode, { appliesTo }: Misbehaviour): boolean {
  if (appliesTo === 'cse') return node.cse !== undefined
  return appliesTo === 'any' || node.aes.length > 0
}

/** A misbehaviour that does not exist, or cannot show at its node, would leave a healthy node that is taken for a mutant. */
export function checkMisbehaviours(plan: Plan, file: string): void {
  for (const node of plan.nodes)
    for (const name of node.misbehaviours) {
      const mutant = mutantNamed(name)
      const known = mutants.map((row) => row.name)
      if (mutant === undefined)
        throw new BenchError('TOPOLOGY_INVALID', `${file}: ${node.name}: no misbehaviour ${name}`, {
          remedy: `${didYouMean(name, known)}./bench list --mutants shows the names`,
        })
      if (!canCommit(node, mutant))
        throw new BenchError(
          'TOPOLOGY_INVALID',
          `${file}: ${node.name} cannot commit ${name}: it has no ${mutant.appliesTo.toUpperCase()}`,
          { remedy: 'give the misbehaviour to a node that has one' },
        )
    }
}
