import { headlineOf } from '../headline.ts'
import type { PurposeRecord, RunRecord, Verdict } from '../model/runRecord.ts'
import { contentPolicy } from './contentPolicy.ts'
import { renderKillMatrix } from './killMatrix.ts'
import { symbols, verdictMark } from './marks.ts'
import { html, Markup, nothing } from './markup.ts'
import { renderNetwork } from './network.ts'
import {
  renderAttention,
  renderBreakdown,
  renderHead,
  shownOrder,
  verdictCounts,
} from './overview.ts'
import { type RenderOptions, renderArtefacts, renderPurpose } from './purpose.ts'
import { script } from './script.ts'
import { style } from './style.ts'
import { assetAnchor } from './words.ts'

/** The record as one self-contained HTML page: no network, no other file needed to read it. */
export function toHtml(record: RunRecord, options: RenderOptions = {}): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentPolicy(style, script)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${headlineOf(record)} onem2m-bench</title>
<style>${new Markup(style)}</style>
</head>
<body>
<a class="skip" href="#purposes">Skip to the purposes</a>
${symbols}
<main>
${renderHead(record)}
${renderAttention(record)}
${renderBreakdown(record)}
<section aria-labelledby="network"><h2 id="network">Network</h2>
${renderNetwork(record.topology)}</section>
${renderPurposes(record, options)}
${renderKillMatrix(record.mutants)}
${renderFiles(record, options)}
</main>
<script>${new Markup(script)}</script>
</body>
</html>
`.text
}

function renderPurposes(record: RunRecord, options: RenderOptions): Markup {
  const first = record.purposes.find((p) => p.verdict === 'fail' || p.verdict === 'error')
  const groups = Map.groupBy(record.purposes, (purpose) => purpose.asset)
  const shown = [...groups].map(([asset, purposes]) => {
    const items = purposes.map((purpose) =>
      renderPurpose(purpose, {
        ...options,
        open: purpose === first,
        network: ownNetwork(record, purpose),
      }),
    )
    return html`<section class="group" aria-labelledby="${assetAnchor(asset)}"><h3 id="${assetAnchor(asset)}">${asset} ${verdictCounts(purposes)}</h3>${items}</section>`
  })
  return html`<section aria-labelledby="purposes"><h2 id="purposes">Purposes</h2>
${record.purposes.length === 0 ? html`<p class="quiet">The record holds no purpose.</p>` : renderFilter(record)}
${shown}</section>`
}

/** The picture is drawn again only where the purpose saw something else than the first one. */
function ownNetwork(record: RunRecord, purpose: PurposeRecord): Markup {
  const { topology } = purpose
  if (topology === undefined || JSON.stringify(topology) === JSON.stringify(record.topology)) {
    return nothing
  }
  return html`<h4>Network of this purpose</h4>${renderNetwork(topology)}`
}

function renderFilter(record: RunRecord): Markup {
  const occurring = new Set<Verdict>(record.purposes.map((purpose) => purpose.verdict))
  const boxes = shownOrder
    .filter((verdict) => occurring.has(verdict))
    .map((v) => html`<label><input type="checkbox" value="${v}" checked> ${verdictMark(v)}</label>`)
  return html`<div id="filter" role="search" aria-label="Filter purposes" hidden><input id="filter-text" type="search" placeholder="Filter by id, words, node, code …" aria-label="Words to look for">
<fieldset><legend>Verdicts shown</legend>${boxes}</fieldset>
<div class="buttons"><button type="button" id="unfold-all">Unfold all</button> <button type="button" id="fold-all">Fold all</button> <span id="shown" role="status"></span></div></div>`
}

function renderFiles(record: RunRecord, options: RenderOptions): Markup {
  const own = [
    { kind: 'record', path: 'run.json', title: 'Run record' },
    { kind: 'junit', path: 'junit.xml', title: 'JUnit XML' },
  ]
  const named = new Set(['report.html', ...own.map((artefact) => artefact.path)])
  const others = record.artefacts.filter((artefact) => !named.has(artefact.path))
  return html`<section aria-labelledby="files"><h2 id="files">Files</h2>${renderArtefacts([...own, ...others], options)}</section>`
}
