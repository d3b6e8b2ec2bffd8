import { writeFileSync } from 'node:fs'
import { BenchError } from '../../../protocol/errors.ts'
import { type WrittenReports, writeReports } from '../../../reports/build.ts'
import type { RunRecord } from '../../../reports/model/runRecord.ts'
import type { Terminal } from '../command.ts'
import { shownPath } from './outFolder.ts'

/** The last words of a run: the counts, and where the reports are. */
export async function finishRun(
  record: RunRecord,
  folder: string,
  terminal: Terminal,
): Promise<void> {
  const written = await reportsInto(record, folder)
  const { selected, executed, pass, fail, inconc, error, deviations } = record.summary
  terminal.out('')
  terminal.out(
    `selected ${selected}, executed ${executed}: ${pass} pass (${deviations} conceptual), ${fail} fail, ${inconc} inconc, ${error} error`,
  )
  if (record.interrupted !== undefined) terminal.out(`interrupted: ${record.interrupted}`)
  terminal.out(`report: ${shownPath(written.page)}`)
  terminal.out(`record: ${shownPath(written.record)}   JUnit: ${shownPath(written.junit)}`)
}

/** The run itself is over: what could not be written is no defect of it, and what it recorded stays. */
export async function reportsInto(record: RunRecord, folder: string): Promise<WrittenReports> {
  try {
    return await writeReports(record, folder)
  } catch (cause) {
    throw new BenchError(
      'DISK_FULL',
      `${shownPath(folder)}: the reports of the run cannot be written (${String(cause)})`,
      { remedy: 'make room, or name a folder you may write to with --out; then run again', cause },
    )
  }
}

/** For `./bench test`, which adds up parts: a file with what passed, failed and was skipped. */
export function writeCounts(
  file: string | undefined,
  counts: { passed: number; failed: number; skipped: number },
): void {
  if (file !== undefined) writeFileSync(file, JSON.stringify(counts))
}
