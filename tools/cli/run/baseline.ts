import { readFileSync } from 'node:fs'
import { BenchError } from '../../../protocol/errors.ts'
import { baselineText, compareWithBaseline } from '../../../reports/baseline.ts'
import { type Baseline, parseBaseline } from '../../../reports/model/baseline.ts'
import type { RunRecord } from '../../../reports/model/runRecord.ts'
import type { Terminal } from '../command.ts'

/** Reads a baseline before anything is started, so that a wrong one costs no run. */
export function readBaseline(path: string): Baseline {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw new BenchError('FILE_UNREADABLE', `${path}: cannot be read (${String(cause)})`, {
      remedy: 'name a baseline file (docs/read-a-report.md says what is in one)',
      cause,
    })
  }
  const parsed = parseBaseline(text, path)
  if (parsed.ok) return parsed.value
  throw new BenchError('RECORD_INVALID', parsed.error.message, { remedy: parsed.error.remedy })
}

/** Prints what differs from the expected verdicts; the exit code counts expected ones as passed. */
export function compareRunWithBaseline(
  record: RunRecord,
  baseline: Baseline,
  terminal: Terminal,
): number {
  const today = new Date().toISOString().slice(0, 10)
  const comparison = compareWithBaseline(record, baseline, today)
  for (const line of baselineText(comparison).trimEnd().split('\n')) terminal.out(line)
  return comparison.exitCode
}
