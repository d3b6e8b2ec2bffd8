import { join } from 'node:path'
import type { Bench, EvidenceArtefact } from '../../../suites/framework/bench.ts'
import {
  type ExecuteOptions,
  executePurpose,
  type PurposeResult,
} from '../../../suites/framework/execute.ts'
import type { TestPurpose } from '../../../suites/framework/testPurpose.ts'
import { writeAtomically } from '../record/files.ts'
import { sha256Of } from '../record/sha256.ts'

/** What a verdict is made from; the rest is for people. */
const judgedKinds: ReadonlySet<string> = new Set(['capture', 'witness', 'plan', 'notes', 'outcome'])

/**
 * Runs one purpose and stores its outcome beside its recording, so that `bench verify` can judge it again from the same
 * octets. What could not be stored cannot be proved: the verdict is then `error`, whatever it was. Never rejects.
 */
export async function executeAndStore(
  purpose: TestPurpose,
  bench: Bench,
  options: ExecuteOptions & { readonly folder: string },
): Promise<PurposeResult> {
  const result = await executePurpose(purpose, bench, options)
  const capture = result.artefacts.find((artefact) => artefact.kind === 'capture')
  if (capture === undefined) return result
  const path = join(capture.path, '..', 'outcome.json')
  const outcome = { kind: 'outcome', path, title: 'Outcome of the body and its controls' }
  try {
    await writeAtomically(join(options.folder, path), JSON.stringify(result.stored, null, 2))
    const artefacts = await Promise.all(
      [...result.artefacts, outcome].map((artefact) => withDigest(artefact, options.folder)),
    )
    return { ...result, artefacts }
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error)
    return {
      ...result,
      verdict: 'error',
      grade: 'strict',
      reason: `the outcome could not be stored: ${because} (it was ${result.verdict}: ${result.reason})`,
    }
  }
}

async function withDigest(artefact: EvidenceArtefact, folder: string): Promise<EvidenceArtefact> {
  if (!judgedKinds.has(artefact.kind)) return artefact
  return { ...artefact, sha256: await sha256Of(join(folder, artefact.path)) }
}
