import type { LoadReport, LoadSlot } from '../../nodes/load/loadContract.ts'
import type { LoadRecord, LoadTotals, NodeLoad } from '../../reports/load/loadRecord.ts'
import { noEvents } from './countEvents.ts'
import type { LoadParts } from './driveLoad.ts'
import { addSlots, distributionOf, errorsIn, type LoadSums, percentilesOf } from './loadSums.ts'
import { processLoads } from './processLoads.ts'
import { timelineOf } from './timeline.ts'
import { totalRate } from './timing.ts'

/** Puts the record of a load together. Pure. */
export function toLoadRecord(parts: LoadParts): LoadRecord {
  const { bench, runtime, startedAt, durationMs, load, plan, devices, outcome, recording } = parts
  const slots = [...outcome.reports.values()].flatMap((report) => report.slots)
  const measured = addSlots(slots.filter(({ slot }) => isMeasured(slot, parts)))
  const { description } = load
  return {
    schemaVersion: 1,
    bench,
    name: load.name,
    ...(description === undefined ? {} : { description }),
    runtime,
    seed: load.seed,
    startedAt,
    durationMs,
    ...(outcome.interrupted === undefined ? {} : { interrupted: outcome.interrupted }),
    problems: [...outcome.problems],
    topology: {
      name: plan.name,
      parameters: plan.parameters,
      nodes: plan.nodes.length,
      links: plan.links.length,
    },
    load: asked(parts, devices.length),
    totals: totalsOf(measured, parts),
    distribution: distributionOf(measured.latency),
    timeline: timelineOf(slots, outcome),
    nodes: plan.nodes.map(({ name, kind }) => nodeLoad(name, kind, parts)),
    processes: processLoads(outcome),
    recording,
  }
}

function isMeasured(slot: number, { outcome }: LoadParts): boolean {
  const { slotMs, durationMs } = outcome.timing
  return slot >= 0 && slot * slotMs < durationMs
}

function asked({ load }: LoadParts, devices: number): LoadRecord['load'] {
  const { operation, target, arrival, durationS, rampS, warmUpS, payloadBytes, mostInFlight } = load
  const { reconnectEvery } = load
  return {
    devices,
    operation,
    target,
    arrival,
    ratePerS: totalRate(load, devices),
    durationS,
    rampS,
    warmUpS,
    payloadBytes,
    mostInFlight,
    ...(reconnectEvery === undefined ? {} : { reconnectEvery }),
  }
}

function totalsOf(sums: LoadSums, { outcome, devices }: LoadParts): LoadTotals {
  const { timing, startAtMs, endAtMs, events } = outcome
  const zeroMs = startAtMs + timing.rampMs + timing.warmUpMs
  const seconds = Math.min(Math.max(endAtMs - zeroMs, 0), timing.durationMs) / 1000
  const perS = (count: number) => (seconds === 0 ? 0 : count / seconds)
  const nodes = [...new Set(devices.map(({ node }) => node))]
  const handshakes = nodes.map((node) => (events.get(node) ?? noEvents).handshakes)
  const { offered, answered, refused, failed, unfinished, shed, responses, failures } = sums
  return {
    seconds,
    ...{ offered, answered, refused, failed, unfinished, shed },
    offeredPerS: perS(offered),
    answeredPerS: perS(sums.answeredWithin),
    responses,
    failures,
    latencyMs: percentilesOf(sums.latency),
    lagMs: percentilesOf(sums.lag),
    handshakes: {
      made: handshakes.reduce((sum, { asClient }) => sum + asClient, 0),
      failed: handshakes.reduce((sum, { failedAsClient }) => sum + failedAsClient, 0),
    },
  }
}

/** From the ramp on, measured or not: what the node had to do. */
function nodeLoad(name: string, kind: string, { outcome, devices }: LoadParts): NodeLoad {
  const own = devices
    .filter(({ node }) => node === name)
    .flatMap(({ entity }): readonly LoadSlot[] => slotsOf(outcome.reports.get(entity)))
  const sums = addSlots(own)
  const { received, forwarded, refused, handshakes } = outcome.events.get(name) ?? noEvents
  const process = outcome.processes.findIndex(({ nodes }) => nodes.includes(name))
  return {
    name,
    kind,
    ...(process < 0 ? {} : { process }),
    sent: sums.offered - sums.shed,
    received,
    forwarded,
    errors: errorsIn(sums) + refused,
    handshakes: {
      asClient: handshakes.asClient,
      asServer: handshakes.asServer,
      failed: handshakes.failedAsClient + handshakes.failedAsServer,
    },
  }
}

function slotsOf(report: LoadReport | undefined): readonly LoadSlot[] {
  return report?.slots ?? []
}
