import { revealHidden } from '../html/escape.ts'
import type { LoadMoment, LoadRecord, Percentiles } from './loadRecord.ts'
import {
  bytesText,
  countText,
  loadHeadline,
  loadWarnings,
  msText,
  processName,
  rateText,
  shareText,
} from './words.ts'

/** The record of a load as plain text for a terminal or a log. Ends with a line feed. */
export function toLoadText(record: LoadRecord): string {
  const lines = [
    loadHeadline(record),
    ...loadWarnings(record).map((warning) => `! ${warning}`),
    '',
    ...latencyLines(record),
    ...outcomeLines(record),
    ...timeLines(record),
    ...processLines(record),
    recordingLine(record),
  ]
  return `${lines.map((line) => revealHidden(line.replace(/[\n\t]+/g, ' '))).join('\n')}\n`
}

function latencyLines({ totals }: LoadRecord): readonly string[] {
  const row = (title: string, values: Percentiles | null) =>
    values === null
      ? []
      : [
          `${title}  p50 ${msText(values.p50)}  p90 ${msText(values.p90)}  p99 ${msText(values.p99)}  p99.9 ${msText(values.p999)}  most ${msText(values.most)}`,
        ]
  return [
    ...row('latency, from due to answered', totals.latencyMs),
    ...row('of it, the bench was late by ', totals.lagMs),
  ]
}

function outcomeLines({ totals }: LoadRecord): readonly string[] {
  const { offered, answered, refused, failed, unfinished, shed, handshakes } = totals
  const counts = { answered, refused, failed, unfinished, shed }
  const parts = Object.entries(counts).map(([name, count]) => `${name} ${countText(count)}`)
  const detail = [...Object.entries(totals.responses), ...Object.entries(totals.failures)]
  return [
    `offered ${countText(offered)}: ${parts.join(', ')}`,
    ...(detail.length === 0
      ? []
      : [
          `by outcome: ${detail.map(([name, count]) => `${name} × ${countText(count)}`).join(', ')}`,
        ]),
    `handshakes: ${countText(handshakes.made)} made, ${countText(handshakes.failed)} failed`,
  ]
}

const mostTimeLines = 12

/** The course of the load, thinned so that it fits a screen. */
function timeLines({ timeline }: LoadRecord): readonly string[] {
  const step = Math.ceil(timeline.length / mostTimeLines)
  const shown = timeline.filter((_, index) => index % step === 0)
  if (shown.length === 0) return []
  return [
    '',
    '  from s   phase     offered/s  answered/s       p50       p99',
    ...shown.map(timeLine),
    '',
  ]
}

function timeLine(moment: LoadMoment): string {
  const { fromS, phase, offeredPerS, answeredPerS, latencyMs } = moment
  const cells = [
    fromS.toFixed(0).padStart(8),
    `  ${phase.padEnd(9)}`,
    rateText(offeredPerS).padStart(10),
    rateText(answeredPerS).padStart(12),
    (latencyMs === null ? '–' : msText(latencyMs.p50)).padStart(10),
    (latencyMs === null ? '–' : msText(latencyMs.p99)).padStart(10),
  ]
  return cells.join('')
}

const mostProcessLines = 10

function processLines({ processes }: LoadRecord): readonly string[] {
  const busiest = processes.toSorted((a, b) => b.cpuShare - a.cpuShare)
  const lines = busiest.slice(0, mostProcessLines).map((process) => {
    const { cpuShare, busyShare, rssMaxBytes, delayMostMs } = process
    return `${processName(process.nodes, process.holdsBench)}: cpu ${shareText(cpuShare)} of one processor, busy ${shareText(busyShare)}, memory ${bytesText(rssMaxBytes)}, event loop late by ${msText(delayMostMs)} at most`
  })
  const more = busiest.length - lines.length
  return more > 0 ? [...lines, `and ${more} more processes that used less`] : lines
}

function recordingLine({ recording }: LoadRecord): string {
  const { bytes, wireBytes, connections } = recording
  return `recorded: ${bytesText(wireBytes)} on ${countText(connections)} connections, ${bytesText(bytes)} on disk`
}
