import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { exampleAddressing } from '../../../topologies/addressing.ts'
import { parseTopology } from '../../../topologies/parse.ts'
import type { Plan } from '../../../topologies/plan.ts'
import { makePlan, type PlanOptions } from '../../../topologies/planner.ts'

const folder = join(import.meta.dirname, '..', '..', '..', 'topologies')

/** The plan of one of our topology files, e.g. `reference`. */
export function planOf(name: string, options: Partial<PlanOptions> = {}): Plan {
  const file = join(folder, `${name}.yaml`)
  const parsed = parseTopology(readFileSync(file, 'utf8'), file)
  if (!parsed.ok) {
    throw new Error(`${name}: ${JSON.stringify(parsed.errors)}`)
  }
  return makePlan(parsed.topology, { seed: 42, addressing: exampleAddressing, ...options })
}
