import { protectionOf } from './describePlan.ts'
import { type Layout, layOut, type Place } from './layout.ts'
import type { Domain, Plan, PlannedLink, PlannedNode } from './plan.ts'

/** What a recording showed of a link; without it the picture shows what was planned. */
export type LinkState = 'protected' | 'plain' | 'mixed' | 'broken' | 'idle'

export interface PictureOptions {
  /** By wire. */
  readonly linkState?: Readonly<Record<string, LinkState>>
}

/** The network as one SVG document: field domain left, infrastructure domain right, arrows from registree to registrar. */
export function toSvg(plan: Plan, options: PictureOptions = {}): string {
  const layout = layOut(plan)
  // Many rows: one line per box, and the words move from the links into their tool tips.
  const size = layout.rows > 12 ? compact : roomy
  const places = new Map(layout.places.map((place) => [place.node.name, place]))
  const width = 2 * margin + layout.columns * boxWidth + (layout.columns - 1) * gap
  const height = header + margin + layout.rows * size.rowHeight
  const links = plan.links
    .filter((link) => link.registree.node !== link.registrar.node)
    .map((link) => drawLink(link, { places, size, state: options.linkState?.[link.wire] }))
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="system-ui, sans-serif" font-size="12">`,
    `<title>${escaped(`Network ${plan.name}: ${plan.nodes.length} nodes, ${plan.links.length} links`)}</title>`,
    arrowHeads,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...drawDomains(layout, width, height),
    ...links,
    ...layout.places.map((place) => drawNode(place, size)),
    '</svg>',
    '',
  ].join('\n')
}

const margin = 20
const header = 44
const boxWidth = 150
const gap = 130

interface Size {
  readonly rowHeight: number
  readonly boxHeight: number
  readonly hasLabels: boolean
}

const roomy: Size = { rowHeight: 92, boxHeight: 64, hasLabels: true }
const compact: Size = { rowHeight: 26, boxHeight: 20, hasLabels: false }

/**
 * One row per state: colour, dashes, and the word that says the same without colour. A plan proves nothing, so that what is
 * only planned does not look like what was seen.
 */
const looks: Readonly<
  Record<
    LinkState | 'planned',
    { readonly colour: string; readonly dash: string; readonly word: string }
  >
> = {
  planned: { colour: '#0969da', dash: '', word: 'planned' },
  protected: { colour: '#1a7f37', dash: '', word: 'protected' },
  plain: { colour: '#bc4c00', dash: '6 4', word: 'plain' },
  mixed: { colour: '#cf222e', dash: '10 3 2 3', word: 'mixed' },
  broken: { colour: '#cf222e', dash: '2 4', word: 'broken' },
  idle: { colour: '#6e7781', dash: '1 5', word: 'idle' },
}

const arrowHeads = [
  '<defs>',
  ...Object.entries(looks).map(
    ([state, { colour }]) =>
      `<marker id="to-${state}" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="5" markerHeight="5" orient="auto"><path d="M0 0L8 4L0 8z" fill="${colour}"/></marker>`,
  ),
  '</defs>',
].join('')

function drawDomains(layout: Layout, width: number, height: number): readonly string[] {
  const border = margin + layout.border * (boxWidth + gap) - gap / 2
  const hasField = layout.border > 0
  const field = hasField ? [heading(border / 2, 'field domain')] : []
  const start = hasField ? border : 0
  const infrastructure = [heading((start + width) / 2, 'infrastructure domain')]
  const line = `<line x1="${border}" y1="8" x2="${border}" y2="${height - 8}" stroke="#8c959f" stroke-dasharray="3 5"/>`
  return [...field, ...infrastructure, ...(hasField ? [line] : [])]
}

function heading(x: number, words: string): string {
  return text(x, 26, words, 'fill="#57606a" font-size="13" letter-spacing="0.5"')
}

function drawNode({ node, column, row }: Place, size: Size): string {
  const { x, y } = cornerOf(column, row, size)
  const lines = entityLines(node)
  const deviates = node.misbehaviours.length > 0
  const box = `<rect x="${x}" y="${y}" width="${boxWidth}" height="${size.boxHeight}" rx="6" fill="${deviates ? '#ffebe9' : '#f6f8fa'}" stroke="${deviates ? '#cf222e' : '#57606a'}"/>`
  const middle = x + boxWidth / 2
  const kind = node.kind.toUpperCase()
  const words = size.hasLabels
    ? [
        text(middle, y + 20, cut(`${node.name} · ${kind}`, 22), 'font-weight="600" fill="#1f2328"'),
        text(middle, y + 37, cut(lines.join(', '), 24), 'fill="#1f2328"'),
        text(middle, y + 53, node.address, 'fill="#57606a" font-size="11"'),
      ]
    : [text(middle, y + 14, cut(`${node.name} · ${kind}`, 22), 'fill="#1f2328"')]
  const tip = [`${node.name} (${node.kind})`, ...lines, node.address, ...node.misbehaviours]
  return `<g><title>${escaped(tip.join(', '))}</title>${box}${words.join('')}</g>`
}

interface LinkInputs {
  readonly places: ReadonlyMap<string, Place>
  readonly size: Size
  readonly state: LinkState | undefined
}

function drawLink(link: PlannedLink, { places, size, state }: LinkInputs): string {
  const from = places.get(link.registree.node)
  const to = places.get(link.registrar.node)
  if (from === undefined || to === undefined) return ''
  const shownState = state ?? (link.security === null ? 'plain' : 'planned')
  const { colour, dash, word } = looks[shownState]
  const start = sideOf(from, to, size)
  const end = sideOf(to, from, size)
  const dashes = dash === '' ? '' : ` stroke-dasharray="${dash}"`
  const line = `<line x1="${start.x}" y1="${start.y}" x2="${end.x}" y2="${end.y}" stroke="${colour}" stroke-width="2"${dashes} marker-end="url(#to-${shownState})"/>`
  const planned = protectionOf(link)
  const under = state === undefined ? planned : word
  const at = { x: (start.x + end.x) / 2, y: (start.y + end.y) / 2 }
  const labels = size.hasLabels
    ? [
        text(at.x, at.y - 7, link.referencePoint, 'fill="#1f2328"'),
        text(at.x, at.y + 16, under, `fill="${colour}" font-size="11"`),
      ]
    : []
  const tip = `${link.wire}: ${link.referencePoint}, planned ${planned}${state === undefined ? '' : `, seen ${word}`}`
  return `<g><title>${escaped(tip)}</title>${line}${labels.join('')}</g>`
}

/** Middle of the side of a box that looks towards another one. */
function sideOf(place: Place, towards: Place, size: Size): { x: number; y: number } {
  const { x, y } = cornerOf(place.column, place.row, size)
  return {
    x: towards.column >= place.column ? x + boxWidth : x,
    y: y + size.boxHeight / 2,
  }
}

function cornerOf(column: number, row: number, size: Size): { x: number; y: number } {
  return { x: margin + column * (boxWidth + gap), y: header + row * size.rowHeight }
}

function text(x: number, y: number, words: string, attributes: string): string {
  return `<text x="${x}" y="${y}" text-anchor="middle" paint-order="stroke" stroke="#ffffff" stroke-width="3" stroke-linejoin="round" ${attributes}>${escaped(words)}</text>`
}

function cut(words: string, length: number): string {
  return words.length > length ? `${words.slice(0, length - 1)}…` : words
}

function escaped(words: string): string {
  return words
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

/** The network as a Mermaid flow chart: the domains side by side, arrows from registree to registrar. */
export function toMermaid(plan: Plan): string {
  const ids = new Map(plan.nodes.map((node, index) => [node.name, `n${index}`]))
  const box = (node: PlannedNode): string => {
    const lines = [`${node.name} (${node.kind})`, ...entityLines(node)]
    return `    ${ids.get(node.name)}["${lines.join('<br/>')}"]`
  }
  const domain = (name: Domain): readonly string[] => {
    const nodes = plan.nodes.filter((node) => node.domain === name)
    if (nodes.length === 0) return []
    return [`  subgraph ${name} ["${name} domain"]`, ...nodes.map(box), '  end']
  }
  const arrows = plan.links
    .filter((link) => link.registree.node !== link.registrar.node)
    .map((link) => {
      const arrow = link.security === null ? '-.->' : '-->'
      const label = `${link.referencePoint}, ${protectionOf(link)}`
      return `  ${ids.get(link.registree.node)} ${arrow}|"${label}"| ${ids.get(link.registrar.node)}`
    })
  return ['flowchart LR', ...domain('field'), ...domain('infrastructure'), ...arrows, ''].join('\n')
}

/** Entities of a node as short lines: `CSE /cse1`, `AE1`. */
function entityLines(node: PlannedNode): readonly string[] {
  const cse = node.cse === undefined ? [] : [`CSE ${node.cse.cseId}`]
  return [...cse, ...node.aes.map((ae) => ae.name)]
}
