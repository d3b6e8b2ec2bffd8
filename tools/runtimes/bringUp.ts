import type { NodeEvent, RunningNode } from '../../nodes/contract.ts'
import { BenchError } from '../../protocol/errors.ts'
import type { NodeProgram, Plan, PlannedLink, PlannedNode } from '../../topologies/plan.ts'
import { mintCredentials } from '../credentials/mint.ts'
import type { Fabric } from '../fabric/fabric.ts'
import type { TesterNetwork } from '../fabric/testerNetwork.ts'
import { bounded, interruption } from './bounded.ts'
import { type EventLog, openEventLog } from './eventLog.ts'
import type { Journal } from './journal.ts'
import type { BringUpOptions, ByHand, Testbed } from './runtime.ts'
import { startFailure } from './startFailure.ts'
import { makeTestbedFolder, type TestbedFolder } from './testbedFolder.ts'

/** What differs from one runtime to the next: the fabric, and how a node is started. */
export interface Ground {
  /** With the addresses that there really are, where nobody could choose them. */
  readonly plan?: Plan
  readonly fabric: Fabric
  readonly testerNetwork: TesterNetwork
  readonly byHand?: ByHand
  /** Resolves when the node is ready. */
  startNode(node: PlannedNode): Promise<RunningNode>
}

/** What a ground is made from. */
export interface Site {
  readonly plan: Plan
  readonly folder: TestbedFolder
  readonly log: EventLog
  readonly journal: Journal
  /** Bound for each node to become ready, and again to register. */
  readonly timeoutMs: number
  /** Aborted when the network is interrupted or given up. */
  readonly signal: AbortSignal
  readonly progress: (line: string) => void
}

export interface BringUp {
  readonly journal: Journal
  readonly defaultReadyTimeoutMs: number
  /** How programs of somebody else's can be given here. Default: not at all. */
  readonly programs?: readonly (keyof NodeProgram)[]
  /** Makes the ground, and has `undo` end whatever it starts: after the nodes have stopped, in reverse order. */
  readonly openGround: (site: Site, undo: AsyncDisposableStack) => Promise<Ground>
}

/** A node that does not stop is waited for this long … */
const stopTimeoutMs = 1500
/** … and one that was still coming up when its network was given up, this long. */
const lateStartTimeoutMs = 500

/** Brings a plan up on some ground, in the order that every runtime keeps. On any failure everything is torn down again. */
export async function bringUpNetwork(
  plan: Plan,
  options: BringUpOptions,
  { journal, defaultReadyTimeoutMs, programs = [], openGround }: BringUp,
): Promise<Testbed> {
  const { signal, onProgress: progress = () => {} } = options
  refuseInterrupted(signal)
  refusePrograms(plan, programs)
  await using undo = new AsyncDisposableStack()
  const folder = await makeTestbedFolder(plan, { path: options.folder, journal })
  undo.defer(folder.forget)
  const log = openEventLog(folder.path)
  undo.defer(() => log.close())
  // Whatever is still waited for when the network goes, is waited for in vain.
  const ending = new AbortController()
  const site: Site = {
    plan,
    folder,
    log,
    journal,
    timeoutMs: options.readyTimeoutMs ?? defaultReadyTimeoutMs,
    signal: signal === undefined ? ending.signal : AbortSignal.any([signal, ending.signal]),
    progress,
  }
  const ground = await openGround(site, undo)
  const running: Running = { ...site, plan: ground.plan ?? plan, ground, starts: new Map() }
  undo.defer(() => stopNodes(running))
  undo.defer(() => ending.abort())

  await openWires(running)
  await mintCredentials(running.plan, folder.keys)
  for (const level of running.plan.levels) {
    await startLevel(running, level)
  }
  return testbed(running, await runningNodes(running.starts), undo.move())
}

interface Running extends Site {
  readonly ground: Ground
  /** Every start that was begun, in order. */
  readonly starts: Map<string, Promise<RunningNode>>
}

/** Recording begins before anything can be said. */
async function openWires({ plan, ground, signal, progress }: Running): Promise<void> {
  for (const { address, name } of plan.nodes) {
    ground.fabric.recorder.nameAddress(address, name)
  }
  for (const link of plan.links) {
    refuseInterrupted(signal)
    await ground.fabric.addWire({
      name: link.wire,
      transport: link.transport,
      ways: [link.toRegistrar, ...link.toRegistree],
      seed: plan.seed,
      ...(link.impairment === undefined ? {} : { impairment: link.impairment }),
    })
  }
  progress(`${plan.links.length} wires are open`)
}

async function startLevel(site: Running, level: readonly string[]): Promise<void> {
  const nodes = site.plan.nodes.filter(({ name }) => level.includes(name))
  await Promise.all(nodes.map((node) => start(site, node)))
}

/** Starts one node and waits until all that register by themselves have. */
async function start(site: Running, node: PlannedNode): Promise<void> {
  const { plan, log, timeoutMs, signal, progress } = site
  try {
    refuseInterrupted(signal)
    const starting = site.ground.startNode(node)
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
  { plan, folder, ground, log, signal }: Running,
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
    fabric: ground.fabric,
    testerNetwork: ground.testerNetwork,
    ...(ground.byHand && { byHand: ground.byHand }),
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
async function stopNodes({ starts, progress }: Running): Promise<void> {
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

/** A node that is somebody else's must not silently become one of ours. */
function refusePrograms({ nodes }: Plan, programs: readonly (keyof NodeProgram)[]): void {
  for (const { name, program = {} } of nodes) {
    const given = (['image', 'command'] as const).filter((way) => program[way] !== undefined)
    const wrong = given.find((way) => !programs.includes(way))
    if (wrong === undefined) continue
    throw new BenchError(
      'USAGE',
      `${name} has a program of its own, which this runtime cannot run`,
      {
        remedy: `--runtime docker runs any; process runs a command without an image (\`${wrong}\` is given)`,
      },
    )
  }
}

export function refuseInterrupted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) {
    throw interruption('the network to come up')
  }
}
