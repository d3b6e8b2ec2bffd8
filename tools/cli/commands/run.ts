import { BenchError } from '../../../protocol/errors.ts'
import { exitCodeOf } from '../../../reports/model/summary.ts'
import type { MutantAt } from '../../../suites/framework/bench.ts'
import type { Profile } from '../../../suites/framework/testPurpose.ts'
import { didYouMean } from '../../../topologies/closest.ts'
import { type Command, parseOptions, wholeNumber } from '../command.ts'
import { mutantNamed, mutants } from '../mutants.ts'
import { compareRunWithBaseline, readBaseline } from '../run/baseline.ts'
import { finishRun, writeCounts } from '../run/finish.ts'
import { standInFor } from '../run/networks.ts'
import { makeOutFolder } from '../run/outFolder.ts'
import { openRuntime, runtimeHelp, runtimeOption, runtimeUsage } from '../run/runtimes.ts'
import { runSuites } from '../run/suiteRun.ts'

const usage = `[--only ID|GLOB]... [--profile smoke|ci|full|plugfest] ${runtimeUsage} [--topology FILE] [--seed N] [--out DIR] [--strict] [--repeat N] [--baseline FILE] [--mutant NODE:NAME]... [--json] [--counts FILE]`

export const run: Command = {
  usage,
  help: [
    '  --only ID|GLOB       only these purposes, e.g. BTP/SAEF/* (may be given several times; any profile)',
    '  --profile NAME       smoke (a few), ci (default), full, plugfest',
    runtimeHelp,
    '  --topology FILE      use this network wherever a purpose asks for the reference network; it must have its',
    '                       nodes, links and applications (topologies/reference.yaml), and may have more',
    '  --seed N             all names, keys and identifiers follow from it (default 1)',
    '  --out DIR            where to write (default runs/<time>-seed<N>)',
    '  --strict             a right outcome with another code or alert than the clause names is a fail',
    '  --repeat N           run everything N times; any difference between rounds is reported as a flake',
    '  --baseline FILE      compare with expected verdicts (JSON: id, verdict, reason, owner, expires)',
    '  --mutant NODE:NAME   switch a named misbehaviour on at a node (./bench list --mutants); purposes whose',
    '                       network has no such node are left out',
    '  --json               print the run record instead of progress',
    '  --counts FILE        write how many passed, failed and were skipped, as JSON',
  ].join('\n'),
  async run(args, terminal) {
    const { values } = parseOptions('run', usage, args, optionTable, { min: 0, max: 0 })
    const startedAt = new Date()
    const seed = wholeNumber('seed', values.seed ?? '1', { min: 0, max: 2 ** 32 - 1 })
    const options = {
      runtime: await openRuntime(values.runtime),
      seed,
      startedAt,
      profile:
        values.only === undefined
          ? parseProfile(values.profile ?? 'ci')
          : parseProfile(values.profile ?? 'full'),
      only: values.only ?? [],
      strict: values.strict ?? false,
      mutants: (values.mutant ?? []).map(parseMutant),
      repeat: wholeNumber('repeat', values.repeat ?? '1', { min: 1, max: 1000 }),
      ...(values.topology === undefined ? {} : { topology: standInFor(values.topology) }),
    }
    const baseline = values.baseline === undefined ? undefined : readBaseline(values.baseline)
    const folder = makeOutFolder(values.out, startedAt, seed)
    const quiet = values.json === true ? { ...terminal, out: () => {}, status: () => {} } : terminal
    const { record } = await runSuites({ ...options, folder }, quiet)
    if (values.json === true) terminal.out(JSON.stringify(record))
    await finishRun(record, folder, quiet)
    const flakes = flakesOf(record.purposes)
    for (const line of flakes) quiet.out(`flake: ${line}`)
    const { pass, fail, inconc, error, none } = record.summary
    writeCounts(values.counts, { passed: pass, failed: fail + inconc + error, skipped: none })
    if (baseline !== undefined) return compareRunWithBaseline(record, baseline, quiet)
    return flakes.length > 0 && exitCodeOf(record) === 0 ? 3 : exitCodeOf(record)
  },
}

const optionTable = {
  ...runtimeOption,
  only: { type: 'string', multiple: true },
  profile: { type: 'string' },
  topology: { type: 'string' },
  seed: { type: 'string' },
  out: { type: 'string' },
  strict: { type: 'boolean' },
  repeat: { type: 'string' },
  baseline: { type: 'string' },
  mutant: { type: 'string', multiple: true },
  json: { type: 'boolean' },
  counts: { type: 'string' },
} as const

const profiles: readonly Profile[] = ['smoke', 'ci', 'full', 'plugfest']

export function parseProfile(text: string): Profile {
  const profile = profiles.find((name) => name === text)
  if (profile !== undefined) return profile
  throw new BenchError('USAGE', `--profile ${text} is not a profile`, {
    remedy: `one of: ${profiles.join(', ')}`,
  })
}

function parseMutant(text: string): MutantAt {
  const [node, misbehaviour, ...rest] = text.split(':')
  if (
    node === undefined ||
    misbehaviour === undefined ||
    rest.length > 0 ||
    node === '' ||
    misbehaviour === ''
  )
    throw new BenchError('USAGE', `--mutant ${text} is not of the form NODE:NAME`, {
      remedy: 'e.g. --mutant cse1:transit-drops-silently; ./bench list --mutants shows the names',
    })
  if (mutantNamed(misbehaviour) === undefined) {
    const known = mutants.map(({ name }) => name)
    throw new BenchError('USAGE', `--mutant ${text}: there is no misbehaviour ${misbehaviour}`, {
      remedy: `${didYouMean(misbehaviour, known)}./bench list --mutants shows the names`,
    })
  }
  return { node, misbehaviour }
}

/** Purposes whose verdict differs between the rounds of one run. */
export function flakesOf(purposes: readonly { id: string; verdict: string }[]): string[] {
  const verdicts = new Map<string, Set<string>>()
  for (const { id, verdict } of purposes)
    verdicts.set(id, (verdicts.get(id) ?? new Set()).add(verdict))
  return [...verdicts]
    .filter(([, seen]) => seen.size > 1)
    .map(([id, seen]) => `${id} was ${[...seen].join(' and ')}`)
}
