import type Docker from 'dockerode'
import { type Labels, label } from './labels.ts'

/** Something of ours that a swarm keeps for a run. */
export interface SwarmThing {
  readonly name: string
  readonly labels: Labels
  remove(): Promise<unknown>
}

type Sort = 'services' | 'secrets'

/** What runs left in a swarm; nothing where the engine manages none. */
export async function thingsInSwarm(client: Docker, sort: Sort): Promise<readonly SwarmThing[]> {
  const { Swarm: swarm } = await client.info()
  if (swarm?.ControlAvailable !== true) return []
  const all: unknown = await listed(client, sort)
  return Array.isArray(all) ? all.flatMap((one: unknown) => thing(client, sort, one)) : []
}

function listed(client: Docker, sort: Sort): Promise<unknown> {
  const filter = JSON.stringify({ label: [label.owner] })
  return sort === 'services'
    ? client.listServices({ filters: filter })
    : client.listSecrets({ filters: filter })
}

function thing(client: Docker, sort: Sort, found: unknown): readonly SwarmThing[] {
  const { ID: id, Spec: spec } = record(found)
  const { Name: name, Labels: labels } = record(spec)
  if (typeof id !== 'string' || typeof name !== 'string') return []
  const own = Object.entries(record(labels)).filter(([, value]) => typeof value === 'string')
  const remove = () =>
    sort === 'services' ? client.getService(id).remove() : client.getSecret(id).remove()
  return [{ name, labels: Object.fromEntries(own) as Labels, remove }]
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
