import { widestLanes } from './sequence.ts'

const tokens = `
:root {
  color-scheme: light dark;
  --page: #ffffff; --panel: #f5f6f8; --ink: #1b1f24; --soft: #57606b; --rule: #d8dde3; --accent: #1f5fa8;
  --pass: #17753f; --fail: #b42318; --inconc: #8a5a00; --error: #7a35a8; --none: #5f6973;
  --field: #f4f6f2; --infrastructure: #f0f4f9;
  --sans: system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171b; --panel: #1c2127; --ink: #e5e9ee; --soft: #9ba6b2; --rule: #323a43; --accent: #7db4f0;
    --pass: #57c785; --fail: #ff8379; --inconc: #e2b23f; --error: #c996f3; --none: #97a2ae;
    --field: #191e1b; --infrastructure: #181d25;
  }
}`

const base = `
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 var(--sans); overflow-wrap: anywhere; }
main { max-width: 1120px; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { display: flex; gap: .75rem; align-items: flex-start; font-size: clamp(1.35rem, 1rem + 1.6vw, 2rem); line-height: 1.25; letter-spacing: -.01em; margin: 0 0 1.25rem; text-wrap: balance; }
h1 svg { flex: none; margin-top: .1em; }
h1.pass svg { color: var(--pass); } h1.fail svg { color: var(--fail); } h1.inconc svg { color: var(--inconc); } h1.none svg { color: var(--none); }
h2 { font-size: 1.2rem; margin: 2.75rem 0 .9rem; padding-top: 1.1rem; border-top: 1px solid var(--rule); }
h3 { font-size: 1.02rem; margin: 1.6rem 0 .6rem; text-transform: none; display: flex; flex-wrap: wrap; gap: .25rem 1rem; align-items: baseline; }
h3::first-letter { text-transform: uppercase; }
h4 { font-size: .9rem; margin: 1.5rem 0 .45rem; }
p { margin: .4rem 0; max-width: 75ch; }
a { color: var(--accent); text-underline-offset: .15em; }
a:focus-visible, button:focus-visible, input:focus-visible, summary:focus-visible, .scroll:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
code, .id { font-family: var(--mono); font-size: .86em; }
td, th, dd, li, p, code, .title, .id { unicode-bidi: isolate; }
ul { margin: 0; padding: 0; list-style: none; }
button { font: inherit; font-size: .85rem; padding: .2rem .7rem; border: 1px solid var(--rule); border-radius: 5px; background: var(--page); color: var(--ink); cursor: pointer; }
button:hover { border-color: var(--accent); }
[hidden] { display: none !important; }
.symbols { position: absolute; }
.skip { position: absolute; left: -999rem; }
.skip:focus { left: 1rem; top: 1rem; background: var(--page); padding: .4rem .8rem; z-index: 2; }
.quiet { color: var(--soft); } .product { color: var(--soft); font-size: .9rem; margin: 0 0 .6rem; max-width: none; }
.lead { color: var(--soft); }
.mark { display: inline-flex; align-items: baseline; gap: .35rem; font-weight: 600; white-space: nowrap; font-size: .88rem; }
td .mark, summary .mark { white-space: normal; }
.mark svg { flex: none; align-self: start; margin-top: .18em; } .lock { vertical-align: -2px; }
.mark.pass, .lock.pass { color: var(--pass); } .mark.fail { color: var(--fail); } .mark.inconc { color: var(--inconc); } .mark.error { color: var(--error); } .mark.none { color: var(--none); }
.tag { border: 1px solid var(--rule); border-radius: 9px; padding: 0 .5rem; font-size: .78rem; color: var(--soft); white-space: nowrap; }`

const overview = `
.warnings { margin: 0 0 1.25rem; border-left: 4px solid var(--inconc); background: var(--panel); padding: .6rem 1rem; }
.counts { display: flex; flex-wrap: wrap; gap: .5rem 0; margin: 0 0 1.25rem; }
.counts li { min-width: 6.2rem; padding: .15rem 1.1rem .15rem 0; color: var(--soft); font-size: .88rem; line-height: 1.3; }
.counts b { display: block; font-size: 1.55rem; font-weight: 600; color: var(--ink); font-variant-numeric: tabular-nums; }
.counts .pass b { color: var(--pass); } .counts .fail b { color: var(--fail); } .counts .inconc b { color: var(--inconc); } .counts .error b { color: var(--error); }
.facts { display: flex; flex-wrap: wrap; gap: .5rem 1.75rem; margin: 0; font-size: .9rem; }
.facts dt { color: var(--soft); font-size: .8rem; } .facts dd { margin: 0; }
.attention li { display: grid; grid-template-columns: 5.5rem 1fr; padding: .55rem 0; border-bottom: 1px solid var(--rule); align-items: start; }
.attention p { margin: .1rem 0 0; color: var(--soft); font-size: .92rem; }
.attention .mark { padding-top: .1rem; }
.counts-line { display: inline-flex; flex-wrap: wrap; gap: .1rem .9rem; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .45rem .9rem .45rem 0; border-bottom: 1px solid var(--rule); font-weight: 400; }
thead th { color: var(--soft); font-size: .8rem; }
tbody th > .claim, tbody th > .quiet, li > .claim { display: block; font-size: .88rem; }
li > .claim, th > .claim { color: var(--soft); }
.breakdown tbody th a { color: inherit; } .breakdown tbody th::first-letter { text-transform: uppercase; }
.files li, .lines li { padding: .2rem 0; font-size: .92rem; }
.files .kind { display: inline-block; min-width: 5.5rem; color: var(--soft); } .files .path { color: var(--soft); margin-left: .5rem; }
.kills th:nth-child(1) { width: 36%; } .kills th:nth-child(2) { width: 7.5rem; }`

const network = `
.network { margin: 0 0 1rem; }
.scroll { overflow-x: auto; } .network .down { display: none; }
.network svg { display: block; max-width: none; }
.network .across svg { max-width: 100%; height: auto; min-width: 620px; } .network .across.long svg { max-width: none; }
figcaption { color: var(--soft); font-size: .85rem; margin-top: .4rem; }
.domain { stroke: none; } .domain.field { fill: var(--field); } .domain.infrastructure { fill: var(--infrastructure); }
.domain-name { fill: var(--soft); font: 12px var(--sans); }
.node { fill: var(--page); stroke: var(--soft); stroke-width: 1.3; } .node.flawed { stroke: var(--inconc); stroke-width: 2; stroke-dasharray: 5 3; }
.node-name { font: 600 14px var(--sans); fill: var(--ink); } .node-kind { font: 11px var(--sans); fill: var(--soft); } .node-flaw { font: 10px var(--sans); fill: var(--inconc); }
.link { stroke-width: 2; stroke: var(--none); fill: none; } .link.pass { stroke: var(--pass); } .link.fail { stroke: var(--fail); } .link.inconc { stroke: var(--inconc); }
.link.open { stroke-dasharray: 6 4; }
.badge circle { fill: var(--page); stroke: currentColor; stroke-width: 1.3; } .badge { color: var(--none); } .badge.pass { color: var(--pass); } .badge.fail { color: var(--fail); } .badge.inconc { color: var(--inconc); }
.link-text { font: 10.5px var(--mono); fill: var(--soft); } .link-text.pass { fill: var(--pass); } .link-text.fail { fill: var(--fail); } .link-text.inconc { fill: var(--inconc); }
details.links > summary { cursor: pointer; font-size: .9rem; color: var(--soft); padding: .2rem 0; }
.links code { font-size: .8em; }`

const purposes = `
#filter { display: grid; gap: .6rem; background: var(--panel); padding: .8rem 1rem; border-radius: 6px; }
#filter input[type=search] { font: inherit; width: 100%; padding: .4rem .6rem; border: 1px solid var(--rule); border-radius: 5px; background: var(--page); color: var(--ink); }
#filter fieldset { border: 0; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; align-items: center; }
#filter legend { float: left; padding: 0 1rem 0 0; color: var(--soft); font-size: .88rem; }
#filter label { display: inline-flex; gap: .4rem; align-items: center; cursor: pointer; }
#shown { color: var(--soft); font-size: .88rem; margin-left: .4rem; }
details.purpose { border-bottom: 1px solid var(--rule); }
details.purpose > summary { display: grid; grid-template-columns: 5.2rem auto 1fr auto auto; gap: 0 .9rem; align-items: baseline; padding: .5rem .25rem; cursor: pointer; list-style: none; }
details.purpose > summary::-webkit-details-marker { display: none; }
details.purpose > summary:hover { background: var(--panel); }
details.purpose[open] > summary { background: var(--panel); }
summary .took { color: var(--soft); font-size: .82rem; font-variant-numeric: tabular-nums; grid-column: 5; } summary .tag { grid-column: 4; }
.body { padding: .4rem 0 2rem 1.2rem; border-left: 2px solid var(--rule); margin-left: .6rem; }
.reason { border-left: 4px solid var(--none); padding: .35rem .9rem; background: var(--panel); max-width: none; }
.reason.pass { border-color: var(--pass); } .reason.fail { border-color: var(--fail); } .reason.inconc { border-color: var(--inconc); } .reason.error { border-color: var(--error); }
.mutant-note { border: 1px dashed var(--inconc); padding: .35rem .9rem; max-width: none; }
.about { margin: .9rem 0; display: grid; gap: .35rem; font-size: .92rem; }
.about div { display: grid; grid-template-columns: 9.5rem 1fr; } .about dt { color: var(--soft); } .about dd { margin: 0; max-width: 75ch; }
.properties, .knowledge, .kills, .links table { table-layout: fixed; }
.properties th:nth-child(1) { width: 8.5rem; } .properties th:nth-child(2) { width: 34%; } .properties th:nth-child(4) { width: 22%; } .properties .frames { font-size: .84rem; color: var(--soft); }
.links th:nth-child(1) { width: 22%; } .links th:nth-child(2) { width: 16%; } .links th:nth-child(3) { width: 15%; }
.command { display: flex; gap: .8rem; align-items: center; max-width: none; background: var(--panel); padding: .45rem .8rem; border-radius: 5px; } .command code { flex: 1; }`

const sequence = `
.sequence { margin: .6rem 0 0; padding: 0; list-style: none; --lanes: 20rem; }
${laneWidths('6.2rem', 30)}
.sequence > li { position: relative; padding-left: calc(var(--lanes) + 1rem); }
.sequence svg.lanes { position: absolute; left: 0; top: 0; width: var(--lanes); height: 100%; overflow: visible; }
.lane-names { display: grid; grid-template-columns: 1fr 1fr; gap: 0 1.25rem; height: 1.7rem; color: var(--soft); font-size: .8rem; }
.lane-names text { font: 600 12.5px var(--sans); fill: var(--ink); } .lane-names text.absent { fill: var(--soft); font-weight: 400; }
.row .text { padding: .45rem 0 .55rem; border-top: 1px solid var(--rule); font-size: .88rem; }
.row p.hop { margin: 0 0 .2rem; display: flex; flex-wrap: wrap; gap: 0 .8rem; max-width: none; } .rsc { margin-left: .2rem; }
.layers { display: grid; grid-template-columns: 1fr 1fr; gap: .2rem 1.25rem; font-size: .95em; }
.layers b { font-weight: 500; font-size: .92em; } .layers .seen { display: block; color: var(--soft); } .layers .layer { display: none; }
.row.protected .lock { color: var(--pass); } .row.plain .lock, .row.plain .wire b { color: var(--inconc); }
.lane { stroke: var(--rule); stroke-width: 1.5; } .lane.absent { stroke-dasharray: 2 5; }
.arrow line, .arrow path { stroke: var(--accent); stroke-width: 1.8; fill: none; } .arrow.plain line, .arrow.plain path { stroke: var(--inconc); }
.arrow.request path { fill: var(--accent); } .arrow.request.plain path { fill: var(--inconc); }
.arrow.response line, .arrow.unanswered line { stroke-dasharray: 5 4; } .arrow.unanswered line { stroke: var(--rule); } .arrow.unanswered path { display: none; }
.unanswered .text { color: var(--soft); }`

const narrow = `
@media (max-width: 760px) {
  main { padding: 1.25rem 1rem 3rem; }
  .counts { display: grid; grid-template-columns: repeat(4, 1fr); } .counts li { min-width: 0; padding-right: .3rem; }
  .network .across { display: none; } .network .down { display: block; }
  .attention li { grid-template-columns: 1fr; }
  thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
  table, tbody, tr, td, tbody th { display: block; width: auto !important; }
  tr { padding: .5rem 0; border-bottom: 1px solid var(--rule); }
  td, th { border: 0; padding: .1rem 0; }
  td[data-label]::before { content: attr(data-label) ": "; color: var(--soft); font-size: .85em; }
  details.purpose > summary { grid-template-columns: auto 1fr auto; } details.purpose > summary .title { grid-column: 1 / -1; grid-row: 2; }
  summary .took { grid-column: 3; } summary .tag { grid-row: 3; grid-column: 1 / -1; justify-self: start; }
  .body { padding-left: .7rem; margin-left: .1rem; }
  .about div { grid-template-columns: 1fr; }
  .command { flex-wrap: wrap; }
  ${laneWidths('1.7rem', 6)}
  .sequence > li { padding-left: calc(var(--lanes) + .4rem); }
  .lane-names { display: none; } .layers { grid-template-columns: 1fr; } .layers .layer { display: block; color: var(--soft); font-size: .85em; }
}
@media print { #filter, button, .skip { display: none !important; } body { font-size: 11px; } details.purpose { break-inside: avoid-page; } }`

function laneWidths(lane: string, mostRem: number): string {
  const widths = Array.from({ length: widestLanes - 1 }, (_, index) => index + 2)
  return widths
    .map((n) => `.lanes-${n} { --lanes: min(calc(${n} * ${lane}), ${mostRem}rem); }`)
    .join('\n')
}

/** The page's only style sheet. Colours and fonts are named once; dark and light follow the reader's system. */
export const style = [tokens, base, overview, network, purposes, sequence, narrow].join('\n')
