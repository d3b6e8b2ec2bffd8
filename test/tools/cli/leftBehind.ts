import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseRunRecord } from '../../../reports/model/parseRunRecord.ts'
import { dissect } from '../../../tools/dissect/dissect.ts'
import type { Checkout } from './checkout.ts'

/** What nobody may leave behind, whatever happened: processes, what the journal holds. */
export function leftRunning(checkout: Checkout): string[] {
  return [
    ...checkout.processes().map((process) => `left a process: ${process}`),
    ...checkout.leftInJournal().map((entry) => `left in the journal: ${entry}`),
  ]
}

/** What must never be found below the folder of a run: half-written files, empty folders, recordings nobody can read. */
export async function leftUnfinished(folder: string): Promise<string[]> {
  if (!existsSync(folder)) return []
  const names = globSync('**/*', { cwd: folder, withFileTypes: false })
  const wrong = names
    .filter((name) => /\.(partial|unfinished|part)$/.test(name))
    .map((name) => `left half-written: ${name}`)
  const empty = ['.', ...names].filter((name) => isEmptyFolder(join(folder, name)))
  const unreadable: string[] = []
  for (const name of names.filter((path) => path.endsWith('.pcapng'))) {
    const { trace } = await dissect(join(folder, name))
    for (const problem of trace.recording.problems) unreadable.push(`${name}: ${problem}`)
  }
  return [...wrong, ...empty.map((name) => `left empty: ${name}`), ...unreadable]
}

/** The record of an interrupted run: there when a purpose ended, whole, and says that it was interrupted. */
export function interruptedRecord(folder: string, endedPurposes: number): string[] {
  const file = join(folder, 'run.json')
  if (!existsSync(file)) return endedPurposes > 0 ? [`no record of ${endedPurposes} purposes`] : []
  const parsed = parseRunRecord(readFileSync(file, 'utf8'), file)
  if (!parsed.ok) return [parsed.error.message]
  const { interrupted, purposes } = parsed.value
  return [
    ...(interrupted === undefined ? ['the record does not say that it was interrupted'] : []),
    ...(purposes.length < endedPurposes
      ? [`the record has ${purposes.length} of ${endedPurposes} purposes`]
      : []),
  ]
}

function isEmptyFolder(path: string): boolean {
  try {
    return readdirSync(path).length === 0
  } catch {
    return false
  }
}
