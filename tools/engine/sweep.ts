import type Docker from 'dockerode'
import type { Engine } from './engine.ts'
import { engineFailure, withEngineErrors } from './engineErrors.ts'
import { baseRepository, nodeRepository } from './image.ts'
import { type Labels, label, ownerState } from './labels.ts'

export interface SweepOptions {
  /** Also images of ours that a newer one has replaced. Default false: another run may be about to use them. */
  readonly images?: boolean
  /** Also what belongs to runs that nobody here can ask after: of other machines that share the engine. Default false. */
  readonly foreign?: boolean
}

export interface Swept {
  /** One line each, e.g. `container bench-1-cse1`. */
  readonly removed: readonly string[]
  /** What looks like ours and was left, and why. */
  readonly left: readonly string[]
}

/** Something of ours in an engine. */
interface Found {
  readonly name: string
  readonly labels: Labels
  remove(): Promise<unknown>
}

interface Kind {
  readonly name: string
  find(client: Docker): Promise<readonly Found[]>
}

const ours = { filters: { label: [label.owner] } }

/** In the order in which they let go of each other. */
const kinds: readonly Kind[] = [
  {
    name: 'container',
    async find(client) {
      const all = await client.listContainers({ all: true, ...ours })
      return all.map(({ Id: id, Names: names, Labels: labels }) => ({
        name: names[0]?.replace(/^\//, '') ?? id.slice(0, 12),
        labels,
        remove: () => client.getContainer(id).remove({ force: true, v: true }),
      }))
    },
  },
  {
    name: 'network',
    async find(client) {
      const all = await client.listNetworks(ours)
      return all.map(({ Id: id, Name: name, Labels: labels }) => ({
        name,
        labels: labels ?? {},
        remove: () => client.getNetwork(id).remove(),
      }))
    },
  },
  {
    name: 'volume',
    async find(client) {
      const { Volumes: all } = await client.listVolumes(ours)
      return (all ?? []).map(({ Name: name, Labels: labels }) => ({
        name,
        labels: labels ?? {},
        remove: () => client.getVolume(name).remove(),
      }))
    },
  },
]

/** Removes what runs left in an engine whose process is gone; runs that go on are left alone. @throws BenchError */
export async function sweepEngine(engine: Engine, options: SweepOptions = {}): Promise<Swept> {
  const isLocal = engine.address.startsWith('unix://')
  const removed: string[] = []
  const left: string[] = []
  for (const kind of kinds) {
    const found = await withEngineErrors(`looking for every ${kind.name}`, () =>
      kind.find(engine.client),
    )
    for (const thing of found) {
      const state = ownerState(thing.labels, isLocal)
      const line = `${kind.name} ${thing.name}`
      if (state === 'alive') continue
      if (state === 'unknown' && options.foreign !== true)
        left.push(`${line}: its run belongs to another machine`)
      else if (await isRemoved(thing, left, line)) removed.push(line)
    }
  }
  if (options.images === true) removed.push(...(await removeOldImages(engine, left)))
  return { removed, left }
}

async function isRemoved(thing: Found, left: string[], line: string): Promise<boolean> {
  try {
    await thing.remove()
    return true
  } catch (error) {
    // Somebody else swept it away in the meantime.
    if (statusOf(error) === 404) return false
    left.push(engineFailure(error, line).message)
    return false
  }
}

/** Keeps the newest image and what lies below it; an image that a container uses is kept by the engine. */
async function removeOldImages(engine: Engine, left: string[]): Promise<readonly string[]> {
  const found = await withEngineErrors('looking for images', () =>
    engine.client.listImages({ filters: { label: [label.content] } }),
  )
  const images = found
    .map(({ Id: id, RepoTags: tags, Labels: labels, Created: created }) => ({
      id,
      names: (tags ?? []).filter((tag) => tag !== '<none>:<none>'),
      labels: labels ?? {},
      created,
    }))
    .sort((a, b) => b.created - a.created)
  const isNamed = (image: { names: readonly string[] }, repository: string) =>
    image.names.some((name) => name.startsWith(`${repository}:`))
  const newest = images.find((image) => isNamed(image, nodeRepository))
  const below = newest?.labels[label.base]
  const removed: string[] = []
  for (const image of images) {
    if (image === newest) continue
    if (isNamed(image, baseRepository) && image.labels[label.content] === below) continue
    const name = image.names[0] ?? image.id.slice(7, 19)
    // By name where there is one: the same content may go by another name that is not ours.
    const remove = () => engine.client.getImage(image.names[0] ?? image.id).remove()
    if (await isRemoved({ name, labels: image.labels, remove }, left, `image ${name}`))
      removed.push(`image ${name}`)
  }
  return removed
}

function statusOf(error: unknown): unknown {
  return error instanceof Error && 'statusCode' in error ? error.statusCode : undefined
}
