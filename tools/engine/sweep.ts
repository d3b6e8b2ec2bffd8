import type Docker from 'dockerode'
import type { Engine } from './engine.ts'
import { engineFailure, withEngineErrors } from './engineErrors.ts'
import { baseRepository, nodeRepository } from './image.ts'
import { type Labels, label, ownerState } from './labels.ts'
import { thingsInSwarm } from './swarmThings.ts'

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
  // Before its containers: a service makes others in their place, and holds its networks and secrets.
  { name: 'service', find: (client) => thingsInSwarm(client, 'services') },
  { name: 'secret', find: (client) => thingsInSwarm(client, 'secrets') },
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

interface OldImage {
  readonly id: string
  readonly names: readonly string[]
  readonly labels: Labels
}

/** Keeps the newest image and what lies below it, and those of a run that goes on; the engine keeps what a container uses. */
async function removeOldImages(
  { client, address }: Engine,
  left: string[],
): Promise<readonly string[]> {
  const images = await imagesWith(client, label.content)
  const shared = images.filter(({ labels }) => labels[label.owner] === undefined)
  const newest = shared.find((image) => isNamed(image, nodeRepository))
  const below = shared.find(
    (image) =>
      isNamed(image, baseRepository) && image.labels[label.content] === newest?.labels[label.base],
  )
  const isLocal = address.startsWith('unix://')
  const removed: string[] = []
  for (const image of images) {
    if (image === newest || image === below) continue
    const isOfRun = image.labels[label.owner] !== undefined
    if (isOfRun && ownerState(image.labels, isLocal) !== 'dead') continue
    const name = image.names[0] ?? image.id.slice(7, 19)
    const remove = () => removeImage(client, image)
    if (await isRemoved({ name, labels: image.labels, remove }, left, `image ${name}`))
      removed.push(`image ${name}`)
  }
  return removed
}

/** Removes the images that were made for one run alone. @throws BenchError */
export async function removeImagesOf({ client }: Engine, runId: string): Promise<void> {
  await withEngineErrors(`removing the images of ${runId}`, async () => {
    for (const image of await imagesWith(client, `${label.run}=${runId}`))
      await removeImage(client, image)
  })
}

/** The newest first, so that nothing is removed before what stands upon it. */
async function imagesWith(client: Docker, wanted: string): Promise<readonly OldImage[]> {
  const found = await withEngineErrors('looking for images', () =>
    client.listImages({ filters: { label: [wanted] } }),
  )
  return found
    .sort((a, b) => b.Created - a.Created)
    .map(({ Id: id, RepoTags: tags, Labels: labels }) => ({
      id,
      names: (tags ?? []).filter((tag) => tag !== '<none>:<none>'),
      labels: labels ?? {},
    }))
}

function isNamed({ names }: OldImage, repository: string): boolean {
  return names.some((name) => name.startsWith(`${repository}:`))
}

/** By name where there is one: the same content may go by another name that is not ours. */
async function removeImage(client: Docker, { id, names }: OldImage): Promise<void> {
  await client.getImage(names[0] ?? id).remove()
}

function statusOf(error: unknown): unknown {
  return error instanceof Error && 'statusCode' in error ? error.statusCode : undefined
}
