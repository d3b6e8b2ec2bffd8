import type { LoadRecord, LoadTotals } from './loadRecord.ts'

/** How a load went, for the mark beside the headline and the exit code. */
export type LoadVerdict = 'kept' | 'short' | 'interrupted' | 'nothing'

export function loadVerdict(record: LoadRecord): LoadVerdict {
  const { totals } = record
  if (record.interrupted !== undefined) return 'interrupted'
  if (totals.offered === 0) return 'nothing'
  const isShort =
    errorsOf(totals) > 0 ||
    totals.shed > 0 ||
    !isKeptUp(totals) ||
    isOfferedShort(record) ||
    record.problems.length > 0
  return isShort ? 'short' : 'kept'
}

/** A Poisson process varies by itself; fewer requests than chance explains were not offered. */
function isOfferedShort({ load, totals }: LoadRecord): boolean {
  const asked = load.ratePerS * totals.seconds
  return totals.offered < asked - 4 * Math.sqrt(asked) - 1
}

/** Answers came as fast as requests fell due; a few are always under way when the measured part ends. */
export function isKeptUp({ offered, offeredPerS, answeredPerS, seconds }: LoadTotals): boolean {
  const missing = (offeredPerS - answeredPerS) * seconds
  return missing <= Math.max(0.02 * offered, 2)
}

/** Requests that were sent and had no success. */
export function errorsOf({ refused, failed, unfinished }: LoadTotals): number {
  return refused + failed + unfinished
}

/** The load in one or two sentences; nothing in it sounds better than the record. */
export function loadHeadline(record: LoadRecord): string {
  const { load, totals } = record
  const devices = load.devices === 1 ? '1 device' : `${countText(load.devices)} devices`
  if (totals.offered === 0) {
    const why = record.interrupted === undefined ? '' : ', for the load was interrupted'
    return `${devices}: nothing was measured${why}.`
  }
  const start = record.interrupted === undefined ? '' : 'Interrupted. '
  const latency = totals.latencyMs
  const times =
    latency === null
      ? 'no latency could be measured'
      : `p50 ${msText(latency.p50)}, p99 ${msText(latency.p99)}`
  const errors = errorsOf(totals)
  const shed = totals.shed === 0 ? '' : `, ${countText(totals.shed)} shed`
  return `${start}${devices}, ${rateText(totals.offeredPerS)} requests/s offered: ${rateText(totals.answeredPerS)}/s answered, ${times}, ${countText(errors)} ${errors === 1 ? 'error' : 'errors'}${shed}.`
}

/** What else a reader must know before trusting the headline. */
export function loadWarnings(record: LoadRecord): readonly string[] {
  return [...shortfalls(record), ...doubts(record), ...record.problems]
}

function shortfalls({ totals, load, interrupted }: LoadRecord): readonly string[] {
  const { seconds, offered, shed, latencyMs, lagMs } = totals
  const warnings: string[] = []
  if (interrupted !== undefined) {
    warnings.push(
      `The load was interrupted (${interrupted}): ${seconds.toFixed(1)} of ${load.durationS} s were measured.`,
    )
  }
  if (offered > 0 && !isKeptUp(totals)) {
    warnings.push(
      `The network did not keep up: of ${rateText(totals.offeredPerS)} requests/s offered only ${rateText(totals.answeredPerS)}/s were answered; its limit is near the latter, and latencies grow with the length of the load.`,
    )
  }
  if (shed > 0) {
    warnings.push(
      `${countText(shed)} requests (${shareText(shed / offered)}) were due while ${load.mostInFlight} of their device waited already: they were never sent, and are in no percentile.`,
    )
  }
  if (latencyMs !== null && lagMs !== null && lagMs.p99 > Math.max(5, latencyMs.p99 / 2)) {
    warnings.push(
      `The bench itself was late in sending (p99 ${msText(lagMs.p99)}), which is in the latencies: the machine that offers the load was at its limit, too.`,
    )
  }
  return warnings
}

function doubts(record: LoadRecord): readonly string[] {
  const { processes, nodes, load, totals } = record
  const warnings: string[] = []
  const shared = processes.find(({ holdsBench }) => holdsBench)
  if (shared !== undefined && shared.nodes.length > 0) {
    const which = shared.nodes.length === nodes.length ? 'All' : `${shared.nodes.length} of the`
    warnings.push(
      `${which} ${nodes.length} nodes share one process with the wires and the bench: what it used cannot be told apart by node, and the devices compete with the CSEs for one processor.`,
    )
  }
  for (const { busyShare, cpuShare, nodes: held, holdsBench } of processes) {
    if (busyShare < 0.5 || cpuShare > 0.75 * busyShare) continue
    warnings.push(
      `${capital(processName(held, holdsBench))} was busy for ${shareText(busyShare)} of the time and got ${shareText(cpuShare)} of one processor: the machine had other work, and the figures would be better without it.`,
    )
  }
  if (totals.offered > 0 && isOfferedShort(record)) {
    warnings.push(
      `${rateText(load.ratePerS)} requests/s were asked for, and only ${rateText(totals.offeredPerS)}/s were offered.`,
    )
  }
  return warnings
}

/** Three figures, as people write them. */
export function msText(ms: number): string {
  if (ms < 10) return `${ms.toFixed(1)} ms`
  if (ms < 1000) return `${ms.toFixed(0)} ms`
  return `${(ms / 1000).toPrecision(3)} s`
}

export function rateText(perS: number): string {
  return perS < 100 ? String(Number(perS.toFixed(1))) : countText(Math.round(perS))
}

export function countText(count: number): string {
  return count.toLocaleString('en')
}

export function shareText(share: number): string {
  const percent = share * 100
  return percent > 0 && percent < 1 ? `${percent.toPrecision(1)} %` : `${percent.toFixed(0)} %`
}

export function bytesText(bytes: number): string {
  const mebi = 2 ** 20
  return bytes < mebi ? `${(bytes / 1024).toFixed(0)} KiB` : `${(bytes / mebi).toFixed(1)} MiB`
}

/** A process by who is in it. */
export function processName(nodes: readonly string[], holdsBench: boolean): string {
  const shown = nodes.length > 3 ? `${nodes.length} nodes` : nodes.join(', ')
  if (!holdsBench) return shown
  return nodes.length === 0 ? 'the bench' : `the bench with ${shown}`
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
