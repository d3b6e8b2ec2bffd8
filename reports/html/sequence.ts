import type { HopRecord, JourneyRecord } from '../model/runRecord.ts'
import { lockMark } from './marks.ts'
import { html, type Markup } from './markup.ts'
import { framesText } from './words.ts'

/**
 * Sequence chart: one row per request or response in order of time. The lanes are drawn as SVG in percentages of the
 * lane column, so that rows grow with their text and the chart fits any width.
 */
export function renderSequence(journey: JourneyRecord): Markup {
  const lanes = lanesOf(journey)
  const rows = rowsOf(journey).map((row) => renderRow(row, lanes, journey))
  const width = Math.min(Math.max(lanes.length, 2), widestLanes)
  return html`<ol class="sequence lanes-${width}">
<li class="lane-names" aria-hidden="true">${laneNames(lanes, journey)}<span class="what">on the wire</span><span class="what">inside</span></li>
${rows}</ol>`
}

/** Lane columns have a width class each up to this many lanes. */
export const widestLanes = 8

interface Row {
  readonly kind: 'request' | 'response' | 'unanswered'
  readonly atMs: number | undefined
  readonly from: string
  readonly to: string
  readonly onTheWire: string
  readonly inside: string
  readonly hop: HopRecord
}

/** Expected nodes first, in order: a hop that never happened leaves a visible gap. */
function lanesOf(journey: JourneyRecord): readonly string[] {
  const hopNodes = journey.hops.flatMap((hop) => [hop.from, hop.to])
  return [...new Set([...(journey.expectedPath ?? []), ...journey.path, ...hopNodes])]
}

function rowsOf(journey: JourneyRecord): readonly Row[] {
  const rows = journey.hops.flatMap((hop): readonly Row[] => [
    {
      kind: 'request',
      atMs: hop.requestAtMs,
      from: hop.from,
      to: hop.to,
      onTheWire: hop.onTheWire,
      inside: hop.inside,
      hop,
    },
    answerOf(hop),
  ])
  const time = (row: Row): number => row.atMs ?? Number.POSITIVE_INFINITY
  // Infinity minus itself is no order; sorting is stable, so equal times stay as recorded.
  return rows.toSorted((a, b) => (time(a) === time(b) ? 0 : time(a) - time(b)))
}

function answerOf(hop: HopRecord): Row {
  const answered = hop.responseAtMs !== undefined || hop.rsc !== undefined
  return {
    kind: answered ? 'response' : 'unanswered',
    atMs: hop.responseAtMs,
    from: hop.to,
    to: hop.from,
    onTheWire: hop.responseOnTheWire ?? '–',
    inside: hop.responseInside ?? '–',
    hop,
  }
}

function renderRow(row: Row, lanes: readonly string[], journey: JourneyRecord): Markup {
  const drawing = html`<svg class="lanes" aria-hidden="true">${laneLines(lanes, journey)}${arrow(row, lanes)}</svg>`
  if (row.kind === 'unanswered') {
    return html`<li class="row unanswered">${drawing}<div class="text"><p class="hop"><b>${row.from} → ${row.to}</b> no answer was seen</p></div></li>`
  }
  const rsc = row.hop.rsc === undefined ? '' : ` ${row.hop.rsc}`
  const frames = row.kind === 'request' ? framesText(row.hop.frames) : ''
  return html`<li class="row ${row.kind} ${toneOf(row)}">${drawing}<div class="text">
<p class="hop"><b>${row.from} → ${row.to}</b> ${row.kind === 'response' ? html`response<b class="rsc">${rsc}</b>` : html`request`}<span class="quiet">${timeText(row.atMs)}</span>${frames !== '' && html`<span class="quiet">${frames}</span>`}</p>
<div class="layers"><div class="wire"><span class="layer">on the wire</span>${lockMark(row.hop.security !== undefined)} <b>${securityText(row.hop)}</b><span class="seen">${row.onTheWire}</span></div>
<div class="inner"><span class="layer">inside</span><code>${row.inside}</code></div></div></div></li>`
}

/** `TLS 1.2 TLS_PSK_WITH_AES_128_CBC_SHA256 as kpsa…`, or `plain`. */
function securityText(hop: HopRecord): string {
  const { security } = hop
  if (security === undefined) return 'plain'
  const identity = security.identity === undefined ? '' : ` as ${security.identity}`
  return `${security.version} ${security.suite}${identity}`
}

function toneOf(row: Row): string {
  return row.hop.security === undefined ? 'plain' : 'protected'
}

function timeText(atMs: number | undefined): string {
  return atMs === undefined ? 'time unknown' : `+${atMs.toFixed(1)} ms`
}

function laneX(index: number, lanes: readonly string[]): string {
  return `${(((index + 0.5) / lanes.length) * 100).toFixed(2)}%`
}

function laneLines(lanes: readonly string[], journey: JourneyRecord): readonly Markup[] {
  return lanes.map((name, index) => {
    const x = laneX(index, lanes)
    const absent = !journey.path.includes(name)
    return html`<line class="${absent ? 'lane absent' : 'lane'}" x1="${x}" y1="0" x2="${x}" y2="100%"/>`
  })
}

function arrow(row: Row, lanes: readonly string[]): Markup {
  const from = laneX(lanes.indexOf(row.from), lanes)
  const to = laneX(lanes.indexOf(row.to), lanes)
  const forward = lanes.indexOf(row.to) >= lanes.indexOf(row.from)
  const head = forward ? 'M-9 -4.5L-1 0L-9 4.5' : 'M9 -4.5L1 0L9 4.5'
  return html`<g class="arrow ${row.kind} ${toneOf(row)}"><line x1="${from}" y1="22" x2="${to}" y2="22"/><svg x="${to}" y="22" overflow="visible"><path d="${head}"/></svg></g>`
}

function laneNames(lanes: readonly string[], journey: JourneyRecord): Markup {
  const names = lanes.map((name, index) => {
    const absent = !journey.path.includes(name)
    const short = name.length > 11 ? `${name.slice(0, 10)}…` : name
    return html`<text class="${absent && 'absent'}" x="${laneX(index, lanes)}" y="16" text-anchor="middle">${short}</text>`
  })
  return html`<svg class="lanes">${names}</svg>`
}
