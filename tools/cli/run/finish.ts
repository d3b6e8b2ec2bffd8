import { writeFileSync } from 'node:fs'
import { writeReports } from '../../../reports/build.ts'
import type { RunRecord } from '../../../reports/model/runRecord.ts'
import type { Terminal } from '../command.ts'
import { shownPath } from './outFolder.ts'

/** The last words of a run: the counts, and where the reports are. */
export async function finishRun(
  record: RunRecord,
  folder: string,
  terminal: Terminal,
): Promise<void> {
  const written = await writeReports(record, folder)
  const { selected, executed, pass, fail, inconc, error, deviations } = record.summary
  terminal.out('')
  terminal.out(
    `selected ${selected}, executed ${executed}: ${pass} pass (${deviations} conceptual), ${fail} fail, ${inconc} inconc, ${error} error`,
  )
  if (record.interrupted !== undefined) terminal.out(`interrupted: ${record.interrupted}`)
  terminal.out(`report: ${shownPath(written.page)}`)
  terminal.out(`record: ${shownPath(written.record)}   JUnit: ${shownPath(written.junit)}`)
}

/** For `./bench test`, which adds up parts: a file with what passed, failed and was skipped. */
export function writeCounts(
  file: string | undefined,
  counts: { passed: number; failed: number; skipped: number },
): void {
  if (file !== undefined) writeFileSync(file, JSON.stringify(counts))
}
