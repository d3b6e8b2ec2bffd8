import { BenchError } from '../../../protocol/errors.ts'
import type { NodeNetwork } from '../../../topologies/addressing.ts'
import type { PlannedNode } from '../../../topologies/plan.ts'

/** The node's own network, which every plan for containers has. */
export function networkOf({ name, network }: PlannedNode): NodeNetwork {
  if (network !== undefined) return network
  throw new BenchError('INTERNAL', `${name} has no network of its own in the plan`)
}
