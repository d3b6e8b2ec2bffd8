import type { RecordedLink, RecordedTopology } from '../model/runRecord.ts'
import { linkVerdict, lockMark, verdictMark } from './marks.ts'
import { html, type Markup, nothing } from './markup.ts'
import { drawNetwork } from './networkDrawing.ts'
import { layOut } from './networkLayout.ts'

/** The network as a picture (two of them: across for wide pages, down for narrow ones) and as a table. */
export function renderNetwork(topology: RecordedTopology): Markup {
  if (topology.nodes.length === 0) return html`<p class="quiet">The record holds no network.</p>`
  const layout = layOut(topology)
  return html`<figure class="network">
<div class="scroll across${layout.columns > 5 && ' long'}" tabindex="0" role="group" aria-label="Picture of the network">${drawNetwork(layout, 'across')}</div><div class="scroll down" tabindex="0" role="group" aria-label="Picture of the network">${drawNetwork(layout, 'down')}</div>
<figcaption>${topology.name}: ${topology.nodes.length} nodes, ${topology.links.length} links, as the recordings showed them.</figcaption></figure>
${renderLinks(topology.links)}`
}

function renderLinks(links: readonly RecordedLink[]): Markup {
  if (links.length === 0) return nothing
  const rows = links.slice(0, linkLimit).map(
    (
      link,
    ) => html`<tr><th scope="row">${link.from} → ${link.to}<span class="quiet">${link.referencePoint}, wire ${link.wire}</span></th>
<td data-label="Planned">${link.planned === 'none' ? 'plain on purpose' : link.planned}</td>
<td data-label="Seen">${lockMark(link.seen === 'protected')} ${verdictMark(linkVerdict(link), link.seen)}</td>
<td data-label="Version and suite">${link.version ?? '–'} <code>${link.suite ?? ''}</code></td>
<td data-label="Identities">${link.identities.length === 0 ? '–' : html`<code>${link.identities.join(', ')}</code>`}</td></tr>`,
  )
  const more = links.length - rows.length
  return html`<details class="links"${links.length <= 12 && html` open`}><summary>Links</summary>
<table><thead><tr><th scope="col">Link</th><th scope="col">Planned</th><th scope="col">Seen</th><th scope="col">Version and suite</th><th scope="col">Identities</th></tr></thead><tbody>${rows}</tbody></table>
${more > 0 && html`<p class="quiet">and ${more} more in the run record</p>`}</details>`
}

const linkLimit = 500
