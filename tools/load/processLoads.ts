import type { NodeResources } from '../../nodes/load/loadContract.ts'
import type { ProcessLoad, ProcessSample } from '../../reports/load/loadRecord.ts'
import type { LoadOutcome } from './runLoad.ts'
import type { SampledProcess } from './sampleResources.ts'

/** What each process used, over the measured part and from sample to sample. Pure. */
export function processLoads(outcome: LoadOutcome): ProcessLoad[] {
  const { timing, startAtMs } = outcome
  const zeroMs = startAtMs + timing.rampMs + timing.warmUpMs
  const endMs = Math.min(zeroMs + timing.durationMs, outcome.endAtMs)
  return outcome.processes.map((process) => processLoad(process, { zeroMs, endMs }))
}

function processLoad(
  { nodes, holdsBench, samples }: SampledProcess,
  { zeroMs, endMs }: { readonly zeroMs: number; readonly endMs: number },
): ProcessLoad {
  const before = samples.findLast(({ atMs }) => atMs <= zeroMs) ?? samples[0]
  const after = samples.find(({ atMs }) => atMs >= endMs) ?? samples.at(-1)
  const within = samples.filter(({ atMs }) => atMs > zeroMs && atMs <= (after?.atMs ?? endMs))
  return {
    nodes: [...nodes],
    holdsBench,
    ...(before === undefined || after === undefined ? none : sharesBetween(before, after)),
    rssMaxBytes: Math.max(0, ...within.map(({ rssBytes }) => rssBytes)),
    delayMostMs: Math.max(0, ...within.map(({ delayMs }) => delayMs.most)),
    samples: samples.slice(1).map((sample, index): ProcessSample => {
      const earlier = samples[index]
      const { rssBytes, delayMs, atMs } = sample
      const shares = earlier === undefined ? none : sharesBetween(earlier, sample)
      return { atS: (atMs - zeroMs) / 1000, ...shares, rssBytes, delayMostMs: delayMs.most }
    }),
  }
}

type Shares = Pick<ProcessLoad, 'cpuShare' | 'busyShare'>

const none: Shares = { cpuShare: 0, busyShare: 0 }

function sharesBetween(earlier: NodeResources, later: NodeResources): Shares {
  const busyMs = later.busyMs - earlier.busyMs
  return {
    cpuShare: share(later.cpuMs - earlier.cpuMs, later.atMs - earlier.atMs),
    busyShare: share(busyMs, busyMs + later.idleMs - earlier.idleMs),
  }
}

function share(part: number, whole: number): number {
  return whole <= 0 ? 0 : Math.max(0, part / whole)
}
