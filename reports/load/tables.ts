import { html, type Markup, nothing } from '../html/markup.ts'
import type { LoadRecord, LoadTotals, NodeLoad, Percentiles, ProcessLoad } from './loadRecord.ts'
import { bytesText, countText, msText, processName, shareText } from './words.ts'

export function renderPercentiles({ latencyMs, lagMs }: LoadTotals): Markup {
  if (latencyMs === null) return nothing
  const columns = ['p50', 'p90', 'p99', 'p99.9', 'slowest']
  const cells = (values: Percentiles) =>
    [values.p50, values.p90, values.p99, values.p999, values.most].map(
      (ms, index) => html`<td data-label="${columns[index]}">${msText(ms)}</td>`,
    )
  const head = columns.map((name) => html`<th scope="col">${name}</th>`)
  return html`<table class="numbers"><thead><tr><th scope="col">Time</th>${head}</tr></thead><tbody>
<tr><th scope="row">from due to answered</th>${cells(latencyMs)}</tr>
${lagMs !== null && html`<tr><th scope="row">from due to sent: the bench's own part</th>${cells(lagMs)}</tr>`}
</tbody></table>`
}

/** What became of everything that was offered. */
export function renderOutcomes(totals: LoadTotals): Markup {
  const { offered, answered, refused, failed, unfinished, shed } = totals
  const detail = (counts: Readonly<Record<string, number>>, wanted: (name: string) => boolean) =>
    Object.entries(counts)
      .filter(([name]) => wanted(name))
      .map(([name, count]) => `${name} × ${countText(count)}`)
      .join(', ')
  const success = (rsc: string) => rsc.startsWith('2')
  const rows: readonly (readonly [string, number, string])[] = [
    ['answered with success', answered, detail(totals.responses, success)],
    ['answered with another status code', refused, detail(totals.responses, (n) => !success(n))],
    ['without an answer', failed, detail(totals.failures, () => true)],
    ['still waiting when the load ended', unfinished, ''],
    ['shed: never sent', shed, ''],
  ]
  const cells = rows.map(
    ([name, count, by]) =>
      html`<tr><th scope="row">${name}</th><td data-label="requests">${countText(count)}</td><td data-label="by">${by}</td></tr>`,
  )
  return html`<section aria-labelledby="outcomes"><h2 id="outcomes">Outcomes of ${countText(offered)} requests</h2>
<table class="numbers"><thead><tr><th scope="col">Outcome</th><th scope="col">Requests</th><th scope="col">By status code or cause</th></tr></thead><tbody>${cells}</tbody></table></section>`
}

const mostProcesses = 200

export function renderProcesses({ processes }: LoadRecord): Markup {
  const rows = processes
    .toSorted((a, b) => b.cpuShare - a.cpuShare)
    .slice(0, mostProcesses)
    .map(
      (process) =>
        html`<tr><th scope="row">${processName(process.nodes, process.holdsBench)}</th><td data-label="processor">${shareText(process.cpuShare)}</td><td data-label="busy">${shareText(process.busyShare)}</td><td data-label="memory">${bytesText(process.rssMaxBytes)}</td><td data-label="late by">${msText(process.delayMostMs)}</td></tr>`,
    )
  const more = processes.length - rows.length
  return html`<table class="numbers"><thead><tr><th scope="col">Process</th><th scope="col">Of one processor</th><th scope="col">Event loop busy</th><th scope="col">Memory</th><th scope="col">Event loop late by</th></tr></thead><tbody>${rows}</tbody></table>
${more > 0 && html`<p class="quiet">and ${more} more that used less</p>`}`
}

const mostOpen = 12

/** Every node; many devices are folded behind their sum. */
export function renderNodes({ nodes, processes }: LoadRecord): Markup {
  const devices = nodes.filter(({ sent }) => sent > 0)
  const others = nodes.filter(({ sent }) => sent === 0)
  const row = (node: NodeLoad) => nodeRow(node, node.name, processOf(node, processes))
  const isLong = devices.length > mostOpen
  const sum = isLong
    ? [nodeRow(sumOf(devices), `${countText(devices.length)} devices`, sumCell)]
    : []
  const shown = isLong ? sum : devices.map(row)
  return html`<section aria-labelledby="nodes"><h2 id="nodes">Nodes</h2>
<p class="quiet">From the ramp to the last answer, as the nodes said.</p>
${nodeTable([...others.map(row), ...shown])}
${isLong && html`<details class="fold"><summary>Each of the ${countText(devices.length)} devices</summary>${nodeTable(devices.map(row))}</details>`}</section>`
}

function nodeTable(rows: readonly Markup[]): Markup {
  const columns = [
    'Node',
    'Sent',
    'Taken in',
    'Passed on',
    'Errors',
    'Handshakes',
    'Processor',
    'Memory',
  ]
  const head = columns.map((name) => html`<th scope="col">${name}</th>`)
  return html`<table class="numbers"><thead><tr>${head}</tr></thead><tbody>${rows}</tbody></table>`
}

interface ProcessCells {
  readonly processor: string
  readonly memory: string
}

const sumCell: ProcessCells = { processor: '–', memory: '–' }

/** A process that others share says nothing about one of its nodes. */
function processOf(node: NodeLoad, processes: readonly ProcessLoad[]): ProcessCells {
  const process = node.process === undefined ? undefined : processes[node.process]
  if (process === undefined) return { processor: 'not told', memory: 'not told' }
  if (process.holdsBench || process.nodes.length > 1)
    return { processor: 'shared', memory: 'shared' }
  return { processor: shareText(process.cpuShare), memory: bytesText(process.rssMaxBytes) }
}

function nodeRow(node: NodeLoad, name: string, { processor, memory }: ProcessCells): Markup {
  const { asClient, asServer, failed } = node.handshakes
  const handshakes = [
    asClient > 0 && `${countText(asClient)} made`,
    asServer > 0 && `${countText(asServer)} accepted`,
    failed > 0 && `${countText(failed)} failed`,
  ].filter((part) => part !== false)
  return html`<tr><th scope="row">${name} <span class="quiet">${node.kind}</span></th><td data-label="sent">${countText(node.sent)}</td><td data-label="taken in">${countText(node.received)}</td><td data-label="passed on">${countText(node.forwarded)}</td><td data-label="errors">${countText(node.errors)}</td><td data-label="handshakes">${handshakes.join(', ') || '0'}</td><td data-label="processor">${processor}</td><td data-label="memory">${memory}</td></tr>`
}

function sumOf(nodes: readonly NodeLoad[]): NodeLoad {
  const sum = (of: (node: NodeLoad) => number) => nodes.reduce((all, node) => all + of(node), 0)
  return {
    name: '',
    kind: 'together',
    sent: sum(({ sent }) => sent),
    received: sum(({ received }) => received),
    forwarded: sum(({ forwarded }) => forwarded),
    errors: sum(({ errors }) => errors),
    handshakes: {
      asClient: sum(({ handshakes }) => handshakes.asClient),
      asServer: sum(({ handshakes }) => handshakes.asServer),
      failed: sum(({ handshakes }) => handshakes.failed),
    },
  }
}
