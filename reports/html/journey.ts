import type { JourneyRecord } from '../model/runRecord.ts'
import { verdictMark } from './marks.ts'
import { html, type Markup } from './markup.ts'
import { renderSequence } from './sequence.ts'

/** The way of one request: path as expected, path as seen, and the sequence chart. */
export function renderJourney(journey: JourneyRecord): Markup {
  return html`<h4>Journey of <code>${journey.rqi}</code></h4>
${renderPaths(journey)}
${journey.hops.length === 0 ? html`<p class="quiet">It was seen on no wire.</p>` : renderSequence(journey)}`
}

function renderPaths(journey: JourneyRecord): Markup {
  const { expectedPath } = journey
  const seen = journey.path.join(' → ') || 'nowhere'
  if (expectedPath === undefined) return html`<p>Seen: <b>${seen}</b></p>`
  const expected = expectedPath.join(' → ')
  if (expected === seen) return html`<p>${verdictMark('pass', 'as expected')} <b>${seen}</b></p>`
  return html`<p>${verdictMark('fail', 'not as expected')} seen <b>${seen}</b>, expected <b>${expected}</b></p>`
}
