import { BenchError } from '../../protocol/errors.ts'
import type { Command } from './command.ts'

/** Commands in the order of the overview; each is loaded only when it is used, so that starting stays quick. */
const loaders = {
  demo: async () => (await import('./commands/demo.ts')).demo,
  run: async () => (await import('./commands/run.ts')).run,
  list: async () => (await import('./commands/list.ts')).list,
  explain: async () => (await import('./commands/explain.ts')).explain,
  prove: async () => (await import('./commands/prove.ts')).prove,
  verify: async () => (await import('./commands/verify.ts')).verify,
  report: async () => (await import('./commands/report.ts')).report,
  diff: async () => (await import('./commands/diff.ts')).diff,
  plan: async () => (await import('./commands/plan.ts')).plan,
  validate: async () => (await import('./commands/validate.ts')).validate,
  graph: async () => (await import('./commands/graph.ts')).graph,
  up: async () => (await import('./commands/up.ts')).up,
  down: async () => (await import('./commands/down.ts')).down,
  perf: async () => (await import('./commands/perf.ts')).perf,
  doctor: async () => (await import('./commands/doctor.ts')).doctor,
  engine: async () => (await import('./commands/engine.ts')).engine,
  clean: async () => (await import('./commands/clean.ts')).clean,
  test: async () => (await import('./commands/test.ts')).test,
} as const satisfies Record<string, () => Promise<Command>>

export const commandNames = Object.keys(loaders) as (keyof typeof loaders)[]

export async function loadCommand(name: string): Promise<Command> {
  if (!Object.hasOwn(loaders, name))
    throw new BenchError('USAGE', `there is no command ${name}`, {
      remedy: `one of: ${commandNames.join(', ')}; ./bench help says what each does`,
    })
  return loaders[name as keyof typeof loaders]()
}
