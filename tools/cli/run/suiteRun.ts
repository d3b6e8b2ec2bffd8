import { join } from 'node:path'
import { BenchError } from '../../../protocol/errors.ts'
import type {
  MutantRecord,
  PurposeRecord,
  RecordedTopology,
  RunRecord,
} from '../../../reports/model/runRecord.ts'
import { runRecordVersion } from '../../../reports/model/runRecord.ts'
import { summarise } from '../../../reports/model/summary.ts'
import type { Bench, MutantAt } from '../../../suites/framework/bench.ts'
import { notSelected, type PurposeResult } from '../../../suites/framework/execute.ts'
import { ownIcs } from '../../../suites/framework/ics.ts'
import { type Selected, selectPurposes } from '../../../suites/framework/selection.ts'
import type { Profile, TestPurpose } from '../../../suites/framework/testPurpose.ts'
import type { PlannedNode } from '../../../topologies/plan.ts'
import type { Runtime } from '../../runtimes/runtime.ts'
import { makeBench } from '../../testSystem/bench.ts'
import { benchVersion } from '../benchVersion.ts'
import type { Terminal } from '../command.ts'
import { canCommit, mutantNamed } from '../mutants.ts'
import { toPurposeRecord } from '../record/purposeRecord.ts'
import { executeAndStore } from './executeAndStore.ts'
import { loadPurposes } from './loadPurposes.ts'
import { runUnderMocha } from './mochaRun.ts'
import { nodesOf } from './networks.ts'
import { makeProgress } from './progress.ts'

/** One run: what to run, against what, and where to. */
export interface SuiteRunOptions {
  readonly folder: string
  /** Where the networks run. */
  readonly runtime: Runtime
  readonly seed: number
  readonly startedAt: Date
  readonly profile: Profile
  /** Ids or globs; empty = all of the profile. */
  readonly only: readonly string[]
  readonly strict: boolean
  /** Used wherever a purpose asks for the reference network. */
  readonly topology?: string
  /** Misbehaviours switched on in every purpose. */
  readonly mutants: readonly MutantAt[]
  /** How often each purpose runs; more than once finds flakes. */
  readonly repeat: number
}

export interface SuiteRun {
  readonly record: RunRecord
  readonly results: readonly PurposeResult[]
}

/** Runs the selected purposes one after the other, in order of id. */
export async function runSuites(options: SuiteRunOptions, terminal: Terminal): Promise<SuiteRun> {
  const rows = selectPurposes(await loadPurposes(), {
    ics: ownIcs,
    profile: options.profile,
    ...(options.only.length === 0 ? {} : { only: options.only }),
  })
  const { selected, without } = byMutantNodes(rows, options)
  const left = [
    ...rows.filter((row) => !row.selected && row.because.startsWith('not selected: ICS')),
    ...without,
  ]
  const progress = makeProgress(terminal, selected.length * options.repeat)
  const results: PurposeResult[] = left.map((row) =>
    notSelected(row.purpose, row.because, Date.now()),
  )
  for (let round = 1; round <= options.repeat && !terminal.signal.aborted; round++) {
    const folder = options.repeat === 1 ? options.folder : join(options.folder, `round-${round}`)
    const bench = benchFor(options, folder)
    const ran = await runUnderMocha(selected, {
      execute: (purpose) => {
        progress.started(purpose.id, purpose.title)
        const { strict, mutants } = options
        return executeAndStore(purpose, bench, { strict, mutants, folder, signal: terminal.signal })
      },
      onResult: (result) => progress.ended(result),
      signal: terminal.signal,
    })
    results.push(...ran.map((result) => atRound(result, options.folder, folder)))
  }
  return { record: recordOf(options, results, selected.length * options.repeat, terminal), results }
}

function hasMutant(planned: PlannedNode, { node, misbehaviour }: MutantAt): boolean {
  const mutant = mutantNamed(misbehaviour)
  return planned.name === node && mutant !== undefined && canCommit(planned, mutant)
}

/** A node can only misbehave where it is: other purposes are left out, and nothing is run where all would be. */
function byMutantNodes(
  rows: readonly Selected[],
  { mutants, topology }: SuiteRunOptions,
): { selected: TestPurpose[]; without: Selected[] } {
  const selected: TestPurpose[] = []
  const without: Selected[] = []
  for (const { purpose } of rows.filter((row) => row.selected)) {
    const nodes = mutants.length === 0 ? [] : nodesOf(purpose, topology)
    const absent = mutants.find((mutant) => !nodes.some((node) => hasMutant(node, mutant)))
    if (absent === undefined) selected.push(purpose)
    else {
      const because = `not selected: its network has no node ${absent.node} that could commit ${absent.misbehaviour}`
      without.push({ purpose, selected: false, because })
    }
  }
  if (selected.length === 0 && without.length > 0) {
    const wanted = mutants.map(
      ({ node, misbehaviour }) => `${node} that could commit ${misbehaviour}`,
    )
    const because = `no network of the selected purposes has a node ${wanted.join(' and ')}`
    throw new BenchError('USAGE', `--mutant: ${because}`, {
      remedy: './bench plan topologies/reference.yaml shows the nodes of the reference network',
    })
  }
  return { selected, without }
}

export function benchFor(
  options: Pick<SuiteRunOptions, 'runtime' | 'seed' | 'topology'>,
  folder: string,
): Bench {
  return makeBench({
    runtime: options.runtime,
    seed: options.seed,
    outFolder: folder,
    ...(options.topology === undefined ? {} : { referenceTopology: options.topology }),
  })
}

/** Paths of a repeated run are relative to the whole run's folder. */
function atRound(result: PurposeResult, runFolder: string, folder: string): PurposeResult {
  if (folder === runFolder) return result
  const prefix = folder.slice(runFolder.length + 1)
  return {
    ...result,
    artefacts: result.artefacts.map((a) => ({ ...a, path: join(prefix, a.path) })),
  }
}

export function recordOf(
  options: Pick<SuiteRunOptions, 'runtime' | 'seed' | 'startedAt'>,
  results: readonly PurposeResult[],
  selected: number,
  terminal: Pick<Terminal, 'signal'>,
  mutants?: readonly MutantRecord[],
): RunRecord {
  const runtime = options.runtime.name
  const purposes = results.map((result) => toPurposeRecord(result, { seed: options.seed, runtime }))
  return {
    schemaVersion: runRecordVersion,
    bench: benchVersion(),
    seed: options.seed,
    startedAt: options.startedAt.toISOString(),
    durationMs: Date.now() - options.startedAt.getTime(),
    runtime,
    topology: topologyOf(purposes),
    iut: null,
    summary: summarise(purposes, selected),
    purposes,
    artefacts: [],
    ...(terminal.signal.aborted
      ? { interrupted: 'ended by Ctrl-C or SIGTERM before every selected purpose ran' }
      : {}),
    ...(mutants === undefined ? {} : { mutants }),
  }
}

/** The picture on top: the reference network where a purpose used it, else the first there is. */
function topologyOf(purposes: readonly PurposeRecord[]): RecordedTopology {
  const topologies = purposes.flatMap((purpose) => purpose.topology ?? [])
  const none: RecordedTopology = { name: 'none', nodes: [], links: [] }
  return topologies.find((topology) => topology.name === 'reference') ?? topologies[0] ?? none
}
