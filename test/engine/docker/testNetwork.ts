import { join } from 'node:path'
import type Docker from 'dockerode'
import { connectEngine } from '../../../tools/engine/connect.ts'
import type { Engine } from '../../../tools/engine/engine.ts'
import { label } from '../../../tools/engine/labels.ts'
import { demultiplex } from '../../../tools/runtimes/docker/demultiplex.ts'
import { dockerRuntime } from '../../../tools/runtimes/docker/dockerRuntime.ts'
import { openJournal } from '../../../tools/runtimes/journal.ts'
import { ownIdentity } from '../../../tools/runtimes/processes.ts'
import type { Testbed } from '../../../tools/runtimes/runtime.ts'
import { readTopology } from '../../../tools/topologyFile.ts'
import type { Plan } from '../../../topologies/plan.ts'
import { makePlan } from '../../../topologies/planner.ts'
import { temporaryFolder } from '../../tools/temporaryFolder.ts'

const project = join(import.meta.dirname, '..', '..', '..')

/** A network in containers for one test; disposing of it ends it. */
export interface TestNetwork extends AsyncDisposable {
  readonly engine: Engine
  readonly plan: Plan
  readonly testbed: Testbed
  /** Folder that is gone afterwards. */
  readonly folder: string
  /** The container of a node, a recorder or the fabric, e.g. `node-ae1`. */
  container(part: string): Promise<Docker.ContainerInfo>
  /** What a program prints that runs in the container of a node, as its user. */
  execute(part: string, words: readonly string[]): Promise<string>
}

export async function bringUpInContainers(topology = 'reference.yaml'): Promise<TestNetwork> {
  const engine = await connectEngine()
  const temporary = temporaryFolder()
  await using undo = new AsyncDisposableStack()
  undo.defer(() => temporary.remove())
  const journal = openJournal(temporary.path)
  const runtime = dockerRuntime({ engine, journal })
  const reserved = undo.use(await runtime.reserve())
  const file = topology.includes('/') ? topology : join(project, 'topologies', topology)
  const plan = makePlan(readTopology(file), { seed: 1, addressing: reserved.addressing })
  const folder = join(temporary.path, 'testbed')
  const testbed = undo.use(await runtime.bringUp(plan, { folder }))
  const ended = undo.move()
  return {
    engine,
    plan,
    testbed,
    folder: temporary.path,
    container: (part) => containerOf(engine, plan, part),
    async execute(part, words) {
      const { Id } = await containerOf(engine, plan, part)
      return executed(engine, Id, words)
    },
    [Symbol.asyncDispose]: () => ended.disposeAsync(),
  }
}

/** Everything of this process in the engine: containers and networks by name. */
export async function ownThings(engine: Engine): Promise<readonly string[]> {
  const { pid, startTime } = ownIdentity()
  const filters = { label: [`${label.owner}=${pid}-${startTime}`] }
  const containers = await engine.client.listContainers({ all: true, filters })
  const networks = await engine.client.listNetworks({ filters })
  return [
    ...containers.map(({ Names: names }) => `container ${names.join(' ')}`),
    ...networks.map(({ Name: name }) => `network ${name}`),
  ]
}

/** By name and network: several networks of one process may be up at a time. */
async function containerOf(
  engine: Engine,
  plan: Plan,
  part: string,
): Promise<Docker.ContainerInfo> {
  const { pid, startTime } = ownIdentity()
  const filters = { label: [`${label.owner}=${pid}-${startTime}`] }
  const all = await engine.client.listContainers({ all: true, filters })
  const own = all.filter(({ Names: names }) => names.some((name) => name.endsWith(`-${part}`)))
  const [found, ...more] = own
  if (found !== undefined && more.length === 0) return found
  throw new Error(`${own.length} containers are called ${part} in ${plan.name}`)
}

export async function executed(
  engine: Engine,
  container: string,
  words: readonly string[],
): Promise<string> {
  const run = await engine.client.getContainer(container).exec({
    Cmd: [...words],
    AttachStdout: true,
    AttachStderr: true,
  })
  const { stdout, stderr } = demultiplex(await run.start({ hijack: true, stdin: false }))
  let said = ''
  const hear = (bytes: Buffer) => {
    said += bytes.toString()
  }
  stdout.on('data', hear)
  stderr.on('data', hear)
  await new Promise((resolve) => stdout.once('end', resolve))
  return said
}
