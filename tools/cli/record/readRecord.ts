import { BenchError } from '../../../protocol/errors.ts'
import { readRunRecord } from '../../../reports/build.ts'
import type { RunRecord } from '../../../reports/model/runRecord.ts'

/** The record of a run, named by its folder or its run.json; a BenchError says what is wrong with it and where. */
export async function readRecord(path: string): Promise<RunRecord> {
  const read = await readRunRecord(path)
  if (read.ok) return read.value
  const code = read.error.code === 'FILE_UNREADABLE' ? 'FILE_UNREADABLE' : 'RECORD_INVALID'
  throw new BenchError(code, read.error.message, { remedy: read.error.remedy })
}
