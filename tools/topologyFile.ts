import { parseTopology, type Topology } from '../topologies/parse.ts'
import { topologyError } from '../topologies/problem.ts'
import { readText } from './readText.ts'

const remedy = 'name a readable topology file, e.g. topologies/reference.yaml'

/** Reads a topology file. Throws FILE_UNREADABLE, or TOPOLOGY_INVALID with every problem of the file. */
export function readTopology(path: string): Topology {
  const parsed = parseTopology(readText(path, remedy), path)
  if (parsed.ok) return parsed.topology
  throw topologyError(path, parsed.errors)
}
