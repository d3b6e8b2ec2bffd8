import { type Misbehaviour, misbehaviours } from '../../nodes/misbehaviours.ts'

/** Every misbehaviour that our nodes offer. */
export const mutants: readonly Misbehaviour[] = misbehaviours

export function mutantNamed(name: string): Misbehaviour | undefined {
  return mutants.find((mutant) => mutant.name === name)
}
