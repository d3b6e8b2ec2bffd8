import type { MutantRecord } from '../../../reports/model/runRecord.ts'
import { ownIcs } from '../../../suites/framework/ics.ts'
import { type KillMatrix, killMatrix, type MutantRow } from '../../../suites/framework/prove.ts'
import { selectPurposes } from '../../../suites/framework/selection.ts'
import { type Command, exitCode, parseOptions, type Terminal, wholeNumber } from '../command.ts'
import { mutants as misbehaviours } from '../mutants.ts'
import { executeAndStore } from '../run/executeAndStore.ts'
import { finishRun, writeCounts } from '../run/finish.ts'
import { loadPurposes } from '../run/loadPurposes.ts'
import { makeOutFolder } from '../run/outFolder.ts'
import { openRuntime, runtimeHelp, runtimeOption, runtimeUsage } from '../run/runtimes.ts'
import { benchFor, recordOf } from '../run/suiteRun.ts'

const usage = `[--only ID|GLOB]... ${runtimeUsage} [--seed N] [--out DIR] [--json]`

export const prove: Command = {
  usage: `${usage} [--counts FILE]`,
  help: [
    '  --only ID|GLOB       only these purposes and the mutants they name',
    runtimeHelp,
    '  --seed N             default 1',
    '  --out DIR            where to write (default runs/<time>-seed<N>)',
    '  --json               print the matrix as JSON',
    '',
    'A mutant is a node of ours with one named misbehaviour. A purpose catches it when its verdict is fail.',
    'Survivors, mutants that no purpose names and purposes that no mutant can fail are defects of the bench.',
  ].join('\n'),
  async run(args, terminal) {
    const { values } = parseOptions('prove', usage, args, optionTable, { min: 0, max: 0 })
    const startedAt = new Date()
    const seed = wholeNumber('seed', values.seed ?? '1', { min: 0, max: 2 ** 32 - 1 })
    const only = values.only ?? []
    const runtime = await openRuntime(values.runtime)
    const rows = selectPurposes(await loadPurposes(), {
      ics: ownIcs,
      profile: 'full',
      ...(only.length > 0 ? { only } : {}),
    })
    const purposes = rows.filter((row) => row.selected).map((row) => row.purpose)
    const folder = makeOutFolder(values.out, startedAt, seed)
    const named = new Set(
      purposes.flatMap((purpose) => purpose.mutants.map((mutant) => mutant.misbehaviour)),
    )
    const matrix = await killMatrix(purposes, benchFor({ runtime, seed }, folder), {
      misbehaviours:
        only.length > 0 ? misbehaviours.filter(({ name }) => named.has(name)) : misbehaviours,
      signal: terminal.signal,
      execute: (purpose, bench, options) => executeAndStore(purpose, bench, { ...options, folder }),
      onResult: (result) => {
        const by = result.mutants.map((mutant) => `${mutant.node}:${mutant.misbehaviour}`).join(' ')
        terminal.status(
          `${result.purpose.id} ${by === '' ? 'without a mutant' : `against ${by}`}: ${result.verdict}`,
        )
      },
    })
    const mutants = matrix.mutants.map(toMutantRecord)
    // The purposes of the record are the unmutated runs: the controls of the whole matrix.
    const record = recordOf(
      { runtime, seed, startedAt },
      matrix.unmutated,
      purposes.length,
      terminal,
      mutants,
    )
    if (values.json) terminal.out(JSON.stringify({ mutants, defects: matrix.defects }, null, 2))
    else printMatrix(matrix, terminal)
    await finishRun(record, folder, values.json ? { ...terminal, out: () => {} } : terminal)
    writeCounts(values.counts, countsOf(matrix))
    if (terminal.signal.aborted) return exitCode.interrupted
    if (purposes.length === 0) return exitCode.nothingExecuted
    return matrix.defects.length > 0 ? exitCode.failed : exitCode.passed
  },
}

const optionTable = {
  ...runtimeOption,
  only: { type: 'string', multiple: true },
  seed: { type: 'string' },
  out: { type: 'string' },
  json: { type: 'boolean' },
  counts: { type: 'string' },
} as const

function toMutantRecord({ name, ...row }: MutantRow): MutantRecord {
  return { misbehaviour: name, ...row }
}

function printMatrix(matrix: KillMatrix, terminal: Terminal): void {
  for (const mutant of matrix.mutants) {
    const origin = mutant.origin === undefined ? '' : ` (${mutant.origin})`
    terminal.out(
      `${mutant.killed ? 'killed  ' : 'SURVIVES'} ${mutant.name}${origin} — ${mutant.summary}`,
    )
    for (const outcome of mutant.outcomes) {
      const mark = outcome.killed ? '  caught by' : '  NOT caught by'
      const because = outcome.killed ? '' : `: ${outcome.verdict}, ${outcome.reason.split('\n')[0]}`
      terminal.out(`         ${mark} ${outcome.purpose} at ${outcome.node}${because}`)
    }
  }
  const killed = matrix.mutants.filter((mutant) => mutant.killed).length
  terminal.out('')
  terminal.out(
    `${killed} of ${matrix.mutants.length} mutants killed; ${matrix.defects.length} defects of the bench`,
  )
  for (const defect of matrix.defects) terminal.out(`  ${defect}`)
}

/** Every pair of purpose and mutant is a test; a defect without a pair (nobody names it) is a failing one. */
function countsOf(matrix: KillMatrix): { passed: number; failed: number; skipped: number } {
  const outcomes = matrix.mutants.flatMap((mutant) => mutant.outcomes)
  const passed = outcomes.filter((outcome) => outcome.killed).length
  return { passed, failed: Math.max(outcomes.length - passed, matrix.defects.length), skipped: 0 }
}
