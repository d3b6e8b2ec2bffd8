import { BenchError } from '../../../protocol/errors.ts'
import type { Plan } from '../../../topologies/plan.ts'
import type { Engine } from '../../engine/engine.ts'
import { type Labels, ownLabels } from '../../engine/labels.ts'
import { relayPort } from '../../fabric/task/contract.ts'
import { inParallel } from '../docker/inParallel.ts'
import type { SpreadImage } from './imageSpread.ts'
import type { Machine } from './machines.ts'
import { createOverlay, type Overlay } from './overlay.ts'
import type { Placement } from './placement.ts'
import { readdress } from './readdress.ts'
import { type SiteAddresses, siteAddresses } from './siteAddresses.ts'
import { openRelay } from './siteRelay.ts'
import {
  type ExpectedTask,
  makeTask,
  type TaskSite,
  waitForAddresses,
  waitForLinks,
} from './siteTasks.ts'
import type { TaskLink } from './taskLink.ts'
import { removeTask, type Task, waitUntilGone } from './tasks.ts'

export interface SiteOptions {
  readonly engine: Engine
  /** Begins the names of everything of the site; unique, letters and digits. */
  readonly runId: string
  readonly plan: Plan
  readonly placement: Placement
  readonly image: SpreadImage
  /** First two numbers of addresses that nobody else uses, e.g. `10.101`; asked for when they are needed. */
  readonly block: () => Promise<string>
  readonly signal: AbortSignal
  readonly progress: (line: string) => void
}

/** Tasks for a plan on the machines of a swarm, connected to the bench; no program of theirs is started. */
export interface Site extends AsyncDisposable {
  /** Begins the names of everything of it. */
  readonly runId: string
  /** A plan of the same shape, with the addresses and machines that there really are. */
  place(plan: Plan): Plan
  readonly fabrics: readonly { readonly machine: Machine; readonly link: TaskLink }[]
  /** By name of the node. */
  readonly nodes: ReadonlyMap<string, TaskLink>
  /** One of its tasks is gone: it cannot be used again. */
  readonly isLost: boolean
}

const gatewayPort = 4748
const memoryMiB = { node: 512, fabric: 2048 } as const
/** The recording is in the memory of the fabric's container until it is fetched. */
const filesMiB = { node: 16, fabric: 1024 } as const
/** Requests to the manager at a time: more only wait inside it. */
const atATime = 8

interface Ground {
  readonly options: SiteOptions
  readonly labels: Labels
  readonly addresses: SiteAddresses
  /** One per node, in their order. */
  readonly overlays: readonly Overlay[]
  readonly control: Overlay
  /** Place of each node in the plan. */
  readonly indexes: ReadonlyMap<string, number>
}

/** Prepares a swarm for a plan. Leaves nothing when it fails. @throws BenchError */
export async function openSite(options: SiteOptions): Promise<Site> {
  const { engine, plan, runId, placement, image, signal, progress } = options
  await using undo = new AsyncDisposableStack()
  const removal = async (what: readonly Promise<void>[]) => {
    for (const outcome of await Promise.allSettled(what))
      if (outcome.status === 'rejected') progress(`left behind: ${outcome.reason}`)
  }
  const removeTasks = async () => {
    await removal(made.map((task) => removeTask(engine, task)))
    // Networks are let go of by tasks, on every machine, as they end.
    await removal([waitUntilGone(engine, runId)])
  }
  const overlays: Overlay[] = []
  const made: Task[] = []
  undo.defer(() => removal(overlays.map((overlay) => overlay.remove())))
  const ground = await makeOverlays(options, overlays)
  progress(`${overlays.length} networks across the swarm`)

  const { relay: address } = ground.addresses.control
  const relayOrder = { name: `${runId}-relay`, labels: ground.labels, image: image.name }
  const network = ground.control.name
  const relay = undo.use(await openRelay(engine, { ...relayOrder, network, address, signal }))
  undo.defer(removeTasks)
  undo.defer(() => relay.control.close())
  const site: TaskSite = { engine, runId, control: relay.control, signal, made }
  const fabrics = await makeFabrics(ground, site)
  const fabricAddress = await fabricAddresses(ground, site, fabrics)
  const nodes = await inParallel(plan.nodes, { atATime }, ({ name }, index) =>
    makeNode(ground, site, {
      name,
      index,
      gateway: fabricAddress(gatewayId(placement, name), name),
    }),
  )
  const nodeAddress = await waitForAddresses(site, nodes)
  const links = await waitForLinks(site, [...fabrics, ...nodes])
  progress(`${links.length} tasks on ${placement.fabrics.length} machines are connected`)
  const given = {
    subnetOf: (node: string) => ground.addresses.subnetOf(indexOf(ground, node)),
    gatewayOf: (node: string) => ground.addresses.gatewayOf(indexOf(ground, node)),
    nodeAddress: (node: string) =>
      nodeAddress(nodes[indexOf(ground, node)]?.task.serviceId ?? '', overlayOf(ground, node).id),
    fabricAddress,
  }
  const all = undo.move()
  return {
    runId,
    place: (other) => readdress(other, placement, given),
    fabrics: zip(placement.fabrics, links).map(([machine, link]) => ({ machine, link })),
    nodes: new Map(
      zip(
        plan.nodes.map(({ name }) => name),
        links.slice(fabrics.length),
      ),
    ),
    get isLost() {
      return links.some(({ isOver }) => isOver)
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

async function makeOverlays(options: SiteOptions, made: Overlay[]): Promise<Ground> {
  const { engine, plan, runId } = options
  const addresses = siteAddresses(plan, await options.block())
  const labels = ownLabels(runId)
  const make = async (part: string, subnet: string, isAttachable: boolean) => {
    const order = { name: `${runId}-${part}`, labels, subnet, isAttachable }
    const overlay = await createOverlay(engine, order)
    made.push(overlay)
    return overlay
  }
  const control = await make('control', addresses.control.subnet, true)
  const overlays = await inParallel(plan.nodes, { atATime }, (_node, index) =>
    make(`net${index}`, addresses.subnetOf(index), false),
  )
  const indexes = new Map(plan.nodes.map(({ name }, index) => [name, index]))
  return { options, labels, addresses, overlays, control, indexes }
}

/** One per machine that has wires, on the networks of all nodes at their ends. */
async function makeFabrics(ground: Ground, site: TaskSite): Promise<readonly ExpectedTask[]> {
  const { options, labels, addresses, control } = ground
  const { placement, runId, image, plan } = options
  return await inParallel(placement.fabrics, { atATime }, (machine, index) => {
    const name = `${runId}-fabric${index}`
    const own = plan.nodes.filter((node) => placement.neighbours.get(node.name)?.includes(machine))
    return makeTask(site, machine, {
      name,
      imageId: image.id,
      labels,
      networks: [control.id, ...own.map((node) => overlayOf(ground, node.name).id)],
      argument: { name, relay: { address: addresses.control.relay, port: relayPort }, gatewayPort },
      memoryMiB: memoryMiB.fabric,
      filesMiB: filesMiB.fabric,
    })
  })
}

/** Address of a machine's fabric in the network of a node. */
async function fabricAddresses(
  ground: Ground,
  site: TaskSite,
  fabrics: readonly ExpectedTask[],
): Promise<(machineId: string, node: string) => string> {
  const addressOf = await waitForAddresses(site, fabrics)
  const services = new Map(fabrics.map(({ machine, task }) => [machine.id, task.serviceId]))
  return (machineId, node) => addressOf(services.get(machineId) ?? '', overlayOf(ground, node).id)
}

function makeNode(
  ground: Ground,
  site: TaskSite,
  node: { readonly name: string; readonly index: number; readonly gateway: string },
): Promise<ExpectedTask> {
  const { options, labels } = ground
  const { placement, runId, image } = options
  const machine = placement.nodes.get(node.name)
  if (machine === undefined) throw new BenchError('INTERNAL', `${node.name} has no machine`)
  const name = `${runId}-node${node.index}`
  return makeTask(site, machine, {
    name,
    imageId: image.id,
    labels,
    networks: [overlayOf(ground, node.name).id],
    argument: { name, relay: { address: node.gateway, port: gatewayPort } },
    memoryMiB: memoryMiB.node,
    filesMiB: filesMiB.node,
  })
}

function gatewayId({ gateways }: Placement, node: string): string {
  return gateways.get(node)?.id ?? ''
}

function indexOf({ indexes }: Ground, node: string): number {
  const index = indexes.get(node)
  if (index === undefined) throw new BenchError('INTERNAL', `no node ${node} in the plan`)
  return index
}

function overlayOf(ground: Ground, node: string): Overlay {
  const overlay = ground.overlays[indexOf(ground, node)]
  if (overlay === undefined) throw new BenchError('INTERNAL', `no network for ${node}`)
  return overlay
}

function zip<A, B>(a: readonly A[], b: readonly B[]): (readonly [A, B])[] {
  return a.flatMap((one, index) => {
    const other = b[index]
    return other === undefined ? [] : [[one, other] as const]
  })
}
