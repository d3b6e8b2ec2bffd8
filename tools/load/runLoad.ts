import { once } from 'node:events'
import type { ControlCommand, NodeEvent } from '../../nodes/contract.ts'
import type { LoadReport } from '../../nodes/load/loadContract.ts'
import { steadyNow } from '../../nodes/load/nodeResources.ts'
import { BenchError } from '../../protocol/errors.ts'
import type { OutgoingRequest } from '../../protocol/exchange.ts'
import type { Testbed } from '../runtimes/runtime.ts'
import { tell } from '../testSystem/control.ts'
import { countEvents, type EventCounts } from './countEvents.ts'
import type { Device } from './devices.ts'
import type { LoadFile } from './loadFile.ts'
import type { Requests } from './prepareTargets.ts'
import { readLoadReport } from './readNodeWords.ts'
import { type ResourceSampling, type SampledProcess, sampleResources } from './sampleResources.ts'
import { arrivalSeed, type Timing, timingOf, totalRate } from './timing.ts'

/** What a load left behind, before it is put together. Times are the bench's clock. */
export interface LoadOutcome {
  readonly timing: Timing
  /** Beginning of the ramp. */
  readonly startAtMs: number
  readonly endAtMs: number
  /** By entity; a device that did not report is missing. */
  readonly reports: ReadonlyMap<string, LoadReport>
  readonly processes: readonly SampledProcess[]
  /** By node. */
  readonly events: ReadonlyMap<string, EventCounts>
  readonly interrupted?: string
  readonly problems: readonly string[]
}

export interface RunLoadOptions {
  readonly devices: readonly Device[]
  readonly requests: Requests
  readonly load: LoadFile
  readonly signal: AbortSignal
  /** Every device has its plan. */
  readonly onBegun: (line: string) => void
}

/** Everybody has the plan before the first request is due. */
const leadMs = 300
/** Longest wait for answers after the last request was due. */
const drainMs = 15_000

/** Has all devices offer their requests at once, watches what the processes use, and collects what became of it. */
export async function runLoad(testbed: Testbed, options: RunLoadOptions): Promise<LoadOutcome> {
  const { load, devices, signal, onBegun } = options
  const timing = timingOf(load)
  const askedAtMs = steadyNow()
  const sampling = await sampleResources(testbed)
  try {
    const firstEvent = testbed.events.length
    // Giving out the plans takes about as long as asking everybody took.
    const startAtMs = steadyNow() + leadMs + 2 * (steadyNow() - askedAtMs)
    const allThrough = allEnded(testbed, devices, startAtMs - steadyNow() + lengthOf(timing))
    await startAll(testbed, options, { timing, startAtMs, sampling })
    onBegun(announcement(load, devices.length))
    const end = await Promise.race([allThrough, aborted(signal)])
    const through = startAtMs + lengthOf(timing)
    // With nothing due at the very end, the last answer comes before the last moment that was asked for.
    const endAtMs = end === 'interrupted' ? steadyNow() : Math.max(steadyNow(), through)
    const collected = await collect(testbed, devices, end === 'ended' ? 'load-report' : 'load-stop')
    await sampling.stop()
    return {
      timing,
      startAtMs,
      endAtMs,
      reports: collected.reports,
      processes: sampling.processes,
      events: countEvents(testbed.events.slice(firstEvent)),
      problems: [...problemsOf(end), ...sampling.problems, ...collected.problems],
      ...(end === 'interrupted' ? { interrupted: 'ended from outside' } : {}),
    }
  } catch (error) {
    await sampling.stop()
    throw error
  }
}

function announcement(load: LoadFile, devices: number): string {
  const { rampS, warmUpS, durationS } = load
  const who = devices === 1 ? '1 device offers' : `${devices} devices offer`
  return `${who} ${totalRate(load, devices)} requests/s; ${rampS + warmUpS} s until it is measured, then ${durationS} s`
}

type End = 'ended' | 'interrupted' | { readonly problem: string }

function problemsOf(end: End): readonly string[] {
  return typeof end === 'string' ? [] : [end.problem]
}

function lengthOf({ rampMs, warmUpMs, durationMs }: Timing): number {
  return rampMs + warmUpMs + durationMs
}

/** Listens from before the first device can be through. */
async function allEnded(
  testbed: Testbed,
  devices: readonly Device[],
  lengthMs: number,
): Promise<End> {
  const running = new Set(devices.map(({ node, entity }) => keyOf(node, entity)))
  const isLast = (event: NodeEvent) =>
    event.event === 'load-ended' &&
    running.delete(keyOf(event.node, event.entity)) &&
    running.size === 0
  return testbed
    .waitFor('every device to be through with its load', isLast, lengthMs + drainMs)
    .then(() => 'ended' as const)
    .catch((error: unknown) => ({ problem: whyNotThrough(error) }))
}

function whyNotThrough(error: unknown): string {
  if (error instanceof BenchError && error.code === 'TIMED_OUT') {
    return `Answers were still out ${drainMs / 1000} s after the last request was due; the load was stopped then.`
  }
  return `The network was lost under the load: ${error instanceof Error ? error.message : error}.`
}

function keyOf(node: string, entity: string): string {
  return `${node} ${entity}`
}

async function aborted(signal: AbortSignal): Promise<End> {
  if (!signal.aborted) await once(signal, 'abort')
  return 'interrupted'
}

async function startAll(
  testbed: Testbed,
  { devices, requests, load }: RunLoadOptions,
  at: { readonly timing: Timing; readonly startAtMs: number; readonly sampling: ResourceSampling },
): Promise<void> {
  const { reconnectEvery, mostInFlight, arrival, seed } = load
  await Promise.all(
    devices.map(({ node, entity }) =>
      tell(testbed, node, {
        do: 'load-start',
        entity,
        plan: {
          ...at.timing,
          startAtMs: at.startAtMs + at.sampling.clockOffsetMs(node),
          ratePerS: totalRate(load, devices.length) / devices.length,
          arrival,
          seed: arrivalSeed(seed, entity),
          request: requestOf(requests, entity),
          mostInFlight,
          ...(reconnectEvery === undefined ? {} : { reconnectEvery }),
        },
      }),
    ),
  )
}

function requestOf(requests: Requests, entity: string): OutgoingRequest {
  const request = requests.get(entity)
  if (request === undefined) throw new TypeError(`nothing was prepared for ${entity}`)
  return request
}

/** What every device says; one that says nothing sound is a problem, and does not take the others' figures along. */
async function collect(
  testbed: Testbed,
  devices: readonly Device[],
  command: Extract<ControlCommand, { do: 'load-report' | 'load-stop' }>['do'],
): Promise<{ reports: ReadonlyMap<string, LoadReport>; problems: readonly string[] }> {
  const reports = new Map<string, LoadReport>()
  const problems: string[] = []
  await Promise.all(
    devices.map(async ({ node, entity }) => {
      try {
        const said = await tell(testbed, node, { do: command, entity })
        reports.set(entity, readLoadReport(node, said))
      } catch (error) {
        const because = error instanceof Error ? error.message : String(error)
        problems.push(`The requests of ${entity} are in no figure: ${because}.`)
      }
    }),
  )
  return { reports, problems }
}
