import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BenchError } from '../../../protocol/errors.ts'
import { benchFolder } from '../benchVersion.ts'
import { inspectMachine } from '../capabilities.ts'
import { type Command, exitCode, parseOptions, type Terminal } from '../command.ts'
import { fixEngine } from '../containerEngine.ts'
import { describeError } from '../failure.ts'
import { installMissing } from './doctor.ts'

const usage = '[--only checks|unit|engine|suites|mutants]... [PATTERN]'
const parts = ['checks', 'unit', 'engine', 'suites', 'mutants'] as const
type Part = (typeof parts)[number]

export const test: Command = {
  usage,
  help: [
    '  --only PART   only one part; may be given several times:',
    '                checks = format, lint, types, imports, catalogue, tidiness;  unit = tests under test/;',
    '                engine = tests under test/engine/, which need a container engine (started if need be);',
    '                suites = every purpose on our own nodes;  mutants = every mutant is caught',
    '  PATTERN       only tests whose title holds this text (without --only: unit tests)',
  ].join('\n'),
  async run(args, terminal) {
    const options = { only: { type: 'string', multiple: true } } as const
    const { values, positionals } = parseOptions('test', usage, args, options, { min: 0, max: 1 })
    const chosen = chooseParts(values.only, positionals[0])
    // What the tests need from the machine is part of the set-up that a single command does.
    installMissing(inspectMachine(), terminal)
    const scratch = mkdtempSync(join(tmpdir(), 'onem2m-bench-test-'))
    try {
      return await runParts(chosen, { terminal, scratch, pattern: positionals[0] })
    } finally {
      rmSync(scratch, { recursive: true, force: true })
    }
  },
}

interface TestRun {
  readonly terminal: Terminal
  readonly scratch: string
  readonly pattern: string | undefined
}

interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

function chooseParts(
  only: readonly string[] | undefined,
  pattern: string | undefined,
): readonly Part[] {
  if (only === undefined) return pattern === undefined ? parts : ['unit']
  for (const name of only)
    if (!parts.some((part) => part === name))
      throw new BenchError('USAGE', `--only ${name} is not a part of the tests`, {
        remedy: `one of: ${parts.join(', ')}`,
      })
  return parts.filter((part) => only.includes(part))
}

async function runParts(chosen: readonly Part[], run: TestRun): Promise<number> {
  const runners: Record<Part, (run: TestRun) => Promise<Counts>> = {
    checks: runChecks,
    unit: (r) => runMocha(r, 'unit', ['--ignore', engineTests, 'test/**/*.test.ts']),
    engine: runEngineTests,
    suites: (r) => runPurposes(r, 'suites', ['run', '--profile', 'full']),
    mutants: (r) => runPurposes(r, 'mutants', ['prove']),
  }
  let total: Counts = { passed: 0, failed: 0, skipped: 0 }
  let isIncapable = false
  for (const part of chosen) {
    if (run.terminal.signal.aborted)
      throw new BenchError('INTERRUPTED', 'the tests were interrupted')
    const startedAtMs = performance.now()
    run.terminal.out(`── ${part}`)
    const counts = await runners[part](run).catch((error: unknown) => {
      // What this machine cannot do is said, and the rest is still tested; it is no success.
      if (!(error instanceof BenchError) || error.code !== 'CAPABILITY_MISSING') throw error
      for (const line of describeError(error)) run.terminal.note(line)
      isIncapable = true
      return { passed: 0, failed: 0, skipped: 0 }
    })
    total = add(total, counts)
    const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1)
    run.terminal.out(
      `   ${part}: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped in ${seconds} s`,
    )
  }
  run.terminal.out(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
  if (total.failed > 0 || total.skipped > 0) return exitCode.failed
  if (isIncapable) return exitCode.incapable
  return total.passed === 0 ? exitCode.nothingExecuted : exitCode.passed
}

function add(a: Counts, b: Counts): Counts {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
  }
}

const checkCommands: readonly { name: string; words: readonly string[] }[] = [
  { name: 'format and lint', words: ['node_modules/.bin/biome', 'ci', '--error-on-warnings', '.'] },
  { name: 'types', words: ['node_modules/.bin/tsc', '--noEmit'] },
  {
    name: 'imports, tidiness, references, catalogue',
    words: [process.execPath, 'tools/checks/main.ts'],
  },
]

async function runChecks({ terminal }: TestRun): Promise<Counts> {
  let failed = 0
  for (const { name, words } of checkCommands) {
    const { code, output } = await runQuietly(words, terminal.signal)
    terminal.out(`   ${code === 0 ? 'ok  ' : 'FAIL'} ${name}`)
    if (code === 0) continue
    failed++
    for (const line of output.trimEnd().split('\n').slice(-80)) terminal.out(`        ${line}`)
  }
  return { passed: checkCommands.length - failed, failed, skipped: 0 }
}

const engineTests = 'test/engine/**'

async function runEngineTests(run: TestRun): Promise<Counts> {
  await fixEngine(run.terminal)
  return runMocha(run, 'engine', ['test/engine/**/*.test.ts'])
}

async function runMocha(
  { terminal, scratch, pattern }: TestRun,
  part: string,
  files: readonly string[],
): Promise<Counts> {
  const statsFile = join(scratch, `${part}.json`)
  const grep = pattern === undefined ? [] : ['--fgrep', pattern]
  const words = [
    ...[process.execPath, 'node_modules/mocha/bin/mocha.js', '--exit', '--timeout', '30000'],
    ...['--require', './test/fuzzSeed.ts'],
    ...['--reporter', 'tools/cli/testReporter.ts', '--reporter-option', `file=${statsFile}`],
    ...[...grep, ...files],
  ]
  const code = await runLoudly(words, terminal.signal)
  return readCounts(statsFile, part, code, terminal)
}

/** A run of purposes is a test of the nodes and of the bench: its record is counted purpose by purpose. */
async function runPurposes(
  { terminal, scratch }: TestRun,
  name: string,
  command: readonly string[],
): Promise<Counts> {
  const statsFile = join(scratch, `${name}.json`)
  const words = ['./bench', ...command, '--out', join(scratch, name), '--counts', statsFile]
  const code = await runLoudly(words, terminal.signal)
  return readCounts(statsFile, name, code, terminal)
}

/** No counts means that the part died before its end: one failure, never silence. */
function readCounts(file: string, part: string, code: number, terminal: Terminal): Counts {
  try {
    const stats: Counts = JSON.parse(readFileSync(file, 'utf8'))
    if (code !== 0 && stats.failed === 0) return { ...stats, failed: 1 }
    return stats
  } catch {
    terminal.out(`   FAIL ${part}: ended with exit code ${code} before it could count its results`)
    return { passed: 0, failed: 1, skipped: 0 }
  }
}

async function runQuietly(
  words: readonly string[],
  signal: AbortSignal,
): Promise<{ code: number; output: string }> {
  let output = ''
  const child = start(words, 'pipe', signal)
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-200_000)
    })
  return { code: await exitOf(child), output }
}

async function runLoudly(words: readonly string[], signal: AbortSignal): Promise<number> {
  return exitOf(start(words, 'inherit', signal))
}

function start(words: readonly string[], output: 'pipe' | 'inherit', signal: AbortSignal) {
  const [program = '', ...rest] = words
  return spawn(program, rest, {
    cwd: benchFolder,
    stdio: ['ignore', output, output],
    signal,
    killSignal: 'SIGTERM',
  })
}

function exitOf(child: ReturnType<typeof spawn>): Promise<number> {
  return new Promise((resolve) => {
    child.on('error', () => resolve(exitCode.inconclusive))
    child.on('close', (code) => resolve(code ?? exitCode.inconclusive))
  })
}
