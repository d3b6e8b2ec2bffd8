import { headlineOf, headlineVerdict, warningsOf } from '../headline.ts'
import type { PurposeRecord, RunRecord, Verdict } from '../model/runRecord.ts'
import { summarise, verdictOrder } from '../model/summary.ts'
import { verdictMark } from './marks.ts'
import { html, type Markup, nothing } from './markup.ts'
import { assetAnchor, durationText, frameworkTitle, purposeAnchor } from './words.ts'

/** Headline, warnings, the facts of the run and the counts. */
export function renderHead(record: RunRecord): Markup {
  const verdict = headlineVerdict(record)
  const warnings = warningsOf(record).map((warning) => html`<li>${warning}</li>`)
  return html`<header>
<p class="product">onem2m-bench · security conformance report</p>
<h1 class="${verdict}"><svg width="34" height="34" viewBox="0 0 16 16" aria-hidden="true"><use href="#v-${verdict}"/></svg><span>${headlineOf(record)}</span></h1>
${warnings.length > 0 && html`<ul class="warnings">${warnings}</ul>`}
${renderCounts(record)}
<dl class="facts">
${fact('Judged', record.iut === null ? "the bench's own nodes" : iutText(record.iut))}
${fact('Network', record.topology.name)}
${fact('Runtime', record.runtime)}
${fact('Seed', String(record.seed))}
${fact('Started', record.startedAt.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC'))}
${fact('Took', durationText(record.durationMs))}
${fact('Bench', `${record.bench.version} (${record.bench.commit.slice(0, 12)})`)}
</dl>
</header>`
}

/** The purposes that did not pass, worst first, with the reason: what a reader looks for. */
export function renderAttention(record: RunRecord): Markup {
  const worst = record.purposes
    .filter((purpose) => purpose.verdict !== 'pass' && purpose.verdict !== 'none')
    .toSorted((a, b) => verdictOrder.indexOf(b.verdict) - verdictOrder.indexOf(a.verdict))
  if (worst.length === 0) return nothing
  const items = worst.slice(0, attentionLimit).map(
    (purpose) => html`<li>${verdictMark(purpose.verdict)}
<div><a href="#${purposeAnchor(purpose)}"><span class="id">${purpose.id}</span> ${purpose.title}</a>${purpose.mutants.length > 0 && html` <span class="tag">planted misbehaviour</span>`}
<p>${purpose.reason}</p></div></li>`,
  )
  const more = worst.length - items.length
  return html`<section aria-labelledby="attention"><h2 id="attention">Not passed</h2>
<ul class="attention">${items}</ul>
${more > 0 && html`<p class="quiet">and ${more} more below</p>`}</section>`
}

const attentionLimit = 12

/** Assets down, frameworks across, verdicts counted in each cell. */
export function renderBreakdown(record: RunRecord): Markup {
  if (record.purposes.length === 0) return nothing
  const assets = Map.groupBy(record.purposes, (purpose) => purpose.asset)
  const frameworks = [...new Set(record.purposes.map((purpose) => purpose.framework))].sort()
  const head = frameworks.map((name) => html`<th scope="col">${frameworkTitle(name)}</th>`)
  const rows = [...assets].map(([asset, purposes]) => {
    const cells = frameworks.map((framework) => {
      const here = purposes.filter((purpose) => purpose.framework === framework)
      return html`<td data-label="${frameworkTitle(framework)}">${verdictCounts(here)}</td>`
    })
    return html`<tr><th scope="row"><a href="#${assetAnchor(asset)}">${asset}</a></th>${cells}<td data-label="all">${verdictCounts(purposes)}</td></tr>`
  })
  return html`<section aria-labelledby="by-asset"><h2 id="by-asset">By asset and framework</h2>
<table class="breakdown"><thead><tr><th scope="col">Asset</th>${head}<th scope="col">all</th></tr></thead>
<tbody>${rows}</tbody></table></section>`
}

/** One mark and number per verdict that occurs. */
export function verdictCounts(purposes: readonly PurposeRecord[]): Markup {
  const summary = summarise(purposes)
  const marks = shownOrder
    .filter((verdict) => summary[verdict] > 0)
    .map((verdict) => verdictMark(verdict, `${summary[verdict]} ${verdict}`))
  return marks.length === 0
    ? html`<span class="quiet">–</span>`
    : html`<span class="counts-line">${marks}</span>`
}

export const shownOrder: readonly Verdict[] = ['fail', 'error', 'inconc', 'pass', 'none']

function renderCounts(record: RunRecord): Markup {
  const summary = summarise(record.purposes, record.summary.selected)
  const plain = (label: string, value: number): Markup =>
    html`<li><b>${value}</b> <span>${label}</span></li>`
  const verdicts = (['pass', 'fail', 'inconc', 'error'] as const).map(
    (verdict) =>
      html`<li class="${summary[verdict] > 0 && verdict}"><b>${summary[verdict]}</b> ${summary[verdict] > 0 ? verdictMark(verdict) : html`<span>${verdict}</span>`}</li>`,
  )
  return html`<ul class="counts" aria-label="Summary">${plain('selected', summary.selected)}${plain('executed', summary.executed)}${verdicts}${plain('deviations', summary.deviations)}${plain('not selected', summary.none)}</ul>`
}

function iutText(iut: NonNullable<RunRecord['iut']>): string {
  return `${iut.name} ${iut.version} as ${iut.role}, ICS ${iut.ics}, at ${iut.address}`
}

function fact(name: string, value: string): Markup {
  return html`<div><dt>${name}</dt><dd>${value}</dd></div>`
}
