import { contentPolicy } from '../html/contentPolicy.ts'
import { relativeLink } from '../html/escape.ts'
import { symbols } from '../html/marks.ts'
import { html, Markup } from '../html/markup.ts'
import { style as commonStyle } from '../html/style.ts'
import { durationText } from '../html/words.ts'
import type { LoadRecord } from './loadRecord.ts'
import { distributionPlot, latencyPlot, processorPlot, throughputPlot, titled } from './plots.ts'
import { loadStyle } from './style.ts'
import { renderNodes, renderOutcomes, renderPercentiles, renderProcesses } from './tables.ts'
import {
  bytesText,
  countText,
  errorsOf,
  type LoadVerdict,
  loadHeadline,
  loadVerdict,
  loadWarnings,
  rateText,
} from './words.ts'

const style = `${commonStyle}\n${loadStyle}`

/** The record of a load as one self-contained HTML page. */
export function toLoadHtml(record: LoadRecord): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentPolicy(style, '')}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${loadHeadline(record)} onem2m-bench</title>
<style>${new Markup(style)}</style>
</head>
<body>
${symbols}
<main>
${renderHead(record)}
${titled('throughput', 'Throughput', throughputPlot(record), 'Offered: requests that fell due. Answered: successful answers that came in that second, whenever they were due. Shaded parts are not measured.')}
${titled('latency', 'Latency over time', latencyPlot(record), 'Of the requests that fell due in that second, from when they were due: time in which they had to wait to be sent is part of it.')}
${titled('distribution', 'Distribution of latencies', distributionPlot(record), 'All requests of the measured part that were answered with success or timed out; those with the time that was waited.')}
${renderPercentiles(record.totals)}
${renderOutcomes(record.totals)}
${titled('processor', 'Processor', processorPlot(record), 'The processes that used most.')}
${renderProcesses(record)}
${renderNodes(record)}
${renderFiles(record)}
</main>
</body>
</html>
`.text
}

const symbolOf: Readonly<Record<LoadVerdict, string>> = {
  kept: 'pass',
  short: 'inconc',
  interrupted: 'inconc',
  nothing: 'none',
}

function renderHead(record: LoadRecord): Markup {
  const mark = symbolOf[loadVerdict(record)]
  const warnings = loadWarnings(record).map((warning) => html`<li>${warning}</li>`)
  return html`<header>
<p class="product">onem2m-bench · load report</p>
<h1 class="${mark}"><svg width="34" height="34" viewBox="0 0 16 16" aria-hidden="true"><use href="#v-${mark}"/></svg><span>${loadHeadline(record)}</span></h1>
${warnings.length > 0 && html`<ul class="warnings">${warnings}</ul>`}
${renderCounts(record)}
${renderFacts(record)}
</header>`
}

function renderCounts({ totals, load }: LoadRecord): Markup {
  const count = (name: string, text: string, isBad = false) =>
    html`<li class="${isBad && 'inconc'}"><b>${text}</b> <span>${name}</span></li>`
  const errors = errorsOf(totals)
  return html`<ul class="counts" aria-label="Summary">${count('devices', countText(load.devices))}${count('offered/s', rateText(totals.offeredPerS))}${count('answered/s', rateText(totals.answeredPerS))}${count('errors', countText(errors), errors > 0)}${count('shed', countText(totals.shed), totals.shed > 0)}${count('handshakes', countText(totals.handshakes.made))}</ul>`
}

function renderFacts(record: LoadRecord): Markup {
  const { load, topology, recording, totals } = record
  const what =
    load.operation === 'create'
      ? `create contentInstance of ${countText(load.payloadBytes)} octets`
      : `retrieve the latest contentInstance of ${countText(load.payloadBytes)} octets`
  const where = load.target === 'registrar' ? 'on the registrar' : 'on the IN-CSE, over the path'
  const association =
    load.reconnectEvery === undefined
      ? 'one for all requests'
      : `new after ${countText(load.reconnectEvery)} requests`
  return html`<dl class="facts">
${fact('Load', record.name)}
${fact('Each request', `${what} ${where}`)}
${fact('Asked for', `${rateText(load.ratePerS)}/s, ${load.arrival === 'poisson' ? 'at random (Poisson)' : 'at even distances'}`)}
${fact('Measured', `${totals.seconds.toFixed(0)} s, after ${load.rampS} s of ramp and ${load.warmUpS} s of warm-up`)}
${fact('Association', association)}
${fact('Network', `${topology.name}: ${countText(topology.nodes)} nodes, ${countText(topology.links)} links`)}
${fact('Runtime', record.runtime)}
${fact('Seed', String(record.seed))}
${fact('Started', record.startedAt.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC'))}
${fact('Took', durationText(record.durationMs))}
${fact('Recorded', `${bytesText(recording.wireBytes)} on ${countText(recording.connections)} connections`)}
${fact('Bench', `${record.bench.version} (${record.bench.commit.slice(0, 12)})`)}
</dl>`
}

function fact(name: string, value: string): Markup {
  return html`<div><dt>${name}</dt><dd>${value}</dd></div>`
}

function renderFiles({ recording }: LoadRecord): Markup {
  const files = [
    { kind: 'record', path: 'load.json', title: 'Record of the load' },
    { kind: 'capture', path: recording.path, title: `Every link, ${bytesText(recording.bytes)}` },
  ]
  const items = files.map(({ kind, path, title }) => {
    const link = relativeLink(path)
    const named = link === undefined ? html`${title}` : html`<a href="${link}">${title}</a>`
    return html`<li><span class="kind">${kind}</span> ${named} <span class="path">${path}</span></li>`
  })
  return html`<section aria-labelledby="files"><h2 id="files">Files</h2><ul class="files">${items}</ul></section>`
}
