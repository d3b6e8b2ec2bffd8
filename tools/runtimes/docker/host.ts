import { readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { BenchError } from '../../../protocol/errors.ts'
import type { PlannedNode } from '../../../topologies/plan.ts'
import { accountsFile, type WitnessAccount } from '../../dissect/witness/account.ts'
import type { Engine } from '../../engine/engine.ts'
import type { Labels } from '../../engine/labels.ts'
import { interruption } from '../bounded.ts'
import type {
  HostedAgent,
  HostedProgram,
  HostOptions,
  NodeHost,
  NodeStart,
  OpenHost,
} from '../nodeHost.ts'
import type { ByHand } from '../runtime.ts'
import type { Given } from './archive.ts'
import { type Container, type ContainerOrder, createContainer } from './container.ts'
import { inParallel } from './inParallel.ts'
import { networkOf } from './networkOf.ts'
import type { EngineNetwork } from './networks.ts'
import {
  startWitness,
  tcpdumpCapabilities,
  tcpdumpProgram,
  tcpdumpWords,
  type Witness,
} from './witness.ts'

export interface DockerHostOptions {
  readonly engine: Engine
  /** Image of our nodes, the fabric and the recorders. */
  readonly image: string
  readonly labels: Labels
  /** Beginning of the names of its containers. */
  readonly prefix: string
  readonly networksFor: (
    nodes: readonly PlannedNode[],
  ) => Promise<ReadonlyMap<string, EngineNetwork>>
  /** Called once, when all has been ended and only needs to be removed. */
  readonly removed: (removal: Promise<void>) => Promise<void>
}

/** Where a container finds what it is given. */
const givenFolder = '/run/given'
const configurationName = 'configuration.json'
const keyFolderName = 'keys'
const recordingFolderName = 'recording'

const memoryMiB = { node: 512, agent: 1024, witness: 64 } as const
/** Requests to the engine at a time: more only wait inside it. */
const atATime = 8
/** No second way out: no router advertisements, no addresses of a kind that no plan knows. */
const quiet = { 'net.ipv6.conf.all.disable_ipv6': '1' }

/**
 * Every node in a container of its own, in a network of its own; the fabric's agent in one that is on all these networks,
 * and the only thing they share.
 */
export function dockerHost(dockerOptions: DockerHostOptions): OpenHost {
  return async (options) => {
    const host = new DockerHost({ ...dockerOptions, ...options })
    try {
      await host.open()
      return host
    } catch (error) {
      await host[Symbol.asyncDispose]()
      throw error
    }
  }
}

type Site = HostOptions & DockerHostOptions

class DockerHost implements NodeHost {
  readonly #site: Site
  readonly #containers: Container[] = []
  readonly #programs: HostedProgram[] = []
  readonly #witnesses = new Map<string, Promise<Witness>>()
  #networks: ReadonlyMap<string, EngineNetwork> = new Map()
  /** Containers under way, so that none is left behind when it is given up. */
  readonly #making = new Set<Promise<unknown>>()
  #closing = false

  constructor(site: Site) {
    this.#site = site
  }

  async open(): Promise<void> {
    const { plan, networksFor } = this.#site
    this.#networks = await networksFor(plan.nodes)
    // Goes on while the fabric comes up; each node waits for its own.
    const gates = new Map(plan.nodes.map(({ name }) => [name, Promise.withResolvers<Witness>()]))
    for (const [name, { promise }] of gates) {
      promise.catch(() => {})
      this.#witnesses.set(name, promise)
    }
    const all = inParallel(plan.nodes, { atATime }, async (node) => {
      const gate = gates.get(node.name)
      await this.#witness(node).then(gate?.resolve, gate?.reject)
    })
    void this.#follow(all)
  }

  get byHand(): ByHand {
    const { prefix } = this.#site
    return {
      prefix: `nsenter -n -t $(docker inspect -f '{{.State.Pid}}' ${prefix}-fabric) `,
      lines: [
        `containers: ${prefix}-fabric is on all networks; ${prefix}-node-<name> and ${prefix}-recorder-<name> are on one each`,
        '  commands below run on the machine of the engine, as root, with the programs of that machine: nsenter takes them into the fabric',
        `  into the fabric:  docker exec -it ${prefix}-fabric /usr/local/bin/node`,
        `  what passes now:  docker exec -u 0 ${prefix}-recorder-<name> /usr/bin/tcpdump -n -i eth0 -Z root`,
      ],
    }
  }

  async startAgent(): Promise<HostedAgent> {
    const { plan } = this.#site
    const [first, ...others] = plan.nodes
    if (first === undefined) throw new BenchError('INTERNAL', 'a network without nodes')
    const container = await this.#container({
      part: 'fabric',
      words: ['tools/fabric/agent/main.ts'],
      network: this.#own(first, networkOf(first).fabricAddress),
      memoryMiB: memoryMiB.agent,
      volume: givenFolder,
      // It is on every network and must not become a router between them.
      sysctls: { ...quiet, 'net.ipv4.ip_forward': '0' },
    })
    await container.give([{ kind: 'folder', path: recordingFolderName, mayWrite: true }])
    await inParallel(others, { atATime }, async (node) => {
      await this.#networks.get(node.name)?.connect(container.id, networkOf(node).fabricAddress)
    })
    const program = await this.#start(container)
    return { ...program, recordingPath: `${givenFolder}/${recordingFolderName}/recording.pcapng` }
  }

  async startNode(start: NodeStart): Promise<HostedProgram> {
    const { name } = start.node
    const witness = await this.#witnesses.get(name)
    if (witness === undefined) throw new BenchError('INTERNAL', `no node ${name} in the plan`)
    const { image, command: [program, ...words] = [] } = start.node.program ?? {}
    const container = await this.#container({
      part: `node-${name}`,
      ...(image === undefined ? {} : { image }),
      ...(program === undefined ? {} : { program }),
      words: [
        ...(image === undefined && program === undefined ? ['nodes/main.ts'] : words),
        `${givenFolder}/${configurationName}`,
      ],
      network: { kind: 'of', container: witness.container },
      memoryMiB: memoryMiB.node,
      volume: givenFolder,
    })
    await container.give(await filesFor(start))
    return this.#start(container)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing = true
    const { folder, removed } = this.#site
    await this.#killAll()
    await Promise.allSettled(this.#making)
    // What still came up while the rest was ended.
    await this.#killAll()
    const accounts = await this.#finishWitnesses()
    if (accounts.length > 0)
      await writeFile(join(folder, accountsFile), `${JSON.stringify(accounts, null, 2)}\n`, {
        mode: 0o600,
      })
    await removed(this.#removeAll())
  }

  async #killAll(): Promise<void> {
    await Promise.allSettled(this.#programs.map((program) => program.kill()))
  }

  async #removeAll(): Promise<void> {
    const { progress } = this.#site
    const all = await Promise.allSettled(this.#containers.map((container) => container.remove()))
    for (const outcome of all)
      if (outcome.status === 'rejected') progress(`left behind: ${outcome.reason}`)
  }

  async #witness(node: PlannedNode): Promise<Witness> {
    this.#refuseInterrupted()
    const { folder, signal } = this.#site
    const container = await this.#container({
      part: `recorder-${node.name}`,
      program: tcpdumpProgram,
      words: tcpdumpWords(this.#site.plan.nodes.length),
      network: this.#own(node, node.address),
      asRootWith: tcpdumpCapabilities,
      memoryMiB: memoryMiB.witness,
      sysctls: quiet,
    })
    return startWitness({ node: node.name, container, folder, signal })
  }

  async #finishWitnesses(): Promise<readonly WitnessAccount[]> {
    const settled = await Promise.allSettled(this.#witnesses.values())
    const up = settled.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
    return inParallel(up, { atATime }, (witness) => witness.finish())
  }

  async #container(
    order: Omit<ContainerOrder, 'name' | 'image' | 'labels'> & {
      readonly part: string
      readonly image?: string
    },
  ): Promise<Container> {
    this.#refuseInterrupted()
    const { engine, image, labels, prefix } = this.#site
    const { part, ...rest } = order
    const whole = { image, ...rest, name: `${prefix}-${part}`, labels }
    const container = await this.#follow(createContainer(engine, whole))
    this.#containers.push(container)
    return container
  }

  #own(node: PlannedNode, address: string): ContainerOrder['network'] {
    return { kind: 'own', name: this.#networks.get(node.name)?.name ?? '', address }
  }

  async #start(container: Container): Promise<HostedProgram> {
    this.#refuseInterrupted()
    const program = await this.#follow(container.start())
    this.#programs.push(program)
    return program
  }

  /** Remembers that something is under way. */
  #follow<T>(work: Promise<T>): Promise<T> {
    this.#making.add(work)
    const forget = () => this.#making.delete(work)
    work.then(forget, forget)
    return work
  }

  #refuseInterrupted(): void {
    if (this.#closing || this.#site.signal.aborted) throw interruption('the containers')
  }
}

async function filesFor(start: NodeStart): Promise<readonly Given[]> {
  const keys = start.keyFiles.map(async (path): Promise<Given> => {
    return { kind: 'file', path: `${keyFolderName}/${basename(path)}`, bytes: await readFile(path) }
  })
  const configuration = start.configure(`${givenFolder}/${keyFolderName}`)
  return [
    { kind: 'folder', path: keyFolderName },
    ...(await Promise.all(keys)),
    {
      kind: 'file',
      path: configurationName,
      bytes: Buffer.from(JSON.stringify(configuration, null, 2)),
    },
  ]
}
