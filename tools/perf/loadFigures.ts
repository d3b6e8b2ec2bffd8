import { EventEmitter, once } from 'node:events'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NodeConfiguration, NodeEvent, RunningNode } from '../../nodes/contract.ts'
import type { LoadPlan } from '../../nodes/load/loadContract.ts'
import { steadyNow } from '../../nodes/load/nodeResources.ts'
import { startNode } from '../../nodes/startNode.ts'
import type { OutgoingRequest } from '../../protocol/exchange.ts'
import { LatencyHistogram } from '../../protocol/latencyHistogram.ts'
import type { Plan } from '../../topologies/plan.ts'
import { makePlan } from '../../topologies/planner.ts'
import { makeRecorder } from '../capture/pcapngWriter.ts'
import type { Recorder } from '../capture/recorder.ts'
import { mintCredentials } from '../credentials/mint.ts'
import { toNodeConfiguration } from '../credentials/nodeConfiguration.ts'
import { openFabric } from '../fabric/openFabric.ts'
import { type Device, selectDevices } from '../load/devices.ts'
import { readLoadReport } from '../load/readNodeWords.ts'
import { arrivalSeed } from '../load/timing.ts'
import { reserveAddressBlock } from '../runtimes/addressBlock.ts'
import { readOutcome } from '../testSystem/control.ts'
import { readTopology } from '../topologyFile.ts'
import type { Figure } from './figure.ts'

const topology = join(import.meta.dirname, '..', '..', 'topologies', 'hundred.yaml')
const devices = 8
const ratePerS = 200
const seconds = 3
const mostRequests = 4000

/** How the devices reach their registrar. */
type Way = 'direct' | 'unrecorded' | 'recorded'

/**
 * What a wire and its recording cost: the same TLS-PSK load from eight devices to one CSE, all in this process, without a wire,
 * through wires that record nothing, and through wires as the bench uses them.
 */
export async function loadFigures(): Promise<Figure[]> {
  const rounds: Record<Way, Measured>[] = []
  for (let round = 0; round <= countedRounds; round += 1) {
    rounds.push({
      direct: await measure('direct'),
      unrecorded: await measure('unrecorded'),
      recorded: await measure('recorded'),
    })
  }
  // In the first round the code is still being compiled. Of the others the best counts: what else the machine does can only
  // make a round worse.
  const counted = rounds.slice(1)
  const values = (way: Way, value: keyof Measured) => counted.map((round) => round[way][value])
  const least = (way: Way, value: keyof Measured) => Math.min(...values(way, value))
  return [
    ...ways.map(([way, title]) =>
      figure(`most requests, ${title}`, Math.max(...values(way, 'perS')), 'requests/s'),
    ),
    ...ways.map(([way, title]) =>
      figure(`processor time of a request, ${title}`, least(way, 'cpuUs'), 'µs'),
    ),
    ...ways.flatMap(([way, title]) => [
      figure(`p50 at ${ratePerS} requests/s, ${title}`, least(way, 'p50'), 'ms'),
      figure(`p99 at ${ratePerS} requests/s, ${title}`, least(way, 'p99'), 'ms'),
    ]),
    figure('recording, on disk', least('recorded', 'bytesPerRequest'), 'bytes/request'),
  ]
}

const countedRounds = 3

const ways: readonly (readonly [Way, string])[] = [
  ['direct', 'without a wire'],
  ['unrecorded', 'through wires that record nothing'],
  ['recorded', 'through wires, recorded'],
]

interface Measured {
  readonly perS: number
  /** Of all that takes part: client, wire, CSE. */
  readonly cpuUs: number
  readonly p50: number
  readonly p99: number
  readonly bytesPerRequest: number
}

function figure(name: string, value: number, unit: string): Figure {
  return { name, value, unit }
}

async function measure(way: Way): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'onem2m-bench-perf-'))
  await using cleanUp = new AsyncDisposableStack()
  cleanUp.defer(() => rmSync(folder, { recursive: true, force: true }))
  const block = cleanUp.use(await reserveAddressBlock())
  const parameters = { middle: 1, devices }
  const { addressing } = block
  const plan = makePlan(readTopology(topology), { seed: 1, addressing, parameters })
  const recording = join(folder, 'recording.pcapng')
  const recorder = way === 'recorded' ? await makeRecorder(recording) : silentRecorder(recording)
  const fabric = cleanUp.use(openFabric({ recorder, now: Date.now }))
  for (const link of plan.links) {
    const ways = [link.toRegistrar, ...link.toRegistree]
    await fabric.addWire({ name: link.wire, transport: 'tcp', ways, seed: 1 })
  }
  const running = await startNodes(plan, { folder, recorder, way, cleanUp })
  const chosen = selectDevices(plan, undefined)
  for (const device of chosen) await send(running, device, container(device))
  await mostThroughput(running, chosen, mostRequests / 4)
  const before = way === 'recorded' ? statSync(recording).size : 0
  const cpuBefore = process.cpuUsage()
  const perS = await mostThroughput(running, chosen, mostRequests)
  const { user, system } = process.cpuUsage(cpuBefore)
  const bytes = way === 'recorded' ? statSync(recording).size - before : 0
  const latency = await latencyAtRate(running, chosen)
  const ms = (share: number) => latency.percentile(share) / 1000
  const cpuUs = (user + system) / mostRequests
  return { perS, cpuUs, p50: ms(0.5), p99: ms(0.99), bytesPerRequest: bytes / mostRequests }
}

/** What runs, and what was said of loads. */
interface Running {
  readonly nodes: ReadonlyMap<string, RunningNode>
  /** Resolves when the load of an AE is through. */
  through(entity: string): Promise<void>
}

/** All nodes in this process. Only the links of the devices differ from way to way. */
async function startNodes(
  plan: Plan,
  site: {
    readonly folder: string
    readonly recorder: Recorder
    readonly way: Way
    readonly cleanUp: AsyncDisposableStack
  },
): Promise<Running> {
  const keys = join(site.folder, 'keys')
  await mintCredentials(plan, keys)
  const nodes = new Map<string, RunningNode>()
  const said = new EventEmitter()
  const environment = {
    emit: (event: NodeEvent) => {
      if ('entity' in event) said.emit(`${event.event} ${event.entity}`)
    },
    keyLog: (line: string) => site.recorder.addSecret(line),
    now: Date.now,
  }
  for (const node of plan.nodes.filter(({ kind }) => kind !== 'in-ae')) {
    const planned = toNodeConfiguration(plan, node, keys)
    const configuration = site.way === 'direct' ? withoutWires(plan, planned) : planned
    const entity = node.aes[0]?.name ?? 'cse'
    // The IN registers with nobody.
    const signal = AbortSignal.timeout(10_000)
    const registered =
      node.kind === 'in' ? undefined : once(said, `registered ${entity}`, { signal })
    nodes.set(node.name, site.cleanUp.use(await startNode(configuration, environment)))
    await registered
  }
  const through = async (entity: string) => {
    const signal = AbortSignal.timeout((seconds + 10) * 1000)
    await once(said, `load-ended ${entity}`, { signal })
  }
  return { nodes, through }
}

/** The same node, told the address of its registrar where it would be told that of a wire. */
function withoutWires(plan: Plan, configuration: NodeConfiguration): NodeConfiguration {
  const link = plan.links.find(
    ({ referencePoint, registree }) =>
      referencePoint === 'Mca' && registree.node === configuration.name,
  )
  if (link === undefined) return configuration
  const { address, port } = link.toRegistrar.target
  const aes = configuration.aes.map((ae) => ({
    ...ae,
    registrar: { ...ae.registrar, pointOfAccess: `https://${address}:${port}` },
  }))
  return { ...configuration, aes }
}

/** Each device sends its next request when the last one was answered: as many as the process can take. */
async function mostThroughput(
  running: Running,
  chosen: readonly Device[],
  requests: number,
): Promise<number> {
  const startedAt = performance.now()
  await Promise.all(
    chosen.map(async (device) => {
      for (let sent = 0; sent < requests / chosen.length; sent += 1) {
        await send(running, device, reading(device))
      }
    }),
  )
  return (requests * 1000) / (performance.now() - startedAt)
}

async function send(
  { nodes }: Running,
  { node, entity }: Device,
  request: OutgoingRequest,
): Promise<void> {
  const reply = await nodes.get(node)?.control({ do: 'request', entity, request })
  const outcome = readOutcome(node, reply?.ok === true ? reply.value : undefined)
  if (outcome.outcome !== 'response' || outcome.response.rsc !== 2001) {
    throw new Error(`${entity} asked for ${request.to}: ${JSON.stringify(outcome)}`)
  }
}

function container({ home }: Device): OutgoingRequest {
  return { op: 1, to: home, ty: 3, pc: { 'm2m:cnt': { rn: 'load', mni: 1000 } } }
}

function reading({ home }: Device): OutgoingRequest {
  return { op: 1, to: `${home}/load`, ty: 4, pc: { 'm2m:cin': { con: '21.5' } } }
}

/** Latencies of an open-loop load, from when each request was due. */
async function latencyAtRate(
  { nodes, through }: Running,
  chosen: readonly Device[],
): Promise<LatencyHistogram> {
  const all = new LatencyHistogram()
  const startAtMs = steadyNow() + 100
  await Promise.all(
    chosen.map(async (device) => {
      const { node, entity } = device
      const ended = through(entity)
      const plan: LoadPlan = {
        startAtMs,
        rampMs: 0,
        warmUpMs: 1000,
        durationMs: seconds * 1000,
        ratePerS: ratePerS / chosen.length,
        arrival: 'poisson',
        seed: arrivalSeed(1, entity),
        request: reading(device),
        mostInFlight: 1000,
        slotMs: 1000,
      }
      await nodes.get(node)?.control({ do: 'load-start', entity, plan })
      await ended
      const reply = await nodes.get(node)?.control({ do: 'load-report', entity })
      const { slots } = readLoadReport(node, reply?.ok === true ? reply.value : undefined)
      for (const { slot, latency } of slots) if (slot >= 0) all.merge(latency)
    }),
  )
  return all
}

/** A wire needs something to write to; this keeps nothing. */
function silentRecorder(path: string): Recorder {
  const nothing = () => {}
  const tcp = { data: nothing, end: nothing, reset: nothing }
  return {
    path,
    addWire: (name) => ({ name, openTcp: () => tcp, datagram: nothing }),
    addSecret: nothing,
    nameAddress: nothing,
    annotate: nothing,
    close: async () => {},
    failure: undefined,
  }
}
