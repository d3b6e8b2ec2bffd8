import { html, type Markup, nothing } from '../html/markup.ts'
import type { Axis } from './axis.ts'

/** A line or a row of bars over an axis. */
export interface Series {
  readonly name: string
  /** Look of its line: colour and dashes, so that it is told apart without colour. */
  readonly look: 'a' | 'b' | 'c' | 'd'
  /** `null` breaks the line. */
  readonly points: readonly (readonly [x: number, y: number | null])[]
}

export interface Plot {
  /** What it shows, in a sentence, for who cannot see it. */
  readonly label: string
  readonly x: PlotAxis
  readonly y: PlotAxis
  readonly series?: readonly Series[]
  /** Bars from one x to another. */
  readonly bars?: readonly { readonly from: number; readonly to: number; readonly y: number }[]
  /** Lines across the plot, with a word each. */
  readonly marks?: readonly { readonly x: number; readonly name: string }[]
  /** Parts of the x axis that are shaded, such as what is not measured. */
  readonly shaded?: readonly { readonly from: number; readonly to: number }[]
}

export interface PlotAxis {
  readonly axis: Axis
  readonly title: string
  readonly text: (value: number) => string
}

const area = { width: 760, height: 270, left: 66, right: 14, top: 22, bottom: 44 } as const
const inner = {
  width: area.width - area.left - area.right,
  height: area.height - area.top - area.bottom,
}

/** One plot as SVG with axes, and a legend that names each line. */
export function drawPlot(plot: Plot): Markup {
  const { series = [], bars = [], marks = [], shaded = [] } = plot
  const legend =
    series.length > 1 && html`<figcaption class="legend">${series.map(legendEntry)}</figcaption>`
  return html`<figure class="plot"><div class="scroll" tabindex="0"><svg viewBox="0 0 ${area.width} ${area.height}" role="img" aria-label="${plot.label}">
${shaded.map(({ from, to }) => shade(plot, from, to))}
${plot.y.axis.ticks.map((value) => horizontal(plot, value))}
${plot.x.axis.ticks.map((value) => vertical(plot, value))}
<text class="axis-title" x="${area.left}" y="13">${plot.y.title}</text>
<text class="axis-title" x="${area.width - area.right}" y="${area.height - 8}" text-anchor="end">${plot.x.title}</text>
${bars.map((bar) => drawBar(plot, bar))}
${series.map((one) => drawSeries(plot, one))}
${marks.map((mark, index) => drawMark(plot, mark, index))}
</svg></div>${legend}</figure>`
}

function legendEntry({ name, look }: Series): Markup {
  return html`<span><svg width="34" height="10" viewBox="0 0 34 10" aria-hidden="true"><path class="series ${look}" d="M1 5H33"/></svg> ${name}</span>`
}

function xOf({ x }: Plot, value: number): number {
  return round(area.left + x.axis.at(value) * inner.width)
}

function yOf({ y }: Plot, value: number): number {
  return round(area.top + (1 - y.axis.at(value)) * inner.height)
}

function horizontal(plot: Plot, value: number): Markup {
  const y = yOf(plot, value)
  return html`<path class="grid" d="M${area.left} ${y}H${area.width - area.right}"/><text class="tick" x="${area.left - 8}" y="${y + 4}" text-anchor="end">${plot.y.text(value)}</text>`
}

function vertical(plot: Plot, value: number): Markup {
  const x = xOf(plot, value)
  const bottom = area.height - area.bottom
  // Centred under the right edge, half of it would be cut off.
  const anchor = x > area.width - 30 ? 'end' : 'middle'
  return html`<path class="axis" d="M${x} ${bottom}v5"/><text class="tick" x="${x}" y="${bottom + 19}" text-anchor="${anchor}">${plot.x.text(value)}</text>`
}

function shade(plot: Plot, from: number, to: number): Markup {
  const x = xOf(plot, from)
  const width = round(xOf(plot, to) - x)
  return width <= 0
    ? nothing
    : html`<rect class="shaded" x="${x}" y="${area.top}" width="${width}" height="${inner.height}"/>`
}

function drawBar(plot: Plot, bar: { from: number; to: number; y: number }): Markup {
  const x = xOf(plot, bar.from)
  const y = yOf(plot, bar.y)
  const width = Math.max(0.5, round(xOf(plot, bar.to) - x - 0.6))
  return html`<rect class="bar" x="${x}" y="${y}" width="${width}" height="${round(area.height - area.bottom - y)}"/>`
}

function drawMark(
  plot: Plot,
  { x: value, name }: { x: number; name: string },
  index: number,
): Markup {
  const x = xOf(plot, value)
  const y = area.top + 12 + (index % 3) * 15
  const isRight = x > area.width - 110
  return html`<path class="percentile" d="M${x} ${area.top}V${area.height - area.bottom}"/><text class="tick" x="${isRight ? x - 5 : x + 5}" y="${y}" text-anchor="${isRight ? 'end' : 'start'}">${name}</text>`
}

/** A line through the points; a lone point between gaps becomes a dot. */
function drawSeries(plot: Plot, { points, look }: Series): Markup {
  let path = ''
  let isOpen = false
  for (const [index, [x, y]] of points.entries()) {
    if (y === null) {
      isOpen = false
      continue
    }
    const place = `${xOf(plot, x)} ${yOf(plot, y)}`
    const isLone = !isOpen && (points[index + 1]?.[1] ?? null) === null
    path += isLone ? `M${place}h.1` : `${isOpen ? 'L' : 'M'}${place}`
    isOpen = true
  }
  return html`<path class="series ${look}" d="${path}"/>`
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
