/** The edge of reports/: where records are read, and reports are written. */
import { constants } from 'node:fs'
import { access, mkdir, readFile, stat } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'
import { toHtml } from './html/page.ts'
import { toJUnit } from './junit.ts'
import { type ParsedRecord, parseRunRecord, recordLimitBytes } from './model/parseRunRecord.ts'
import type { RunRecord } from './model/runRecord.ts'
import { writeWhole } from './writeWhole.ts'

/** Absolute paths of what was written. */
export interface WrittenReports {
  readonly record: string
  readonly junit: string
  readonly page: string
}

/**
 * Writes `run.json`, `junit.xml` and `report.html` into the folder (made when missing). Each file is complete or not
 * there: written beside its place, then renamed. Throws the file system's error (ENOSPC, EACCES …) as it is.
 */
export async function writeReports(record: RunRecord, folder: string): Promise<WrittenReports> {
  await mkdir(folder, { recursive: true })
  const written = {
    record: resolve(folder, 'run.json'),
    junit: resolve(folder, 'junit.xml'),
    page: resolve(folder, 'report.html'),
  }
  // The record first: whatever happens to its renderings, they can be made again from it.
  await writeWhole(written.record, `${JSON.stringify(record, null, 2)}\n`)
  await writeWhole(written.junit, toJUnit(record))
  const missing = await missingFiles(record, folder)
  await writeWhole(written.page, toHtml(record, { missing }))
  return written
}

/** Reads a record from a file, or from `run.json` of a folder. Never throws on what the file holds. */
export async function readRunRecord(path: string): Promise<ParsedRecord> {
  let file = path
  try {
    if ((await stat(path)).isDirectory()) file = join(path, 'run.json')
    const { size } = await stat(file)
    if (size > recordLimitBytes) return refused(file, `holds ${size} bytes`, tooLarge)
    return parseRunRecord(await readFile(file, 'utf8'), file)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    return refused(file, `cannot be read: ${reason}`, 'name the folder of a run, or its run.json')
  }
}

const tooLarge = `a run record holds at most ${recordLimitBytes} bytes; name the run.json of a run`

function refused(file: string, problem: string, remedy: string): ParsedRecord {
  const message = `${file}: ${problem}`
  return {
    ok: false,
    error: { code: 'FILE_UNREADABLE', file, path: '', value: '', message, remedy },
  }
}

/** Evidence the record names but the folder does not hold: shown as missing, not as a link. */
async function missingFiles(record: RunRecord, folder: string): Promise<ReadonlySet<string>> {
  const root = resolve(folder) + sep
  const named = new Set(
    [...record.artefacts, ...record.purposes.flatMap((p) => p.evidence)].map((a) => a.path),
  )
  const missing = new Set<string>()
  for (const path of named) {
    if (madeHere.has(path)) continue
    const absolute = resolve(folder, path)
    const found =
      absolute.startsWith(root) &&
      !path.includes('\0') &&
      (await access(absolute, constants.F_OK).then(
        () => true,
        () => false,
      ))
    if (!found) missing.add(path)
  }
  return missing
}

const madeHere = new Set(['run.json', 'junit.xml', 'report.html'])
