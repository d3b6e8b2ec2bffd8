import { BenchError } from '../../protocol/errors.ts'
import { didYouMean } from '../../topologies/closest.ts'
import type { Command } from './command.ts'

interface CommandRow {
  /** One line for the overview. */
  readonly summary: string
  readonly load: () => Promise<Command>
}

/** Commands in the order of the overview; each is loaded only when it is used, so that starting stays quick. */
const table = {
  demo: {
    summary:
      'the shortest way to see it work: a secured network, recorded, judged; then one broken node, caught',
    load: async () => (await import('./commands/demo.ts')).demo,
  },
  run: {
    summary: 'run the suites, judge what was recorded, write the report',
    load: async () => (await import('./commands/run.ts')).run,
  },
  list: {
    summary: 'all purposes with their clause, or all mutants',
    load: async () => (await import('./commands/list.ts')).list,
  },
  explain: {
    summary:
      'one purpose in full: what it checks, from which clause, and why it is selected or not',
    load: async () => (await import('./commands/explain.ts')).explain,
  },
  prove: {
    summary:
      'mutants against purposes: every planted misbehaviour must be caught (the kill matrix)',
    load: async () => (await import('./commands/prove.ts')).prove,
  },
  verify: {
    summary: 'judge old recordings again, without running anything',
    load: async () => (await import('./commands/verify.ts')).verify,
  },
  report: {
    summary: 'render the reports of an old run again from its record',
    load: async () => (await import('./commands/report.ts')).report,
  },
  diff: {
    summary: 'compare two runs: what regressed, what was fixed, what is new',
    load: async () => (await import('./commands/diff.ts')).diff,
  },
  plan: {
    summary: 'what a topology comes to: nodes, addresses, start order, credentials, wires',
    load: async () => (await import('./commands/plan.ts')).plan,
  },
  validate: {
    summary: 'check a topology file; every problem with its line, column and remedy',
    load: async () => (await import('./commands/validate.ts')).validate,
  },
  graph: {
    summary: 'draw a topology: SVG or Mermaid',
    load: async () => (await import('./commands/graph.ts')).graph,
  },
  up: {
    summary: 'keep a network running and play with it by hand, until Ctrl-C or ./bench down',
    load: async () => (await import('./commands/up.ts')).up,
  },
  down: {
    summary: 'stop the network that ./bench up keeps running',
    load: async () => (await import('./commands/down.ts')).down,
  },
  load: {
    summary: 'drive a network with many devices: throughput, latency, handshakes, resources',
    load: async () => (await import('./commands/load.ts')).load,
  },
  perf: {
    summary: 'the figures of this machine: speed, memory, growth',
    load: async () => (await import('./commands/perf.ts')).perf,
  },
  doctor: {
    summary: 'what this machine can run and what is missing; --fix installs it (Debian)',
    load: async () => (await import('./commands/doctor.ts')).doctor,
  },
  engine: {
    summary: 'start or stop a container engine; build the image of the nodes',
    load: async () => (await import('./commands/engine.ts')).engine,
  },
  clean: {
    summary:
      'remove what dead runs left: processes, keys, recordings, containers, networks, old images',
    load: async () => (await import('./commands/clean.ts')).clean,
  },
  test: {
    summary:
      'all tests of the bench itself: checks, unit tests, the suites on our own nodes, the mutants',
    load: async () => (await import('./commands/test.ts')).test,
  },
} as const satisfies Record<string, CommandRow>

export type CommandName = keyof typeof table

export const commandNames = Object.keys(table) as CommandName[]

/** @throws BenchError USAGE */
export function commandNamed(name: string): CommandRow {
  if (!Object.hasOwn(table, name))
    throw new BenchError('USAGE', `there is no command ${name}`, {
      remedy: `${didYouMean(name, commandNames)}one of: ${commandNames.join(', ')}; ./bench help says what each does`,
    })
  return table[name as CommandName]
}
