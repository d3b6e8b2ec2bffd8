import { writeFile } from 'node:fs/promises'
import type {
  NodeConfiguration,
  NodeEnvironment,
  NodeEvent,
  RunningNode,
} from '../../nodes/contract.ts'
import { BenchError } from '../../protocol/errors.ts'
import type { Plan, PlannedLink, PlannedNode } from '../../topologies/plan.ts'
import { makeRecorder } from '../capture/pcapngWriter.ts'
import { mintCredentials } from '../credentials/mint.ts'
import { toNodeConfiguration } from '../credentials/nodeConfiguration.ts'
import type { Fabric } from '../fabric/fabric.ts'
import { localTesterNetwork } from '../fabric/localTesterNetwork.ts'
import { openFabric } from '../fabric/openFabric.ts'
import { reserveAddressBlock } from './addressBlock.ts'
import { bounded, interruption } from './bounded.ts'
import { type EventLog, openEventLog } from './eventLog.ts'
import { type Journal, openJournal } from './journal.ts'
import type { BringUpOptions, Runtime, Testbed } from './runtime.ts'
import { startFailure } from './startFailure.ts'
import { makeTestbedFolder, type TestbedFolder } from './testbedFolder.ts'

export type StartNode = (
  configuration: NodeConfiguration,
  environment: NodeEnvironment,
) => Promise<RunningNode>

export interface LocalOptions {
  /** Default: our own nodes, in this process. */
  readonly startNode?: StartNode
  readonly journal?: Journal
}

const defaultReadyTimeoutMs = 5000
/** A node that does not stop is waited for this long … */
const stopTimeoutMs = 1500
/** … and one that was still coming up when its network was given up, this long. */
const lateStartTimeoutMs = 500

/** All nodes in this process, each on its own loopback address; every link through a wire. */
export function localRuntime(options: LocalOptions = {}): Runtime {
  const { startNode = startOwnNode, journal = openJournal() } = options
  return {
    name: 'local',
    reserve: reserveAddressBlock,
    bringUp: (plan, bringUpOptions) => bringUp(plan, bringUpOptions, { startNode, journal }),
  }
}

const startOwnNode: StartNode = async (configuration, environment) => {
  // Loaded when the first network comes up: what only plans or reports does without.
  const { startNode } = await import('../../nodes/startNode.ts')
  return startNode(configuration, environment)
}

/** What the steps of bringing a network up share. */
interface Site {
  readonly plan: Plan
  readonly folder: TestbedFolder
  readonly fabric: Fabric
  readonly log: EventLog
  readonly startNode: StartNode
  readonly timeoutMs: number
  readonly signal: AbortSignal
  readonly progress: (line: string) => void
  /** Every start that was begun, in order. */
  readonly starts: Map<string, Promise<RunningNode>>
}

async function bringUp(
  plan: Plan,
  options: BringUpOptions,
  { startNode, journal }: Required<LocalOptions>,
): Promise<Testbed> {
  const { signal, onProgress: progress = () => {} } = options
  refuseInterrupted(signal)
  await using undo = new AsyncDisposableStack()
  const folder = await makeTestbedFolder(plan, { path: options.folder, journal })
  undo.defer(folder.forget)
  const log = openEventLog(folder.path)
  undo.defer(() => log.close())
  const fabric = openFabric({ recorder: await makeRecorder(folder.recording), now: Date.now })
  undo.use(fabric)
  const starts: Site['starts'] = new Map()
  undo.defer(() => stopNodes(starts, progress))
  // Whatever is still waited for when the network goes, is waited for in vain.
  const ending = new AbortController()
  undo.defer(() => ending.abort())
  const timeoutMs = options.readyTimeoutMs ?? defaultReadyTimeoutMs
  const site: Site = {
    plan,
    folder,
    fabric,
    log,
    startNode,
    timeoutMs,
    signal: signal === undefined ? ending.signal : AbortSignal.any([signal, ending.signal]),
    progress,
    starts,
  }

  await openWires(site)
  await mintCredentials(plan, folder.keys)
  for (const level of plan.levels) {
    await startLevel(site, level)
  }
  return testbed(site, await runningNodes(starts), undo.move())
}

/** Recording begins before anything can be said. */
async function openWires({ plan, fabric, signal, progress }: Site): Promise<void> {
  for (const { address, name } of plan.nodes) {
    fabric.recorder.nameAddress(address, name)
  }
  for (const link of plan.links) {
    refuseInterrupted(signal)
    await fabric.addWire({
      name: link.wire,
      transport: link.transport,
      ways: [link.toRegistrar, ...link.toRegistree],
      seed: plan.seed,
      ...(link.impairment === undefined ? {} : { impairment: link.impairment }),
    })
  }
  progress(`${plan.links.length} wires are open`)
}

async function startLevel(site: Site, level: readonly string[]): Promise<void> {
  const nodes = site.plan.nodes.filter(({ name }) => level.includes(name))
  await Promise.all(nodes.map((node) => start(site, node)))
}

/** Starts one node and waits until all that register by themselves have. */
async function start(site: Site, node: PlannedNode): Promise<void> {
  const { plan, folder, log, timeoutMs, signal, progress } = site
  try {
    refuseInterrupted(signal)
    const configuration = toNodeConfiguration(plan, node, folder.keys)
    await writeFile(folder.configurationOf(node.name), JSON.stringify(configuration, null, 2), {
      mode: 0o600,
    })
    refuseInterrupted(signal)
    const starting = site.startNode(configuration, environmentOf(site, node.name))
    site.starts.set(node.name, starting)
    await bounded(starting, { what: `${node.name} to become ready`, timeoutMs, signal })
    progress(`${node.name} is ready`)
    if (node.autoRegister) {
      const own = plan.links.filter(({ registree }) => registree.node === node.name)
      await Promise.all(own.flatMap((link) => registrations(site, link)))
    }
  } catch (cause) {
    throw startFailure(node.name, log.lastLines(node.name), cause)
  }
}

function environmentOf({ fabric, log }: Site, name: string): NodeEnvironment {
  return {
    emit: (event) => log.add(event.node === name ? event : { ...event, node: name }),
    keyLog: (line) => fabric.recorder.addSecret(line),
    now: Date.now,
  }
}

function registrations(site: Site, link: PlannedLink): Promise<void>[] {
  const { log, timeoutMs, signal, progress } = site
  return link.registree.entities.map(async (planned) => {
    const entity = link.referencePoint === 'Mcc' ? 'cse' : planned
    const event = await log.waitFor({
      what: `${planned} to register with ${link.registrar.entity}`,
      matches: (said) =>
        isRegistration(said) && said.node === link.registree.node && said.entity === entity,
      timeoutMs,
      signal,
    })
    if (event.event === 'registration-failed') {
      const { rsc, because = 'no reason given' } = event
      throw new BenchError(
        'NODE_START_FAILED',
        `${planned} was not registered with ${link.registrar.entity}: ${because}${rsc === undefined ? '' : ` (${rsc})`}`,
      )
    }
    progress(`${planned} is registered with ${link.registrar.entity}`)
  })
}

type Registration = Extract<NodeEvent, { event: 'registered' | 'registration-failed' }>

function isRegistration(event: NodeEvent): event is Registration {
  return event.event === 'registered' || event.event === 'registration-failed'
}

function testbed(
  { plan, folder, fabric, log, signal }: Site,
  nodes: ReadonlyMap<string, RunningNode>,
  running: AsyncDisposableStack,
): Testbed {
  let stopping: Promise<void> | undefined
  const stop = () => {
    stopping ??= running.disposeAsync()
    return stopping
  }
  return {
    plan,
    folder: folder.path,
    recordingPath: folder.recording,
    fabric,
    testerNetwork: localTesterNetwork(),
    events: log.events,
    async control(node, command) {
      const addressed = nodes.get(node)
      return addressed === undefined
        ? { ok: false, code: 127, because: `there is no node ${node}` }
        : addressed.control(command)
    },
    waitFor: (what, matches, timeoutMs) => log.waitFor({ what, matches, timeoutMs, signal }),
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

async function runningNodes(
  starts: ReadonlyMap<string, Promise<RunningNode>>,
): Promise<ReadonlyMap<string, RunningNode>> {
  const nodes = await Promise.all(starts.values())
  return new Map(
    [...starts.keys()].flatMap((name, index) => {
      const node = nodes[index]
      return node === undefined ? [] : [[name, node] as const]
    }),
  )
}

/** Stops every node that is up or still comes up; a node that will not stop does not hold up the others. */
async function stopNodes(
  starts: ReadonlyMap<string, Promise<RunningNode>>,
  progress: (line: string) => void,
): Promise<void> {
  const stopping = [...starts].map(async ([name, starting]) => {
    // It may come up even after it was given up; a start that failed was reported when it did.
    const late = starting.then((node) => ({ stopped: node.stop() })).catch(() => undefined)
    const bounds = { what: `${name} to stop`, timeoutMs: stopTimeoutMs }
    try {
      const up = await bounded(late, { ...bounds, timeoutMs: lateStartTimeoutMs })
      await bounded(up?.stopped ?? Promise.resolve(), bounds)
    } catch (error) {
      progress(`${name} did not stop in order: ${String(error)}`)
    }
  })
  await Promise.all(stopping)
}

function refuseInterrupted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) {
    throw interruption('the network to come up')
  }
}
