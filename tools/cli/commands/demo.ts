import { join } from 'node:path'
import type { MutantRecord, PurposeRecord, RunRecord } from '../../../reports/model/runRecord.ts'
import { exitCodeOf } from '../../../reports/model/summary.ts'
import { type Command, exitCode, parseOptions, type Terminal, wholeNumber } from '../command.ts'
import { describeEvidence, describePath } from '../demoText.ts'
import { mutantNamed } from '../mutants.ts'
import { finishRun, reportsInto } from '../run/finish.ts'
import { makeOutFolder, shownPath } from '../run/outFolder.ts'
import { openRuntime, runtimeHelp, runtimeOption, runtimeUsage } from '../run/runtimes.ts'
import { runSuites } from '../run/suiteRun.ts'

const usage = `${runtimeUsage} [--seed N] [--out DIR]`

/** The purpose that is shown against a broken node: a request that is dropped but reported as done. */
const shownMutant = {
  purpose: 'BTP/HOP/PATH/002',
  node: 'cse1',
  misbehaviour: 'transit-drops-silently',
}

export const demo: Command = {
  usage,
  help: [
    runtimeHelp,
    '  --seed N             default 1',
    '  --out DIR            where to write (default runs/<time>-seed<N>)',
  ].join('\n'),
  async run(args, terminal) {
    const options = { ...runtimeOption, seed: { type: 'string' }, out: { type: 'string' } } as const
    const { values } = parseOptions('demo', usage, args, options, { min: 0, max: 0 })
    const startedAt = new Date()
    const seed = wholeNumber('seed', values.seed ?? '1', { min: 0, max: 2 ** 32 - 1 })
    const runtime = await openRuntime(values.runtime)
    const folder = makeOutFolder(values.out, startedAt, seed)
    const common = { runtime, seed, startedAt, strict: false, repeat: 1, profile: 'smoke' as const }

    terminal.out(
      '1. The reference network: a sensor AE1 reports over CSE1 and CSE2 to AE2. Every node is ours and behaves.',
    )
    const honest = await runSuites({ ...common, folder, only: [], mutants: [] }, terminal)
    if (terminal.signal.aborted) return finishInterrupted(honest.record, folder, terminal)
    terminal.out('')
    terminal.out('2. The way of a reading, as the recordings prove it:')
    for (const line of describePath(honest.record.purposes)) terminal.out(`   ${line}`)

    terminal.out('')
    const { node, misbehaviour } = shownMutant
    const summary = mutantNamed(misbehaviour)?.summary ?? misbehaviour
    terminal.out(
      `3. The same network with one broken node. ${node} is told to commit ${misbehaviour}:`,
    )
    terminal.out(`   ${summary}`)
    const mutantFolder = join(folder, 'mutant')
    const broken = await runSuites(
      {
        ...common,
        folder: mutantFolder,
        profile: 'full',
        only: [shownMutant.purpose],
        mutants: [{ node, misbehaviour }],
      },
      terminal,
    )
    const mutantReports = await reportsInto(broken.record, mutantFolder)
    const { interrupted } = broken.record
    if (interrupted !== undefined)
      return finishInterrupted({ ...honest.record, interrupted }, folder, terminal)
    const mutant = toMutantRecord(broken.record.purposes, summary)
    for (const line of describeEvidence(broken.record.purposes, mutantFolder))
      terminal.out(`   ${line}`)

    const record: RunRecord = {
      ...honest.record,
      durationMs: Date.now() - startedAt.getTime(),
      mutants: [mutant],
      artefacts: [
        { kind: 'page', path: 'mutant/report.html', title: 'The run with the broken node' },
      ],
    }
    await finishRun(record, folder, terminal)
    terminal.out(`the broken node's own report: ${shownPath(mutantReports.page)}`)
    terminal.out(
      mutant.killed
        ? 'The broken node was caught.'
        : 'THE BROKEN NODE WAS NOT CAUGHT: a defect of the bench.',
    )
    return exitCodeOf(record)
  },
}

async function finishInterrupted(
  record: RunRecord,
  folder: string,
  terminal: Terminal,
): Promise<number> {
  await finishRun(record, folder, terminal)
  return exitCode.interrupted
}

function toMutantRecord(purposes: readonly PurposeRecord[], summary: string): MutantRecord {
  const origin = mutantNamed(shownMutant.misbehaviour)?.origin
  const outcomes = purposes.map((purpose) => ({
    purpose: purpose.id,
    node: shownMutant.node,
    verdict: purpose.verdict,
    killed: purpose.verdict === 'fail',
    reason: purpose.reason,
  }))
  return {
    misbehaviour: shownMutant.misbehaviour,
    summary,
    ...(origin === undefined ? {} : { origin }),
    outcomes,
    killed: outcomes.length > 0 && outcomes.every((outcome) => outcome.killed),
  }
}
