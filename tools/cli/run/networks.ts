import { join, resolve } from 'node:path'
import { BenchError } from '../../../protocol/errors.ts'
import type { TestPurpose } from '../../../suites/framework/testPurpose.ts'
import { exampleAddressing } from '../../../topologies/addressing.ts'
import type { Plan, PlannedNode } from '../../../topologies/plan.ts'
import { makePlan } from '../../../topologies/planner.ts'
import { readTopology } from '../../topologyFile.ts'
import { benchFolder } from '../benchVersion.ts'

const referenceFile = 'reference.yaml'

/**
 * A network may stand in for the reference network when it has the same nodes, links and applications, and perhaps more.
 * Throws what is wrong with the file, or what is missing in it; returns its absolute path.
 */
export function standInFor(file: string): string {
  const given = planOf(file)
  const needed = planOf(join(benchFolder, 'topologies', referenceFile))
  const missing = partsOf(needed).filter((part) => !partsOf(given).includes(part))
  if (missing.length > 0)
    throw new BenchError(
      'USAGE',
      `--topology ${file} cannot stand in for the reference network: it has no ${missing.join(', no ')}`,
      {
        remedy: `start from topologies/${referenceFile}: keep what it has, change or add the rest`,
      },
    )
  return resolve(file)
}

/** The nodes of the network that a purpose asks for. */
export function nodesOf(
  { topology }: TestPurpose,
  standIn: string | undefined,
): readonly PlannedNode[] {
  const own = join(benchFolder, 'topologies', topology.file)
  const path = topology.file === referenceFile ? (standIn ?? own) : own
  return planOf(path, topology.parameters).nodes
}

function planOf(path: string, parameters: Plan['parameters'] = {}): Plan {
  return makePlan(readTopology(path), { seed: 1, addressing: exampleAddressing, parameters })
}

function partsOf({ nodes, links }: Plan): string[] {
  return [
    ...nodes.map(({ name }) => `node ${name}`),
    ...links.map(({ wire }) => `link ${wire}`),
    ...nodes.flatMap(({ aes }) => aes.map(({ name }) => `application ${name}`)),
  ]
}
