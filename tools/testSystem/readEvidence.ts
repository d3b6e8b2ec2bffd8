import type { Evidence } from '../../suites/framework/evidence.ts'
import { dissect } from '../dissect/dissect.ts'
import { dissectOptions } from './dissectOptions.ts'
import { kernelDisagreements } from './kernelWitness.ts'

/**
 * What the files of one execution prove: the recording of the wires, read whole, and compared with that of the kernels where
 * there is one. @throws BenchError FILE_UNREADABLE, RECORDING_INVALID
 */
export async function readEvidence(
  folder: string,
  recordingPath: string,
  { plan, notes }: Pick<Evidence, 'plan' | 'notes'>,
): Promise<Evidence> {
  const { trace, knowledge } = await dissect(recordingPath, dissectOptions(plan, notes))
  const disagreements = await kernelDisagreements(folder, plan, recordingPath)
  const problems = [...trace.recording.problems, ...disagreements]
  return {
    plan,
    trace: { ...trace, recording: { ...trace.recording, problems } },
    knowledge,
    notes,
  }
}
