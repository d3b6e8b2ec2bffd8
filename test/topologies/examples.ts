import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { exampleAddressing } from '../../topologies/addressing.ts'
import { parseTopology, type Topology } from '../../topologies/parse.ts'
import type { Plan } from '../../topologies/plan.ts'
import { makePlan, type PlanOptions } from '../../topologies/planner.ts'
import { formatProblem } from '../../topologies/problem.ts'

export const folder = join(import.meta.dirname, '..', '..', 'topologies')

/** The topology, or an error that shows every problem. */
export function sound(text: string, file = 'test.yaml'): Topology {
  const parsed = parseTopology(text, file)
  if (!parsed.ok) throw new Error(parsed.errors.map(formatProblem).join('\n'))
  return parsed.topology
}

export function shipped(name: string): Topology {
  return sound(readFileSync(join(folder, name), 'utf8'), name)
}

export function planOf(topology: Topology, options: Partial<PlanOptions> = {}): Plan {
  return makePlan(topology, { seed: 7, addressing: exampleAddressing, ...options })
}

/** All problems as `line:column message`, without the file. */
export function problemsOf(text: string): readonly string[] {
  const parsed = parseTopology(text, 'test.yaml')
  if (parsed.ok) return []
  return parsed.errors.map(
    ({ position, message }) => `${position.line}:${position.column} ${message}`,
  )
}
