import type { KnowledgeRecord } from '../model/runRecord.ts'
import { verdictMark } from './marks.ts'
import { html, type Markup, nothing } from './markup.ts'

/** Who could read each canary, where it stood in clear, and how hard it was looked for. */
export function renderKnowledge(knowledge: readonly KnowledgeRecord[]): Markup {
  if (knowledge.length === 0) return nothing
  const rows = knowledge.map(
    (k) => html`<tr><th scope="row"><code>${k.canary}</code></th>
<td data-label="Read by">${k.readers.length === 0 ? html`<span class="quiet">nobody seen</span>` : k.readers.join(', ')}</td>
<td data-label="In clear on">${renderClear(k)}</td>
<td data-label="Looked for as">${k.searched.length === 0 ? 'nothing' : k.searched.join(', ')}</td>
<td data-label="Could not be opened">${k.unreadable === 0 ? '0' : verdictMark('inconc', `${k.unreadable} pieces`)}</td></tr>`,
  )
  return html`<h4>Who could read what</h4>
<table class="knowledge"><thead><tr><th scope="col">Canary</th><th scope="col">Read by</th><th scope="col">In clear on</th><th scope="col">Looked for as</th><th scope="col">Could not be opened</th></tr></thead><tbody>${rows}</tbody></table>`
}

function renderClear(knowledge: KnowledgeRecord): Markup {
  if (knowledge.inClear.length === 0) {
    // Bytes nobody could open may hide it: then "no wire" would claim too much.
    return knowledge.unreadable === 0 ? html`no wire` : html`no wire, as far as could be read`
  }
  const places = knowledge.inClear.map(
    (p) => html`<li>${verdictMark('fail', p.wire)} frame ${p.frame}, ${p.encoding}</li>`,
  )
  return html`<ul class="lines">${places}</ul>`
}
