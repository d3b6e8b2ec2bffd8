/** What the load page needs beyond the style of all reports. Lines differ in dashes as well as in colour. */
export const loadStyle = `
:root { --line-a: #1f5fa8; --line-b: #17753f; --line-c: #a85b00; --line-d: #7a35a8; }
@media (prefers-color-scheme: dark) { :root { --line-a: #7db4f0; --line-b: #57c785; --line-c: #e2a65a; --line-d: #c996f3; } }
.plot { margin: 0 0 .5rem; } .plot .scroll > svg { display: block; width: 100%; min-width: 560px; height: auto; }
.grid { stroke: var(--rule); stroke-width: 1; fill: none; } .axis { stroke: var(--soft); fill: none; }
.tick { font: 11.5px var(--sans); fill: var(--soft); } .axis-title { font: 11.5px var(--sans); fill: var(--soft); }
.shaded { fill: var(--panel); }
.series { fill: none; stroke-width: 1.8; stroke-linejoin: round; stroke-linecap: round; }
.series.a { stroke: var(--line-a); } .series.b { stroke: var(--line-b); stroke-dasharray: 7 4; }
.series.c { stroke: var(--line-c); stroke-dasharray: 2 4; } .series.d { stroke: var(--line-d); stroke-dasharray: 10 3 2 3; }
.bar { fill: var(--line-a); } .percentile { stroke: var(--line-c); stroke-dasharray: 3 3; fill: none; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.4rem; } .legend svg { vertical-align: middle; }
.numbers td { font-variant-numeric: tabular-nums; }
.fold summary { cursor: pointer; font-size: .9rem; color: var(--soft); padding: .5rem 0; }`
