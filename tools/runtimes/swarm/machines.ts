import { BenchError } from '../../../protocol/errors.ts'
import type { Domain } from '../../../topologies/plan.ts'
import type { Engine } from '../../engine/engine.ts'
import { withEngineErrors } from '../../engine/engineErrors.ts'
import { members } from './members.ts'

/** A machine of a swarm that takes work. */
export interface Machine {
  readonly id: string
  /** Host name, as the swarm knows it. */
  readonly name: string
  readonly role: 'manager' | 'worker'
  /** What its label `onem2m-bench.domain` says. */
  readonly domain?: Domain
  /** Where its engine can be reached from here, as its label `onem2m-bench.engine` says. */
  readonly engineAddress?: string
  /** It is the one whose engine the bench talks to. */
  readonly isHere: boolean
}

export interface Machines {
  readonly ready: readonly Machine[]
  /** Names of those that are down or take no work. */
  readonly absent: readonly string[]
}

export const machineLabel = {
  domain: 'onem2m-bench.domain',
  engine: 'onem2m-bench.engine',
} as const

/** The machines of the swarm that this engine manages. @throws BenchError CAPABILITY_MISSING, ENGINE_FAILED */
export async function listMachines(engine: Engine): Promise<Machines> {
  const info: unknown = await withEngineErrors('asking for the swarm', () => engine.client.info())
  const ownId = managerId(engine, info)
  const nodes = await withEngineErrors('listing the machines of the swarm', () =>
    engine.client.listNodes(),
  )
  const all = nodes.map((node: unknown) => readMachine(node, ownId))
  const ready = all.filter(({ isReady }) => isReady).map(({ machine }) => machine)
  const absent = all.filter(({ isReady }) => !isReady).map(({ machine }) => machine.name)
  return { ready: ready.sort((a, b) => (a.name < b.name ? -1 : 1)), absent }
}

/** Identifiers of the machines that answer and take work. */
export async function readyMachines(engine: Engine): Promise<ReadonlySet<string>> {
  const nodes = await withEngineErrors('listing the machines of the swarm', () =>
    engine.client.listNodes(),
  )
  const all = nodes.map((node: unknown) => readMachine(node, ''))
  return new Set(all.filter(({ isReady }) => isReady).map(({ machine }) => machine.id))
}

/** Identifier of the machine that this engine runs on, which must manage a swarm. */
function managerId(engine: Engine, info: unknown): string {
  const { Swarm: swarm } = members(info)
  const { LocalNodeState: state, ControlAvailable: isManager, NodeID: id } = members(swarm)
  if (state !== 'active') {
    throw new BenchError('CAPABILITY_MISSING', `${engine.describe()} belongs to no swarm`, {
      remedy: 'docker swarm init makes one; docs/several-machines.md says how others join',
    })
  }
  if (isManager !== true || typeof id !== 'string') {
    throw new BenchError('CAPABILITY_MISSING', `${engine.describe()} is no manager of its swarm`, {
      remedy: 'run the bench on a manager, or name one in DOCKER_HOST',
    })
  }
  return id
}

function readMachine(node: unknown, ownId: string): { machine: Machine; isReady: boolean } {
  const { ID: id, Spec: spec, Description: description, Status: status } = members(node)
  const { Role: role, Availability: availability, Labels: labels } = members(spec)
  const said = members(labels)
  const name = members(description).Hostname
  const domain = said[machineLabel.domain]
  const address = said[machineLabel.engine]
  const machine: Machine = {
    id: String(id),
    name: typeof name === 'string' && name !== '' ? name : String(id),
    role: role === 'manager' ? 'manager' : 'worker',
    isHere: id === ownId,
    ...(isDomain(domain) ? { domain } : {}),
    ...(typeof address === 'string' ? { engineAddress: address } : {}),
  }
  const isReady = members(status).State === 'ready' && availability === 'active'
  return { machine, isReady }
}

function isDomain(value: unknown): value is Domain {
  return value === 'field' || value === 'infrastructure'
}
