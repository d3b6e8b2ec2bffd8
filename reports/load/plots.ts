import { html, type Markup } from '../html/markup.ts'
import { linearAxis, logAxis } from './axis.ts'
import type { LatencyBucket, LoadMoment, LoadRecord } from './loadRecord.ts'
import { drawPlot, type Plot, type PlotAxis, type Series } from './plot.ts'
import { countText, msText, processName, rateText, shareText } from './words.ts'

/** Requests that fell due and answers that came, second by second. */
export function throughputPlot({ timeline }: LoadRecord): Markup {
  const series: Series[] = [
    { name: 'offered', look: 'a', points: timeline.map((m) => [middleOf(m), m.offeredPerS]) },
    { name: 'answered', look: 'b', points: timeline.map((m) => [middleOf(m), m.answeredPerS]) },
  ]
  return drawPlot({
    label: 'Requests per second, offered and answered, over time',
    ...overTime(timeline),
    y: { axis: linearAxis(0, mostOf(series)), title: 'requests per second', text: rateText },
    series,
  })
}

/** Percentiles of the requests that fell due in each second. */
export function latencyPlot({ timeline }: LoadRecord): Markup {
  const of = (pick: (latency: NonNullable<LoadMoment['latencyMs']>) => number) =>
    timeline.map((m): Series['points'][number] => [
      middleOf(m),
      m.latencyMs === null ? null : pick(m.latencyMs),
    ])
  const series: Series[] = [
    { name: 'p50', look: 'a', points: of((latency) => latency.p50) },
    { name: 'p90', look: 'b', points: of((latency) => latency.p90) },
    { name: 'p99', look: 'c', points: of((latency) => latency.p99) },
    { name: 'slowest', look: 'd', points: of((latency) => latency.most) },
  ]
  return drawPlot({
    label: 'Latency percentiles of the requests due in each second, on a logarithmic scale',
    ...overTime(timeline),
    y: { axis: logAxis(leastOf(series), mostOf(series)), title: 'latency', text: msTick },
    series,
  })
}

const binsPerDecade = 16

/** How latencies are spread: equal widths stand for equal factors. */
export function distributionPlot({ distribution, totals }: LoadRecord): Markup {
  const bins = binned(distribution)
  const x = logAxis(bins[0]?.from ?? 1, bins.at(-1)?.to ?? 10)
  const { latencyMs } = totals
  const named = { p50: 'p50', p99: 'p99', p999: 'p99.9' } as const
  const marks = (['p50', 'p99', 'p999'] as const).flatMap((key) =>
    latencyMs === null
      ? []
      : [{ x: latencyMs[key], name: `${named[key]} ${msText(latencyMs[key])}` }],
  )
  return drawPlot({
    label: 'How many requests had which latency; the latency on a logarithmic scale',
    x: { axis: x, title: 'latency', text: msTick },
    y: {
      // Room above the highest bar for the names of the percentiles.
      axis: linearAxis(0, 1.3 * Math.max(1, ...bins.map(({ y }) => y))),
      title: 'requests',
      text: countText,
    },
    bars: bins,
    marks,
  })
}

const mostProcesses = 4
const looks = ['a', 'b', 'c', 'd'] as const

/** Processor time of the processes that used most. */
export function processorPlot({ processes, timeline }: LoadRecord): Markup {
  const busiest = processes.toSorted((a, b) => b.cpuShare - a.cpuShare).slice(0, mostProcesses)
  const series = busiest.map(
    ({ nodes, holdsBench, samples }, index): Series => ({
      name: processName(nodes, holdsBench),
      look: looks[index] ?? 'd',
      points: samples.map(({ atS, cpuShare }) => [atS, cpuShare]),
    }),
  )
  return drawPlot({
    label: 'Share of one processor that the busiest processes used, over time',
    ...overTime(timeline),
    y: {
      axis: linearAxis(0, Math.max(1, mostOf(series))),
      title: 'of one processor',
      text: shareText,
    },
    series,
  })
}

/** Ramp, warm-up and drain are shaded: they are in no figure. */
function overTime(timeline: readonly LoadMoment[]): Pick<Plot, 'x' | 'shaded'> {
  const first = timeline[0]
  const last = timeline.at(-1)
  const from = first?.fromS ?? 0
  const to = last === undefined ? 1 : last.fromS + last.lengthS
  const x: PlotAxis = {
    axis: linearAxis(from, to, 10),
    title: 'seconds since the measured part began',
    text: (value) => String(Number(value.toFixed(3))),
  }
  const drain = timeline.find(({ phase }) => phase === 'drain')
  const shaded = [
    { from, to: Math.min(0, to) },
    ...(drain === undefined ? [] : [{ from: drain.fromS, to }]),
  ]
  return { x, shaded }
}

function middleOf({ fromS, lengthS }: LoadMoment): number {
  return fromS + lengthS / 2
}

function valuesOf(series: readonly Series[]): readonly number[] {
  return series.flatMap(({ points }) => points.flatMap(([, y]) => (y === null ? [] : [y])))
}

function mostOf(series: readonly Series[]): number {
  return valuesOf(series).reduce((most, value) => Math.max(most, value), 0) || 1
}

function leastOf(series: readonly Series[]): number {
  const positive = valuesOf(series).filter((value) => value > 0)
  return positive.reduce((least, value) => Math.min(least, value), positive[0] ?? 1)
}

/** Buckets of the record gathered into bars of even width on a logarithmic axis. */
function binned(
  distribution: readonly LatencyBucket[],
): readonly { readonly from: number; readonly to: number; readonly y: number }[] {
  const counts = new Map<number, number>()
  for (const { fromMs, toMs, count } of distribution) {
    const bin = Math.floor(Math.log10((fromMs + toMs) / 2) * binsPerDecade)
    counts.set(bin, (counts.get(bin) ?? 0) + count)
  }
  return [...counts]
    .sort(([a], [b]) => a - b)
    .map(([bin, y]) => ({
      from: 10 ** (bin / binsPerDecade),
      to: 10 ** ((bin + 1) / binsPerDecade),
      y,
    }))
}

/** Powers of ten of milliseconds in the unit that suits them. */
function msTick(ms: number): string {
  if (ms >= 1000) return `${ms / 1000} s`
  return ms >= 1 ? `${ms} ms` : `${Number((ms * 1000).toPrecision(3))} µs`
}

/** A plot under its heading. */
export function titled(id: string, title: string, plot: Markup, about: string): Markup {
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>${plot}<p class="quiet">${about}</p></section>`
}
