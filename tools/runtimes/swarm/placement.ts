import { BenchError } from '../../../protocol/errors.ts'
import type { Domain, Plan } from '../../../topologies/plan.ts'
import type { Machine } from './machines.ts'

/** Which machine runs what. */
export interface Placement {
  /** By name of the node. */
  readonly nodes: ReadonlyMap<string, Machine>
  /** By name of the wire: the machine whose fabric carries and records it. */
  readonly wires: ReadonlyMap<string, Machine>
  /** By name of the node: the machine whose fabric it reaches the bench through. */
  readonly gateways: ReadonlyMap<string, Machine>
  /** By name of the node: the machines whose fabrics are on its network. */
  readonly neighbours: ReadonlyMap<string, readonly Machine[]>
  /** Machines whose fabric has something to carry. */
  readonly fabrics: readonly Machine[]
}

const roleOfDomain = { field: 'worker', infrastructure: 'manager' } as const

/**
 * Field nodes go to workers and infrastructure nodes to managers, or to the machines labelled with their domain, in turn.
 * A wire is carried where its registree is, so that devices bring the capacity for their links with them.
 */
export function placePlan(plan: Plan, machines: readonly Machine[]): Placement {
  const nodes = new Map<string, Machine>()
  const next = { field: 0, infrastructure: 0 }
  for (const { name, domain } of plan.nodes) {
    const candidates = machinesFor(domain, machines)
    const machine = candidates[next[domain] % candidates.length]
    next[domain] += 1
    if (machine === undefined) {
      throw new BenchError('CAPABILITY_MISSING', `no machine of the swarm takes ${domain} nodes`, {
        remedy: 'docker node ls shows why: machines must be ready and active',
      })
    }
    nodes.set(name, machine)
  }
  const wires = new Map<string, Machine>()
  const neighbours = new Map<string, Set<Machine>>(plan.nodes.map(({ name }) => [name, new Set()]))
  for (const { wire, registree, registrar } of plan.links) {
    const machine = nodes.get(registree.node)
    if (machine === undefined) throw new BenchError('INTERNAL', `${wire} begins nowhere`)
    wires.set(wire, machine)
    neighbours.get(registree.node)?.add(machine)
    neighbours.get(registrar.node)?.add(machine)
  }
  const gateways = new Map<string, Machine>()
  for (const [name, machine] of nodes) {
    const around = neighbours.get(name)
    const [first = machine] = around ?? []
    const gateway = around?.has(machine) ? machine : first
    around?.add(gateway)
    gateways.set(name, gateway)
  }
  const all = new Map([...neighbours].map(([name, around]) => [name, [...around]]))
  const fabrics = [...new Set([...all.values()].flat())]
  return { nodes, wires, gateways, neighbours: all, fabrics }
}

function machinesFor(domain: Domain, machines: readonly Machine[]): readonly Machine[] {
  const labelled = machines.filter((machine) => machine.domain === domain)
  if (labelled.length > 0) return labelled
  // A machine that is labelled for the one domain takes nothing of the other, unless nobody else is there.
  const free = machines.filter((machine) => machine.domain === undefined)
  const usual = free.filter(({ role }) => role === roleOfDomain[domain])
  if (usual.length > 0) return usual
  return free.length > 0 ? free : machines
}
