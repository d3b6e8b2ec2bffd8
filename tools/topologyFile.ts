import { readFileSync, statSync } from 'node:fs'
import { BenchError } from '../protocol/errors.ts'
import { parseTopology, type Topology } from '../topologies/parse.ts'
import { topologyError } from '../topologies/problem.ts'

const limitBytes = 1024 * 1024

/** Reads a topology file. Throws FILE_UNREADABLE, or TOPOLOGY_INVALID with every problem of the file. */
export function readTopology(path: string): Topology {
  const parsed = parseTopology(readText(path), path)
  if (parsed.ok) return parsed.topology
  throw topologyError(path, parsed.errors)
}

function readText(path: string): string {
  try {
    if (statSync(path).size > limitBytes) throw new Error(`larger than ${limitBytes} bytes`)
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new BenchError(
      'FILE_UNREADABLE',
      `${path}: ${cause instanceof Error ? cause.message : String(cause)}`,
      {
        remedy: 'name a readable topology file, e.g. topologies/reference.yaml',
        cause,
      },
    )
  }
}
