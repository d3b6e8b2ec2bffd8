import type { Artefact, PropertyRecord, PurposeRecord } from '../model/runRecord.ts'
import { relativeLink } from './escape.ts'
import { renderJourney } from './journey.ts'
import { renderKnowledge } from './knowledge.ts'
import { resultVerdicts, verdictMark } from './marks.ts'
import { html, type Markup, nothing } from './markup.ts'
import { durationText, framesText, purposeAnchor } from './words.ts'

/** What a rendering needs to know beside the record. */
export interface RenderOptions {
  /** Paths named by the record that do not exist: shown, but not linked. */
  readonly missing?: ReadonlySet<string>
}

/** One purpose, folded; everything it was judged by inside. */
export function renderPurpose(
  purpose: PurposeRecord,
  options: RenderOptions & { readonly open?: boolean; readonly network?: Markup },
): Markup {
  return html`<details class="purpose" id="${purposeAnchor(purpose)}" data-verdict="${purpose.verdict}"${options.open === true && html` open`}>
<summary>${verdictMark(purpose.verdict)}<span class="id">${purpose.id}</span><span class="title">${purpose.title}</span>${purpose.grade === 'conceptual' && html`<span class="tag">deviation</span>`}${purpose.mutants.length > 0 && html`<span class="tag">planted misbehaviour</span>`}<span class="took">${durationText(purpose.durationMs)}</span></summary>
<div class="body">
${renderMutants(purpose)}
<p class="reason ${purpose.verdict}"><b>Reason.</b> ${purpose.reason}</p>
${renderFacts(purpose)}
${renderVariants(purpose)}
${renderControls(purpose)}
${renderProperties(purpose.properties)}
${purpose.journeys.map(renderJourney)}
${renderKnowledge(purpose.knowledge)}
${options.network}
${renderEvidence(purpose.evidence, options)}
${renderReproduce(purpose.reproduce)}
</div></details>`
}

function renderMutants(purpose: PurposeRecord): Markup {
  if (purpose.mutants.length === 0) return nothing
  const list = purpose.mutants.map((m) => `${m.misbehaviour} on ${m.node}`).join(', ')
  return html`<p class="mutant-note"><b>Run with a planted misbehaviour:</b> ${list}. The purpose is right when it fails.</p>`
}

function renderFacts(purpose: PurposeRecord): Markup {
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Objective', purpose.objective],
    ['Requirement', purpose.requirement],
    ['Official description', purpose.cites],
    ['Asset', purpose.asset],
    ['Framework', purpose.framework],
    [
      'Grade',
      purpose.grade === 'strict'
        ? undefined
        : 'conceptual: the outcome is right, the code or alert is not the one the clause names',
    ],
    ['Tags', purpose.tags.length === 0 ? undefined : purpose.tags.join(', ')],
  ]
  const rows = facts
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)
  return html`<dl class="about">${rows}</dl>`
}

function renderVariants(purpose: PurposeRecord): Markup {
  if (purpose.variants.length === 0) return nothing
  const rows = purpose.variants.map(
    (v) => html`<li>${verdictMark(v.verdict)} <b>${v.name}</b> ${v.reason}</li>`,
  )
  return html`<h4>Variants</h4><ul class="lines">${rows}</ul>`
}

function renderControls(purpose: PurposeRecord): Markup {
  if (purpose.controls.length === 0) return nothing
  const rows = purpose.controls.map((control) => {
    const mark = verdictMark(
      control.clean ? 'pass' : 'inconc',
      control.clean ? 'clean' : 'not clean',
    )
    return html`<li>${mark} <b>${control.when} the fault</b> ${control.because}</li>`
  })
  return html`<h4>Controls</h4><ul class="lines">${rows}</ul>`
}

function renderProperties(properties: readonly PropertyRecord[]): Markup {
  if (properties.length === 0) return nothing
  const rows = properties.map(
    (p) => html`<tr><td data-label="Result">${verdictMark(resultVerdicts[p.result], p.result)}</td>
<th scope="row"><code>${p.name}</code><span class="claim">${p.claim}</span><span class="quiet">${p.requirement}</span></th>
<td data-label="Because">${p.because}</td><td data-label="Frames" class="frames">${framesText(p.frames) || '–'}</td></tr>`,
  )
  return html`<h4>Properties of the recording</h4>
<table class="properties"><thead><tr><th scope="col">Result</th><th scope="col">Property</th><th scope="col">Because</th><th scope="col">Frames</th></tr></thead><tbody>${rows}</tbody></table>`
}

function renderEvidence(evidence: readonly Artefact[], options: RenderOptions): Markup {
  if (evidence.length === 0) return html`<h4>Evidence</h4><p class="quiet">none was kept</p>`
  return html`<h4>Evidence</h4>${renderArtefacts(evidence, options)}`
}

/** Files of the run as links; a path that leaves the folder, or is missing, is shown as text. */
export function renderArtefacts(artefacts: readonly Artefact[], options: RenderOptions): Markup {
  const rows = artefacts.map((artefact) => {
    const link = relativeLink(artefact.path)
    const usable = link !== undefined && options.missing?.has(artefact.path) !== true
    const name = usable
      ? html`<a href="${link}">${artefact.title ?? artefact.path}</a>`
      : html`<span>${artefact.title ?? artefact.path} <em>(${link === undefined ? 'outside the folder of the run' : 'missing'})</em></span>`
    return html`<li><span class="kind">${artefact.kind}</span> ${name}${artefact.title !== undefined && html` <code class="path">${artefact.path}</code>`}</li>`
  })
  return html`<ul class="files">${rows}</ul>`
}

function renderReproduce(command: string): Markup {
  return html`<h4>Run it again</h4><p class="command"><code>${command}</code> <button type="button" class="copy" hidden>Copy</button></p>`
}
