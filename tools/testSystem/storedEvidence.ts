import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BenchError } from '../../protocol/errors.ts'
import { codeOfWriteFailure } from '../../protocol/writeFailure.ts'
import type { EvidenceArtefact } from '../../suites/framework/bench.ts'
import type { Evidence } from '../../suites/framework/evidence.ts'

const files = {
  plan: { name: 'plan.json', title: 'The network as it was brought up' },
  notes: { name: 'notes.json', title: 'What the tester did' },
} as const

/** What lies beside a recording so that it can be judged again. */
export function evidenceFiles(folder: string): readonly EvidenceArtefact[] {
  return Object.entries(files).map(([kind, { name, title }]) => ({
    kind,
    path: join(folder, name),
    title,
  }))
}

/** Writes what a recording does not tell by itself beside it. @throws BenchError DISK_FULL, FILE_UNREADABLE */
export async function storeEvidence(
  folder: string,
  { plan, notes }: Pick<Evidence, 'plan' | 'notes'>,
): Promise<void> {
  try {
    await writeFile(join(folder, files.plan.name), `${JSON.stringify(plan, null, 2)}\n`)
    await writeFile(join(folder, files.notes.name), `${JSON.stringify(notes, null, 2)}\n`)
  } catch (cause) {
    throw new BenchError(
      codeOfWriteFailure(cause),
      `${folder}: plan and notes cannot be written (${String(cause)})`,
      { remedy: 'make room on the disk, then run the purpose again', cause },
    )
  }
}

/** Paths of what `storeEvidence` wrote. */
export function storedPaths(folder: string): { readonly plan: string; readonly notes: string } {
  return { plan: join(folder, files.plan.name), notes: join(folder, files.notes.name) }
}
