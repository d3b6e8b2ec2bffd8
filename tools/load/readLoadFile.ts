import { dirname, resolve } from 'node:path'
import { BenchError } from '../../protocol/errors.ts'
import type { Topology } from '../../topologies/parse.ts'
import { formatProblem } from '../../topologies/problem.ts'
import { readText } from '../readText.ts'
import { readTopology } from '../topologyFile.ts'
import type { LoadFile } from './loadFile.ts'
import { parseLoadFile } from './parseLoadFile.ts'

/**
 * Reads a load file and the topology it names. Throws FILE_UNREADABLE, LOAD_INVALID or TOPOLOGY_INVALID with every problem of
 * the file.
 */
export function readLoadFile(path: string): {
  readonly load: LoadFile
  readonly topology: Topology
} {
  const text = readText(path, 'name a readable load file, e.g. topologies/load/ten.yaml')
  const parsed = parseLoadFile(text, path)
  if (!parsed.ok) {
    const { problems } = parsed
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`
    const list = problems.map(formatProblem).join('\n')
    throw new BenchError('LOAD_INVALID', `${path}: ${count}\n${list}`, {
      remedy: 'correct the lines named above; docs/load.md describes every field',
    })
  }
  const { load } = parsed
  return { load, topology: readTopology(resolve(dirname(path), load.topology)) }
}
