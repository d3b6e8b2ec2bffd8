import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { BenchError } from '../../../protocol/errors.ts'
import type { Plan, PlannedNode } from '../../../topologies/plan.ts'
import { connectEngine } from '../../engine/connect.ts'
import type { Engine } from '../../engine/engine.ts'
import { codeFolder } from '../../engine/image/codeFiles.ts'
import { nodeProgram } from '../../engine/image/systemFiles.ts'
import { sweepEngine } from '../../engine/sweep.ts'
import { type FabricPart, joinFabrics } from '../../fabric/joinedFabric.ts'
import { openRemoteFabric } from '../../fabric/remoteFabric.ts'
import { programFolder } from '../../fabric/task/contract.ts'
import { type Site as BringUpSite, bringUpNetwork, type Ground } from '../bringUp.ts'
import { reserveFreeBlock } from '../docker/freeBlock.ts'
import { nodeStart, watchAgent } from '../hosted.ts'
import { awaitHostedNode } from '../hostedNode.ts'
import { type Journal, openJournal } from '../journal.ts'
import type { NodeStart } from '../nodeHost.ts'
import type { ByHand, Reservation, Runtime } from '../runtime.ts'
import { clockOffset } from './clockSample.ts'
import { type SpreadImage, spreadImage } from './imageSpread.ts'
import { listMachines, type Machine, type Machines } from './machines.ts'
import { type Placement, placePlan } from './placement.ts'
import type { Site } from './site.ts'
import { openSitePool, type SitePool } from './sitePool.ts'
import type { TaskLink } from './taskLink.ts'

export interface SwarmOptions {
  /** A manager of the swarm; default: the engine that the environment names, or the usual one. */
  readonly engine?: Engine
  /** Which of its machines are used; default: all that are ready. */
  readonly takes?: (machine: Machine) => boolean
  readonly journal?: Journal
}

export interface SwarmRuntime extends Runtime, AsyncDisposable {
  close(): Promise<void>
}

/** Programs are started side by side on every machine, and each loads our code for itself. */
const defaultReadyTimeoutMs = 30_000
/** The first network also has the image made and copied, and machines make networks one after the other. */
const extraTimeMs = 90_000

/** Nodes as tasks of a Docker Swarm, on as many machines as it has; needs a manager of it. */
export function swarmRuntime(options: SwarmOptions = {}): SwarmRuntime {
  const { journal = openJournal() } = options
  const swarm = new Swarm(options)
  const close = () => swarm[Symbol.asyncDispose]()
  return {
    name: 'swarm',
    extraTimeMs,
    reserve: async () => placeholder,
    bringUp: (plan, bringUp) =>
      bringUpNetwork(plan, bringUp, {
        journal,
        defaultReadyTimeoutMs,
        openGround: (site, undo) => openGround(swarm, site, undo),
      }),
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** The addresses of a plan are replaced by those that the swarm gives out. */
const placeholder: Reservation = {
  addressing: { scheme: 'networks', block: '10.201' },
  release: async () => {},
  [Symbol.asyncDispose]: async () => {},
}

/** What all networks of a runtime share. */
class Swarm implements AsyncDisposable {
  readonly #given: Engine | undefined
  readonly #takes: (machine: Machine) => boolean
  readonly #images = new Map<string, Promise<SpreadImage>>()
  readonly #pool: SitePool = openSitePool()
  /** Held to the end: machines let go of the addresses of a network some time after it is removed. */
  readonly #blocks: Reservation[] = []
  #engine: Promise<Engine> | undefined

  constructor({ engine, takes = () => true }: SwarmOptions) {
    this.#given = engine
    this.#takes = takes
  }

  async site(plan: Plan, { signal, progress }: BringUpSite): Promise<TakenSite> {
    this.#engine ??= this.#connect()
    const engine = await this.#engine
    const all = await listMachines(engine)
    const machines = { ...all, ready: all.ready.filter(this.#takes) }
    for (const name of machines.absent) progress(`machine ${name} is not ready and takes nothing`)
    const image = await this.#image(engine, machines, progress)
    const placement = placePlan(plan, machines.ready)
    const runId = `bench-${randomBytes(4).toString('hex')}`
    const block = async () => {
      const reserved = await reserveFreeBlock(engine)
      this.#blocks.push(reserved)
      return reserved.addressing.block
    }
    const common = { engine, runId, plan, placement, image, signal, progress, block }
    return { site: await this.#pool.take(common), placement }
  }

  giveBack(site: Site): void {
    this.#pool.giveBack(site)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool[Symbol.asyncDispose]()
    for (const block of this.#blocks.splice(0)) await block.release()
  }

  async #connect(): Promise<Engine> {
    const engine = this.#given ?? (await connectEngine())
    await sweepEngine(engine)
    return engine
  }

  /** Copied once to each set of machines. */
  #image(
    engine: Engine,
    { ready }: Machines,
    progress: (line: string) => void,
  ): Promise<SpreadImage> {
    const key = ready.map(({ id }) => id).join()
    const known = this.#images.get(key) ?? spreadImage(engine, ready, progress)
    this.#images.set(key, known)
    known.catch(() => this.#images.delete(key))
    return known
  }
}

interface TakenSite {
  readonly site: Site
  readonly placement: Placement
}

async function openGround(
  swarm: Swarm,
  bringUp: BringUpSite,
  undo: AsyncDisposableStack,
): Promise<Ground> {
  const { folder, signal, log } = bringUp
  const { site, placement } = await swarm.site(bringUp.plan, bringUp)
  undo.defer(() => swarm.giveBack(site))
  undo.defer(() => endPrograms(site))
  const partsFolder = join(folder.path, 'fabrics')
  await mkdir(partsFolder, { recursive: true, mode: 0o700 })
  undo.defer(() => rm(partsFolder, { recursive: true, force: true }))
  const parts = new Map<string, FabricPart>()
  await Promise.all(
    site.fabrics.map(async ({ machine, link }) => {
      parts.set(machine.id, await openPart(machine, link, { partsFolder, bringUp }))
    }),
  )
  const plan = site.place(bringUp.plan)
  const addresses = fabricAddresses(plan, placement)
  const fabric = await joinFabrics({
    parts: [...parts.values()],
    partOfWire: (wire) => known(parts.get(placement.wires.get(wire)?.id ?? ''), wire),
    partOfAddress: (address) => parts.get(addresses.get(address) ?? ''),
    path: folder.recording,
    now: Date.now,
  })
  undo.use(fabric)
  return {
    plan,
    fabric,
    testerNetwork: fabric.testerNetwork,
    byHand: byHand(site),
    async startNode(node: PlannedNode) {
      const link = known(site.nodes.get(node.name), node.name)
      const program = await startProgram(link, nodeStart({ ...bringUp, plan }, node))
      const onSecret = (line: string) => fabric.recorder.addSecret(line)
      return awaitHostedNode({ name: node.name, program, log, signal, onSecret })
    },
  }
}

async function openPart(
  machine: Machine,
  link: TaskLink,
  { partsFolder, bringUp }: { readonly partsFolder: string; readonly bringUp: BringUpSite },
): Promise<FabricPart> {
  const words = [`${codeFolder}/tools/fabric/agent/main.ts`]
  const program = await link.start({ program: nodeProgram, words, files: [] })
  const agentPath = `${programFolder}/recording.pcapng`
  const fabric = await openRemoteFabric({
    input: program.stdout,
    output: program.stdin,
    agentPath,
    path: join(partsFolder, `${machine.id}.pcapng`),
    readyTimeoutMs: bringUp.timeoutMs,
    whyLost: watchAgent({ ...program, recordingPath: agentPath }),
  })
  const clock = async () => clockOffset(await link.clock())
  return { machine: machine.name, fabric, clock }
}

async function startProgram(link: TaskLink, start: NodeStart) {
  const keys = start.keyFiles.map(async (path) => ({
    name: basename(path),
    base64: (await readFile(path)).toString('base64'),
  }))
  const configuration = JSON.stringify(start.configure(programFolder))
  const file = { name: configurationName, base64: Buffer.from(configuration).toString('base64') }
  return await link.start({
    program: nodeProgram,
    words: [`${codeFolder}/nodes/main.ts`, `${programFolder}/${configurationName}`],
    files: [...(await Promise.all(keys)), file],
  })
}

const configurationName = 'configuration.json'

function byHand({ runId, fabrics }: Site): ByHand {
  const fabric = `$(docker ps -q -f name=${runId}-fabric)`
  return {
    prefix: `nsenter -n -t $(docker inspect -f '{{.State.Pid}}' ${fabric}) `,
    lines: [
      `tasks: docker service ls -f name=${runId}; fabrics on ${fabrics.map(({ machine }) => machine.name).join(', ')}`,
      '  commands below run on the machine that carries the wire, which is that of the registree, as root, with its programs:',
      '  nsenter takes them into the fabric there',
    ],
  }
}

/** Machine of each address that a fabric has, by identifier. */
function fabricAddresses(plan: Plan, placement: Placement): ReadonlyMap<string, string> {
  const addresses = new Map<string, string>()
  for (const { name, network } of plan.nodes) {
    const machine = placement.gateways.get(name)
    if (network !== undefined && machine !== undefined)
      addresses.set(network.fabricAddress, machine.id)
  }
  for (const { wire, toRegistrar, toRegistree } of plan.links) {
    const machine = placement.wires.get(wire)
    if (machine === undefined) continue
    for (const { listen } of [toRegistrar, ...toRegistree])
      addresses.set(listen.address, machine.id)
  }
  return addresses
}

/** So that nothing of this network is left when another gets the site. */
async function endPrograms(site: Site): Promise<void> {
  const links = [...site.nodes.values(), ...site.fabrics.map(({ link }) => link)]
  await Promise.all(links.map((link) => link.reset()))
}

function known<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new BenchError('INTERNAL', `${what} has no place in the swarm`)
  return value
}
