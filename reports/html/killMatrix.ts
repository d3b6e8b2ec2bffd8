import type { MutantRecord } from '../model/runRecord.ts'
import { verdictMark } from './marks.ts'
import { html, type Markup, nothing } from './markup.ts'

/** Each mutant with the purposes that had to fail it. */
export function renderKillMatrix(mutants: readonly MutantRecord[] | undefined): Markup {
  if (mutants === undefined) return nothing
  const rows = mutants.toSorted((a, b) => Number(a.killed) - Number(b.killed)).map(renderMutant)
  return html`<section aria-labelledby="mutants"><h2 id="mutants">Kill matrix</h2>
<p class="lead">Each mutant is a node with one planted misbehaviour, which the purposes that name it must fail. A mutant that survives is a defect of the bench.</p>
${rows.length === 0 ? html`<p class="quiet">No mutant was run.</p>` : html`<table class="kills"><thead><tr><th scope="col">Mutant</th><th scope="col">Outcome</th><th scope="col">Purposes</th></tr></thead><tbody>${rows}</tbody></table>`}</section>`
}

function renderMutant(mutant: MutantRecord): Markup {
  const outcomes = mutant.outcomes.map(
    (o) =>
      html`<li>${verdictMark(o.killed ? 'pass' : 'error', o.killed ? 'killed by' : 'not killed by')} <span class="id">${o.purpose}</span> on ${o.node}: ${o.verdict}<span class="claim">${o.reason}</span></li>`,
  )
  return html`<tr><th scope="row"><code>${mutant.misbehaviour}</code><span class="claim">${mutant.summary}</span>${mutant.origin !== undefined && html`<span class="quiet">modelled on ${mutant.origin} (docs/holes.md)</span>`}</th>
<td data-label="Outcome">${verdictMark(mutant.killed ? 'pass' : 'error', mutant.killed ? 'killed' : 'survived')}</td>
<td data-label="Purposes">${outcomes.length === 0 ? html`<span class="quiet">no purpose names it</span>` : html`<ul class="lines">${outcomes}</ul>`}</td></tr>`
}
