import { BenchError } from '../../../protocol/errors.ts'
import { askUntil } from '../../askUntil.ts'
import type { Engine } from '../../engine/engine.ts'
import { bounded, interruption } from '../bounded.ts'
import { type Machine, readyMachines } from './machines.ts'
import type { TaskControl } from './taskControl.ts'
import type { TaskLink } from './taskLink.ts'
import {
  createTask,
  type Task,
  type TaskOrder,
  type TaskState,
  taskFailure,
  taskStates,
} from './tasks.ts'

/** A task that was made and will connect. */
export interface ExpectedTask {
  readonly task: Task
  readonly machine: Machine
  readonly link: Promise<TaskLink>
}

export interface TaskSite {
  readonly engine: Engine
  /** Begins the names of all its services. */
  readonly runId: string
  readonly control: TaskControl
  readonly signal: AbortSignal
  /** Every task that was made. */
  readonly made: Task[]
}

const connectTimeoutMs = 90_000
/** A swarm announces no change of a task: it is asked. */
const askEveryMs = 200

export async function makeTask(
  site: TaskSite,
  machine: Machine,
  order: Omit<TaskOrder, 'machineId'>,
): Promise<ExpectedTask> {
  if (site.signal.aborted) throw interruption('the tasks of the swarm')
  const task = await createTask(site.engine, { ...order, machineId: machine.id })
  site.made.push(task)
  const { name, key } = task
  return { task, machine, link: site.control.expect({ name, key, machine: machine.name }) }
}

/** Address of a task's service in a network, both by their identifiers. */
export type AddressOf = (serviceId: string, networkId: string) => string

/** Waits until the swarm has given all of them their addresses. */
export async function waitForAddresses(
  site: TaskSite,
  tasks: readonly ExpectedTask[],
): Promise<AddressOf> {
  const states = await ask(site, tasks, (all) =>
    tasks.every(({ task }) => (all.get(task.serviceId)?.addresses.size ?? 0) > 0),
  )
  return (serviceId, networkId) => {
    const address = states.get(serviceId)?.addresses.get(networkId)
    if (address !== undefined) return address
    throw new BenchError('ENGINE_FAILED', 'the swarm gave a task no address in one of its networks')
  }
}

/** Waits until all of them are connected. @throws BenchError when one cannot run */
export async function waitForLinks(
  site: TaskSite,
  tasks: readonly ExpectedTask[],
): Promise<readonly TaskLink[]> {
  const watching = new AbortController()
  const all = Promise.all(tasks.map(({ link }) => link))
  // Never satisfied: it looks for tasks that fail.
  const signal = AbortSignal.any([site.signal, watching.signal])
  const failing = ask({ ...site, signal }, tasks, () => false).then((): never => {
    throw interruption('tasks that fail')
  })
  failing.catch(() => {})
  const relayGone = site.control.over.then(() => {
    throw new BenchError('FABRIC_LOST', 'the relay into the swarm ended')
  })
  relayGone.catch(() => {})
  try {
    const bound = { what: 'the tasks of the swarm to connect', timeoutMs: connectTimeoutMs }
    return await bounded(Promise.race([all, failing, relayGone]), bound)
  } finally {
    watching.abort()
  }
}

type States = ReadonlyMap<string, TaskState>

/** Asks the swarm until it is satisfied, or one of the tasks has failed. */
function ask(
  { engine, runId, signal }: TaskSite,
  tasks: readonly ExpectedTask[],
  isEnough: (states: States) => boolean,
): Promise<States> {
  const look = async () => {
    const states = new Map((await taskStates(engine, runId)).map((one) => [one.serviceId, one]))
    const ready = await readyMachines(engine)
    for (const { task, machine } of tasks) {
      if (!ready.has(machine.id)) throw taskFailure(task.name, 'the machine is lost', machine.name)
      const failure = states.get(task.serviceId)?.failure
      if (failure !== undefined) throw taskFailure(task.name, failure, machine.name)
    }
    return isEnough(states) ? states : undefined
  }
  return askUntil(look, {
    what: 'the tasks of the swarm',
    timeoutMs: connectTimeoutMs,
    everyMs: askEveryMs,
    signal,
    remedy: 'docker node ls and docker service ls on a manager show what it waits for',
  })
}
