import { statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { BenchError } from '../../../protocol/errors.ts'
import type { Artefact, PurposeRecord, RunRecord } from '../../../reports/model/runRecord.ts'
import { exitCodeOf, summarise } from '../../../reports/model/summary.ts'
import { judgeEvidence, type StoredOutcome } from '../../../suites/framework/judgeEvidence.ts'
import type { TestPurpose } from '../../../suites/framework/testPurpose.ts'
import { counted } from '../../../suites/properties/result.ts'
import { dissect } from '../../dissect/dissect.ts'
import { loadEvidence } from '../../testSystem/loadEvidence.ts'
import { type Command, exitCode, parseOptions, type Terminal } from '../command.ts'
import { readJson } from '../record/readJson.ts'
import { readRecord } from '../record/readRecord.ts'
import { sha256Of } from '../record/sha256.ts'
import { describeTrace } from '../record/traceText.ts'
import { loadPurposes } from '../run/loadPurposes.ts'

const usage = 'DIR | FILE.pcapng'

export const verify: Command = {
  usage,
  help: [
    '  DIR            the folder of a run: every purpose is judged again from its recording',
    '  FILE.pcapng    a single recording: what was on the wire, how it was protected, which way requests went',
    '',
    'A verdict that differs from the record (the recording was changed, or the judge was) is printed and ends with 3.',
  ].join('\n'),
  async run(args, terminal) {
    const { positionals } = parseOptions('verify', usage, args, {}, { min: 1, max: 1 })
    const [path = ''] = positionals
    return isRun(path) ? verifyRun(path, terminal) : verifyRecording(path, terminal)
  },
}

function isRun(path: string): boolean {
  try {
    return statSync(path).isDirectory() || path.endsWith('.json')
  } catch (cause) {
    throw new BenchError(
      'FILE_UNREADABLE',
      `${path}: ${cause instanceof Error ? cause.message : cause}`,
      {
        remedy: 'name the folder of a run, its run.json, or a recording',
        cause,
      },
    )
  }
}

async function verifyRecording(path: string, terminal: Terminal): Promise<number> {
  const { trace } = await dissect(path)
  for (const line of describeTrace(trace)) terminal.out(line)
  const { frames, problems } = trace.recording
  if (frames === 0) terminal.note(`bench: ${path} holds no frame: nothing can be told from it`)
  return frames === 0 || problems.length > 0 ? exitCode.inconclusive : exitCode.passed
}

async function verifyRun(path: string, terminal: Terminal): Promise<number> {
  const record = await readRecord(path)
  const folder = statSync(path).isDirectory() ? path : dirname(path)
  const purposes = new Map((await loadPurposes()).map((purpose) => [purpose.id, purpose]))
  const judged: PurposeRecord[] = []
  let differences = 0
  for (const old of record.purposes) {
    terminal.signal.throwIfAborted()
    const now = await judgeAgain(old, purposes.get(old.id), folder)
    judged.push({ ...old, verdict: now.verdict, grade: now.grade })
    const same = now.verdict === old.verdict && now.grade === old.grade
    if (!same) differences++
    terminal.out(
      `${same ? 'same   ' : 'DIFFERS'} ${old.id} ${now.verdict}${same ? '' : ` (record says ${old.verdict}): ${now.reason}`}`,
    )
  }
  const again: RunRecord = {
    ...record,
    purposes: judged,
    summary: summarise(judged, record.summary.selected),
  }
  terminal.out(
    `${counted(judged.length, 'purpose')} judged again, ${differences} with another verdict`,
  )
  return differences > 0 ? exitCode.inconclusive : exitCodeOf(again)
}

/** A verdict without a recording (never brought up, not selected) cannot be judged again: it stays, unless it claims to be proved. */
async function judgeAgain(
  old: PurposeRecord,
  purpose: TestPurpose | undefined,
  folder: string,
): Promise<Judgement> {
  const capture = old.evidence.find((artefact) => artefact.kind === 'capture')
  if (capture === undefined) {
    const isProved = old.verdict === 'pass' || old.verdict === 'fail'
    return isProved ? erroneous('the record names no recording of it') : old
  }
  if (purpose === undefined) return erroneous('this version of the bench has no such purpose')
  try {
    const purposeFolder = join(folder, dirname(capture.path))
    const stored = readJson<StoredOutcome>(
      join(purposeFolder, 'outcome.json'),
      'an outcome',
      (value) => 'controls' in value,
    )
    const now = judgeEvidence(purpose, await loadEvidence(purposeFolder), stored)
    const changed = await changedFiles(old.evidence, folder)
    if (changed.length === 0) return now
    return erroneous(
      `changed after it was judged: ${changed.join(', ')}; judged as it is now: ${now.verdict}, ${now.reason}`,
    )
  } catch (error) {
    if (!(error instanceof BenchError)) throw error
    return erroneous(error.message)
  }
}

type Judgement = Pick<PurposeRecord, 'verdict' | 'grade' | 'reason'>

function erroneous(reason: string): Judgement {
  return { verdict: 'error', grade: 'strict', reason }
}

/** Files whose octets are not those that the record was made from. */
async function changedFiles(evidence: readonly Artefact[], folder: string): Promise<string[]> {
  const changed: string[] = []
  for (const { path, sha256 } of evidence)
    if (sha256 !== undefined && (await digestOf(join(folder, path))) !== sha256) changed.push(path)
  return changed
}

async function digestOf(path: string): Promise<string | undefined> {
  return sha256Of(path).catch(() => undefined)
}
