import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { BenchError } from '../../../protocol/errors.ts'
import { type WrittenLoadReport, writeLoadReport } from '../../../reports/load/build.ts'
import type { LoadRecord } from '../../../reports/load/loadRecord.ts'
import { parseLoadRecord } from '../../../reports/load/parseLoadRecord.ts'
import { toLoadText } from '../../../reports/load/text.ts'
import { exitCode, type Terminal } from '../command.ts'
import { shownPath } from '../run/outFolder.ts'

/** Path of the record when a folder or file that was named is that of a load. */
export function loadRecordIn(path: string): string | undefined {
  const file = basename(path) === 'load.json' ? path : join(path, 'load.json')
  return existsSync(file) ? file : undefined
}

/** Renders the report of an old load again from its record. */
export async function reportLoad(
  file: string,
  terminal: Terminal,
  options: { readonly text: boolean },
): Promise<number> {
  const { size } = statSync(file)
  if (size > limitBytes) throw damaged(`${file}: holds ${size} bytes`)
  const parsed = parseLoadRecord(readFileSync(file, 'utf8'), file)
  if (!parsed.ok) throw damaged(parsed.message)
  if (options.text) terminal.out(toLoadText(parsed.value).trimEnd())
  else
    terminal.out(`report: ${shownPath((await loadReportInto(parsed.value, dirname(file))).page)}`)
  return exitCode.passed
}

const limitBytes = 64 * 1024 * 1024

/** The load itself is over: what could not be written is no defect of it. */
export async function loadReportInto(
  record: LoadRecord,
  folder: string,
): Promise<WrittenLoadReport> {
  try {
    return await writeLoadReport(record, folder)
  } catch (cause) {
    throw new BenchError(
      'DISK_FULL',
      `${shownPath(folder)}: the report of the load cannot be written (${String(cause)})`,
      { remedy: 'make room, or name a folder you may write to with --out; then run again', cause },
    )
  }
}

function damaged(message: string): BenchError {
  const remedy = 'name the folder of a finished load; make the load again if the record is damaged'
  return new BenchError('RECORD_INVALID', message, { remedy })
}
