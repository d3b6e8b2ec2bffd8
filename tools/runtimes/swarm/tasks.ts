import { randomBytes } from 'node:crypto'
import type Docker from 'dockerode'
import { BenchError, type ErrorCode } from '../../../protocol/errors.ts'
import { askUntil } from '../../askUntil.ts'
import type { Engine } from '../../engine/engine.ts'
import { withEngineErrors } from '../../engine/engineErrors.ts'
import { codeFolder } from '../../engine/image/codeFiles.ts'
import { nodeProgram, unprivilegedUser } from '../../engine/image/systemFiles.ts'
import type { Labels } from '../../engine/labels.ts'
import { type TaskArgument, taskFolder, taskKeyPath } from '../../fabric/task/contract.ts'
import { readyMachines } from './machines.ts'
import { listOf, members } from './members.ts'

/** One service with one task on one machine. */
export interface TaskOrder {
  /** Of the service; also the identity of the task. */
  readonly name: string
  /** Identifier of the image, so that no machine asks a registry for it. */
  readonly imageId: string
  readonly labels: Labels
  readonly machineId: string
  /** Identifiers of networks. */
  readonly networks: readonly string[]
  readonly argument: TaskArgument
  readonly memoryMiB: number
  /** Of the folder in memory for files of its program. */
  readonly filesMiB: number
}

export interface Task {
  readonly name: string
  /** What the task proves itself with. */
  readonly key: Uint8Array
  readonly serviceId: string
  readonly secretId: string
}

const mostProcesses = 128

/**
 * Makes the service. Its key is a secret of the swarm: it travels between managers and the machine under the swarm's own
 * protection, and lies in memory there.
 */
export async function createTask(engine: Engine, order: TaskOrder): Promise<Task> {
  const { name, labels } = order
  const key = randomBytes(32)
  return await withEngineErrors(`making the service ${name}`, async () => {
    const secret: unknown = await engine.client.createSecret({
      Name: name,
      Labels: { ...labels },
      Data: Buffer.from(key.toString('hex')).toString('base64'),
    })
    const secretId = String(members(secret).ID ?? members(secret).id)
    const service = await engine.client.createService(settingsOf(order, secretId))
    return { name, key, serviceId: service.id, secretId }
  })
}

function settingsOf(order: TaskOrder, secretId: string): Docker.CreateServiceOptions {
  const { name, labels, memoryMiB } = order
  const user = { UID: `${unprivilegedUser}`, GID: `${unprivilegedUser}` }
  const keyFile = taskKeyPath.slice(taskKeyPath.lastIndexOf('/') + 1)
  return {
    Name: name,
    Labels: { ...labels },
    Mode: { Replicated: { Replicas: 1 } },
    // Names lead to the task itself: nothing is to stand between it and the fabric.
    EndpointSpec: { Mode: 'dnsrr' },
    TaskTemplate: {
      // A node that ends has ended: nobody starts another in its place.
      RestartPolicy: { Condition: 'none' },
      Placement: { Constraints: [`node.id==${order.machineId}`] },
      Networks: order.networks.map((Target) => ({ Target })),
      LogDriver: { Name: 'json-file', Options: { 'max-size': '1m', 'max-file': '1' } },
      Resources: { Limits: { MemoryBytes: memoryMiB * 2 ** 20, Pids: mostProcesses } },
      ContainerSpec: {
        Image: order.imageId,
        Labels: { ...labels },
        Command: [nodeProgram, '--disable-warning=ExperimentalWarning'],
        Args: [`${codeFolder}/tools/fabric/task/main.ts`, JSON.stringify(order.argument)],
        User: `${unprivilegedUser}:${unprivilegedUser}`,
        ReadOnly: true,
        CapabilityDrop: ['ALL'],
        // Some are on several networks, and none is to become a router between them.
        Sysctls: { 'net.ipv4.ip_forward': '0' },
        Mounts: [inMemory(taskFolder, order.filesMiB)],
        Secrets: [
          {
            SecretID: secretId,
            SecretName: name,
            File: { Name: keyFile, ...user, Mode: 0o400 },
          },
        ],
        StopGracePeriod: 1_000_000_000,
      },
    },
  }
}

function inMemory(target: string, mebibytes: number): Docker.MountSettings {
  const TmpfsOptions = { SizeBytes: mebibytes * 2 ** 20, Mode: 0o1777 }
  return { Type: 'tmpfs', Target: target, TmpfsOptions } as Docker.MountSettings
}

/** What the swarm knows of the task of a service. */
export interface TaskState {
  readonly serviceId: string
  /** Machine it was given to; empty before. */
  readonly machineId: string
  /** By identifier of the network, without the length of the prefix; empty until they are given. */
  readonly addresses: ReadonlyMap<string, string>
  /** Why it does not run and never will. */
  readonly failure?: string
}

const hopeless: readonly unknown[] = ['failed', 'rejected', 'complete', 'shutdown', 'orphaned']

export async function taskStates(engine: Engine, runId: string): Promise<readonly TaskState[]> {
  const tasks = await withEngineErrors('looking at the tasks of the swarm', () =>
    engine.client.listTasks({ filters: JSON.stringify({ name: [runId] }) }),
  )
  return tasks.map((task: unknown) => {
    const { ServiceID: serviceId, NodeID: machineId, Status: status } = members(task)
    const { NetworksAttachments: attachments } = members(task)
    const { State: state, Err: error, Message: message } = members(status)
    const failure = hopeless.includes(state) ? { failure: String(error ?? message) } : {}
    return {
      serviceId: String(serviceId),
      machineId: String(machineId ?? ''),
      addresses: addressesIn(attachments),
      ...failure,
    }
  })
}

function addressesIn(attachments: unknown): ReadonlyMap<string, string> {
  const pairs = listOf(attachments).flatMap((attachment): (readonly [string, string])[] => {
    const { Network: network, Addresses: addresses } = members(attachment)
    const { ID: id } = members(network)
    const [address] = listOf(addresses)
    if (typeof id !== 'string' || typeof address !== 'string') return []
    return [[id, address.split('/')[0] ?? '']]
  })
  return new Map(pairs)
}

interface FailureRow {
  readonly sign: RegExp
  readonly code: ErrorCode
  readonly remedy: (machine: string, name: string) => string
}

const failures: readonly FailureRow[] = [
  {
    sign: /no such image/i,
    code: 'CAPABILITY_MISSING',
    remedy: (machine) =>
      `bring the image there: docker save IMAGE | ssh ${machine} docker load; or name its engine in the label onem2m-bench.engine`,
  },
  {
    sign: /pool overlaps|address already in use|no available IP/i,
    code: 'ADDRESS_IN_USE',
    remedy: (machine) =>
      `something else uses these addresses on ${machine}: docker network ls and ip route there; then run again`,
  },
  {
    sign: /./,
    code: 'NODE_START_FAILED',
    remedy: (_machine, name) => `docker service ps --no-trunc ${name} says more`,
  },
]

/** Why a task of a service does not run, with what to do where that is known. */
export function taskFailure(name: string, failure: string, machine: string): BenchError {
  const row = failures.find(({ sign }) => sign.test(failure))
  return new BenchError(
    row?.code ?? 'NODE_START_FAILED',
    `${name} does not run on machine ${machine}: ${failure.slice(0, 500)}`,
    row === undefined ? {} : { remedy: row.remedy(machine, name) },
  )
}

/** Ends the task and forgets its key; without effect when it is gone. */
export async function removeTask(engine: Engine, { name, ...task }: Task): Promise<void> {
  await withEngineErrors(`removing the service ${name}`, async () => {
    await ignoringMissing(engine.client.getService(task.serviceId).remove())
    await ignoringMissing(engine.client.getSecret(task.secretId).remove())
  })
}

async function ignoringMissing(removal: Promise<unknown>): Promise<void> {
  try {
    await removal
  } catch (error) {
    if (!(error instanceof Error && 'statusCode' in error && error.statusCode === 404)) throw error
  }
}

const goneWithinMs = 20_000
const askAgainMs = 100

/** Waits until no task of a run is left on any machine that answers. @throws BenchError TIMED_OUT */
export async function waitUntilGone(engine: Engine, runId: string): Promise<void> {
  const what = `the tasks of ${runId} to end`
  const look = async () => {
    const ready = await readyMachines(engine)
    const states = await taskStates(engine, runId)
    return states.some(({ machineId }) => ready.has(machineId)) ? undefined : true
  }
  await askUntil(look, { what, timeoutMs: goneWithinMs, everyMs: askAgainMs })
}
