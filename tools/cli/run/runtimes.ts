import { BenchError } from '../../../protocol/errors.ts'
import type { Runtime } from '../../runtimes/runtime.ts'

/** Where networks can run. What only one of them needs is loaded, and looked for, when it is asked for. */
const runtimes: Readonly<Record<string, () => Promise<Runtime>>> = {
  local: async () => (await import('../../runtimes/local.ts')).localRuntime(),
  process: async () => (await import('../../runtimes/process.ts')).processRuntime(),
  docker: async () =>
    (await import('../../runtimes/docker/dockerRuntime.ts')).dockerRuntime({ keep: true }),
  swarm: async () => (await import('../../runtimes/swarm/swarmRuntime.ts')).swarmRuntime(),
}

export const defaultRuntime = 'local'

/** Option of every command that brings networks up. */
export const runtimeOption = { runtime: { type: 'string' } } as const
export const runtimeUsage = `[--runtime ${Object.keys(runtimes).join('|')}]`
export const runtimeHelp = [
  '  --runtime NAME       where nodes run: local (default, one process), process (a process each), docker (containers),',
  '                       swarm (containers on the machines of a Docker Swarm, docs/several-machines.md)',
].join('\n')

const opened: Runtime[] = []

/** What the runtimes of this process keep from one network to the next is removed. */
export async function closeRuntimes(): Promise<void> {
  await Promise.all(opened.splice(0).map((runtime) => runtime.close?.()))
}

/** @throws BenchError USAGE for a name that is none; CAPABILITY_MISSING where this machine cannot run it */
export async function openRuntime(name: string = defaultRuntime): Promise<Runtime> {
  const open = Object.hasOwn(runtimes, name) ? runtimes[name] : undefined
  if (open !== undefined) {
    const runtime = await open()
    opened.push(runtime)
    return runtime
  }
  throw new BenchError('USAGE', `--runtime ${name} is not a runtime`, {
    remedy: `one of: ${Object.keys(runtimes).join(', ')}`,
  })
}
