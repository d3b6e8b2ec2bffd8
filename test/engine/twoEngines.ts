/** A real Docker Swarm of two machines on this one: two engines in namespaces of their own, joined by a pair of interfaces. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { connectEngine } from '../../tools/engine/connect.ts'
import type { Engine } from '../../tools/engine/engine.ts'
import { bounded } from '../../tools/runtimes/bounded.ts'
import { markFolder, openJournal } from '../../tools/runtimes/journal.ts'
import { startTimeOf } from '../../tools/runtimes/processes.ts'

export interface TwoEngines extends AsyncDisposable {
  readonly manager: TestEngine
  readonly worker: TestEngine
  /** Has the swarm say where the worker's engine can be reached from here. */
  tellWorkersAddress(): Promise<void>
}

export interface TestEngine {
  /** Its host name, and so its name in the swarm. */
  readonly name: string
  readonly engine: Engine
  /** Kills the engine and every container in it at once, as a machine that loses its power. */
  kill(): Promise<void>
}

const answerTimeoutMs = 60_000
const stopTimeoutMs = 20_000
const linesKept = 8
const run = promisify(execFile)

/** Starts both engines and joins them; leaves nothing when it fails. Needs root, dockerd, iproute2 and util-linux. */
export async function startTwoEngines(): Promise<TwoEngines> {
  await using undo = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'onem2m-bench-swarm-'))
  undo.defer(() => rmSync(folder, { recursive: true, maxRetries: 20 }))
  markFolder(folder)
  undo.defer(openJournal().add([{ kind: 'folder', path: folder }]))
  const daemons = ['bench-machine-1', 'bench-machine-2'].map((name) => startDaemon(folder, name))
  // Asked to end in order, so that they give back control groups; all that is left dies with its namespace.
  undo.defer(async () => void (await Promise.all(daemons.map(endInOrder))))
  const [first, second] = await Promise.all(daemons.map(answering))
  if (first === undefined || second === undefined) throw new Error('two engines were started')
  await connect(first, second)
  await formSwarm(first, second)
  const [manager, worker] = [first, second].map(toTestEngine)
  if (manager === undefined || worker === undefined) throw new Error('two engines were started')
  const all = undo.move()
  const dispose = () => all.disposeAsync()
  const tellWorkersAddress = () => setLabel(manager.engine, worker)
  return { manager, worker, tellWorkersAddress, [Symbol.asyncDispose]: dispose }
}

interface Daemon {
  readonly name: string
  readonly socket: string
  readonly child: ChildProcess
  /** It has said that it listens. */
  readonly listening: Promise<void>
  /** The last lines of its log. */
  readonly said: readonly string[]
  readonly ended: Promise<unknown>
}

/**
 * The engine is process 1 of a process namespace, which ends with it; it is killed when its parent is, which is killed when
 * this process is. Mounts and interfaces are in namespaces without names, which nothing can leave behind.
 */
function startDaemon(parent: string, name: string): Daemon {
  const folder = join(parent, name)
  const socket = join(folder, 'engine.sock')
  mkdirSync(folder)
  const dies = ['setpriv', '--pdeathsig', 'KILL', '--']
  const spaces = ['unshare', '--net', '--mount', '--uts', '--pid', '--fork', '--kill-child']
  const script =
    'mount -t tmpfs -o mode=755 tmpfs /run && hostname "$0" && ip link set lo up && exec dockerd "$@"'
  const [program = '', ...words] = [
    ...dies,
    ...spaces,
    ...['--mount-proc', '--propagation', 'private', 'sh', '-c', script, name],
    ...['--host', `unix://${socket}`, '--pidfile', join(folder, 'pid')],
    ...['--data-root', join(folder, 'data'), '--exec-root', join(folder, 'exec')],
  ]
  const child = spawn(program, words, { stdio: ['ignore', 'ignore', 'pipe'], cwd: '/' })
  const said: string[] = []
  const listening = Promise.withResolvers<void>()
  createInterface({ input: child.stderr }).on('line', (line) => {
    said.push(line)
    if (said.length > linesKept) said.shift()
    if (line.includes('API listen on')) listening.resolve()
  })
  const forget = openJournal().add([processOf(child, name)])
  const ended = new Promise((resolve) => {
    child.once('exit', resolve).once('error', resolve)
  })
  void ended.then(forget)
  return { name, socket, child, listening: listening.promise, said, ended }
}

function processOf({ pid = 0 }: ChildProcess, program: string) {
  return { kind: 'process', pid, startTime: startTimeOf(pid) ?? '', program } as const
}

interface Answering extends Daemon {
  readonly engine: Engine
  /** Process of its namespaces. */
  readonly pid: number
}

async function answering(daemon: Daemon): Promise<Answering> {
  const { name, socket, child, listening, said, ended } = daemon
  const gone = ended.then(() => {
    throw new Error(`dockerd of ${name} ended:\n${said.join('\n')}`)
  })
  gone.catch(() => {})
  const bound = { what: `the engine of ${name}`, timeoutMs: answerTimeoutMs }
  await bounded(Promise.race([listening, gone]), bound)
  const engine = await connectEngine({ address: `unix://${socket}`, timeoutMs: answerTimeoutMs })
  return { ...daemon, engine, pid: child.pid ?? 0 }
}

const addresses = ['10.254.1.1', '10.254.1.2'] as const
const managerPort = 2377

/** One cable between two machines, and nothing else. */
async function connect(first: Answering, second: Answering): Promise<void> {
  const [one, other] = ['machine1', 'machine2']
  const peer = ['type', 'veth', 'peer', 'name', other, 'netns', `${second.pid}`]
  await run('ip', ['link', 'add', one, 'netns', `${first.pid}`, ...peer])
  for (const [index, { pid }] of [first, second].entries()) {
    const name = [one, other][index] ?? ''
    const inside = (...words: string[]) => run('nsenter', ['-t', `${pid}`, '--net', 'ip', ...words])
    await inside('address', 'add', `${addresses[index]}/24`, 'dev', name)
    await inside('link', 'set', name, 'up')
  }
}

/** A manager and a worker. Lost machines are noticed after three beats of a second each. */
async function formSwarm(first: Answering, second: Answering): Promise<void> {
  const [managerAddress, workerAddress] = addresses
  const manager = first.engine.client
  await manager.swarmInit({
    ListenAddr: `${managerAddress}:${managerPort}`,
    AdvertiseAddr: managerAddress,
    Spec: { Dispatcher: { HeartbeatPeriod: 1_000_000_000 } },
  })
  const { JoinTokens: tokens } = await manager.swarmInspect()
  await second.engine.client.swarmJoin({
    ListenAddr: `${workerAddress}:${managerPort}`,
    AdvertiseAddr: workerAddress,
    RemoteAddrs: [`${managerAddress}:${managerPort}`],
    JoinToken: tokens.Worker,
  })
}

async function setLabel({ client }: Engine, { name, engine }: TestEngine): Promise<void> {
  const nodes = await client.listNodes({ filters: { name: [name] } as never })
  for (const { ID: id, Version: version, Spec: spec } of nodes) {
    const Labels = { 'onem2m-bench.engine': engine.address }
    await client.getNode(id).update({ version: version.Index, ...spec, Labels })
  }
}

function toTestEngine({ name, engine, child, ended }: Answering): TestEngine {
  const kill = async () => {
    child.kill('SIGKILL')
    await bounded(ended, { what: `the end of ${name}`, timeoutMs: stopTimeoutMs })
  }
  return { name, engine, kill }
}

async function endInOrder({ name, child, ended }: Daemon): Promise<void> {
  const dockerd = childOf(child)
  if (dockerd !== undefined) process.kill(dockerd, 'SIGTERM')
  try {
    await bounded(ended, { what: `dockerd of ${name} to end`, timeoutMs: stopTimeoutMs })
  } catch {
    child.kill('SIGKILL')
    await ended
  }
}

/** The process that a program which only waits for it started. */
function childOf({ pid, exitCode, signalCode }: ChildProcess): number | undefined {
  if (pid === undefined || exitCode !== null || signalCode !== null) return undefined
  const [first] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ')
  return first === undefined || first === '' ? undefined : Number(first)
}
