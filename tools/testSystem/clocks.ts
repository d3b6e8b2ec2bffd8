import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { EvidenceArtefact } from '../../suites/framework/bench.ts'
import { clocksFile } from '../fabric/joinedFabric.ts'

/** How the clocks of several machines were brought to one; nothing where there was one machine. */
export function clockArtefacts(folder: string): readonly EvidenceArtefact[] {
  const path = join(folder, clocksFile)
  if (!existsSync(path)) return []
  return [{ kind: 'clocks', path, title: 'How far the clocks of the machines were apart' }]
}
