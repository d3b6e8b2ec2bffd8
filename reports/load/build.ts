/** The edge of reports/load: the only file here that writes files. */
import { mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { writeWhole } from '../writeWhole.ts'
import type { LoadRecord } from './loadRecord.ts'
import { toLoadHtml } from './page.ts'

/** Absolute paths of what was written. */
export interface WrittenLoadReport {
  readonly record: string
  readonly page: string
}

/** Writes `load.json` and `load.html` into the folder (made when missing), each complete or not there. */
export async function writeLoadReport(
  record: LoadRecord,
  folder: string,
): Promise<WrittenLoadReport> {
  await mkdir(folder, { recursive: true })
  const written = { record: resolve(folder, 'load.json'), page: resolve(folder, 'load.html') }
  await writeWhole(written.record, `${JSON.stringify(record, null, 2)}\n`)
  await writeWhole(written.page, toLoadHtml(record))
  return written
}
