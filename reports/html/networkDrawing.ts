import { linkVerdict } from './marks.ts'
import { html, type Markup } from './markup.ts'
import type { Layout, PlacedLink, PlacedNode } from './networkLayout.ts'

/** `across`: field left, infrastructure right. `down`: field on top, for narrow pages. */
export type Direction = 'across' | 'down'

/** The network as one SVG; every text in it is also in the table of links. */
export function drawNetwork(layout: Layout, direction: Direction): Markup {
  const at = geometries[direction]
  const size = at.size(layout)
  const label = `Network of ${layout.nodes.length} boxes; the table of links says the same in words.`
  return html`<svg viewBox="0 0 ${size.x} ${size.y}" width="${size.x}" height="${size.y}" role="img" aria-label="${label}">
${drawDomains(layout, direction)}
${layout.links.map((link) => drawLink(link, direction))}
${layout.nodes.map((node) => drawNode(node, direction))}
</svg>`
}

interface Point {
  readonly x: number
  readonly y: number
}

interface Geometry {
  /** Top left corner of a box. */
  corner(node: Pick<PlacedNode, 'column' | 'row'>): Point
  size(layout: Layout): Point
}

const box = { x: 108, y: 58 }
const margin = 14
const heading = 26
const stepAcross = { column: 252, row: 88 }
const stepDown = { column: 144, row: 172 }

const geometries: Readonly<Record<Direction, Geometry>> = {
  across: {
    corner: ({ column, row }) => ({
      x: margin + column * stepAcross.column,
      y: margin + heading + row * stepAcross.row,
    }),
    size: ({ columns, rows }) => ({
      x: 2 * margin + (columns - 1) * stepAcross.column + box.x,
      y: 2 * margin + heading + (rows - 1) * stepAcross.row + box.y,
    }),
  },
  down: {
    corner: ({ column, row }) => ({
      x: margin + row * stepDown.row,
      y: margin + heading + column * stepDown.column,
    }),
    size: ({ columns, rows }) => ({
      x: 2 * margin + (rows - 1) * stepDown.row + box.x + 160,
      y: 2 * margin + heading + (columns - 1) * stepDown.column + box.y,
    }),
  },
}

function drawDomains(layout: Layout, direction: Direction): Markup {
  const size = geometries[direction].size(layout)
  const { fieldColumns, columns } = layout
  const step = stepAcross.column
  const whole = { x: 0, y: 0, width: size.x, height: size.y }
  if (fieldColumns === 0) return drawDomain('infrastructure domain', whole)
  if (fieldColumns === columns) return drawDomain('field domain', whole)
  if (direction === 'across') {
    const border = margin + fieldColumns * step - (step - box.x) / 2
    return html`${drawDomain('field domain', { ...whole, width: border })}${drawDomain('infrastructure domain', { ...whole, x: border, width: size.x - border })}`
  }
  const border = margin + heading + fieldColumns * stepDown.column - 34
  return html`${drawDomain('field domain', { ...whole, height: border })}${drawDomain('infrastructure domain', { ...whole, y: border, height: size.y - border })}`
}

interface Area extends Point {
  readonly width: number
  readonly height: number
}

function drawDomain(name: string, area: Area): Markup {
  const kind = name.startsWith('field') ? 'field' : 'infrastructure'
  return html`<rect class="domain ${kind}" x="${area.x}" y="${area.y}" width="${area.width}" height="${area.height}"/><text class="domain-name" x="${area.x + margin}" y="${area.y + 20}">${name}</text>`
}

function drawNode(node: PlacedNode, direction: Direction): Markup {
  const { x, y } = geometries[direction].corner(node)
  const [first] = node.nodes
  const misbehaviours = node.nodes.flatMap((one) => one.misbehaviours)
  const kind = first?.kind.toUpperCase() ?? ''
  const entities = node.nodes.length > 1 ? '' : (first?.entities.join(' ') ?? '')
  const lines: readonly (readonly [string, string])[] = [
    ['node-name', shorten(node.name, 14)],
    ['node-kind', shorten(`${kind} ${entities}`, 18)],
  ]
  const flaw =
    misbehaviours.length === 0
      ? []
      : ([['node-flaw', shorten(`! ${misbehaviours.join(' ')}`, 18)]] as const)
  const texts = [...lines, ...flaw].map(
    ([style, text], index, all) =>
      html`<text class="${style}" x="${x + box.x / 2}" y="${y + box.y / 2 + 5 + (index - (all.length - 1) / 2) * 16}" text-anchor="middle">${text}</text>`,
  )
  const full = `${node.nodes.map((n) => n.name).join(', ')} ${misbehaviours.join(', ')}`
  return html`<g><title>${full}</title><rect class="${misbehaviours.length > 0 ? 'node flawed' : 'node'}" x="${x}" y="${y}" width="${box.x}" height="${box.y}" rx="6"/>${texts}</g>`
}

function drawLink(link: PlacedLink, direction: Direction): Markup {
  const verdicts = link.links.map(linkVerdict)
  const tone =
    (['fail', 'inconc', 'pass', 'none'] as const).find((v) => verdicts.includes(v)) ?? 'none'
  const [start, end] = ends(link, direction)
  const middle = { x: (start.x + end.x) / 2, y: (start.y + end.y) / 2 }
  const label = labelOf(link)
  const isProtected = link.links.every((one) => one.seen === 'protected')
  const line = html`<line class="link ${tone} ${isProtected ? 'protected' : 'open'}" x1="${start.x}" y1="${start.y}" x2="${end.x}" y2="${end.y}"/>`
  const lock = html`<use href="#${isProtected ? 'locked' : 'unlocked'}" x="${middle.x - 8}" y="${middle.y - 8}" width="16" height="16"/>`
  const badge = html`<g class="badge ${tone}"><circle cx="${middle.x}" cy="${middle.y}" r="13"/>${lock}</g>`
  const texts = label.map((text, index) => {
    const place = labelPlace(middle, index, direction)
    return html`<text class="link-text ${index === 0 && tone}" x="${place.x}" y="${place.y}" text-anchor="${place.anchor}">${text}</text>`
  })
  return html`<g>${line}${badge}${texts}</g>`
}

/** State and version, then the suite in up to two lines. */
function labelOf(link: PlacedLink): readonly string[] {
  const states = [...new Set(link.links.map((one) => one.seen))]
  if (link.links.length > 1) {
    return states.map((seen) => `${link.links.filter((one) => one.seen === seen).length} ${seen}`)
  }
  const [only] = link.links
  if (only === undefined) return []
  const first = only.version === undefined ? only.seen : `${only.seen}, ${only.version}`
  return [first, ...suiteLines(only.suite)]
}

function suiteLines(suite: string | undefined): readonly string[] {
  if (suite === undefined) return []
  const cut = suite.indexOf('_WITH_')
  if (cut < 0) return [shorten(suite, 22)]
  return [shorten(suite.slice(0, cut + 6), 22), shorten(suite.slice(cut + 6), 22)]
}

function ends(link: PlacedLink, direction: Direction): readonly [Point, Point] {
  const a = geometries[direction].corner(link.from)
  const b = geometries[direction].corner(link.to)
  const half = { x: box.x / 2, y: box.y / 2 }
  if (direction === 'down') {
    const upper = a.y < b.y
    return [
      { x: a.x + half.x, y: a.y + (upper ? box.y : 0) },
      { x: b.x + half.x, y: b.y + (upper ? 0 : box.y) },
    ]
  }
  const left = a.x < b.x
  return [
    { x: a.x + (left ? box.x : 0), y: a.y + half.y },
    { x: b.x + (left ? 0 : box.x), y: b.y + half.y },
  ]
}

function labelPlace(
  middle: Point,
  index: number,
  direction: Direction,
): Point & { readonly anchor: 'middle' | 'start' } {
  if (direction === 'down')
    return { x: middle.x + 20, y: middle.y - 8 + index * 13, anchor: 'start' }
  const y = index === 0 ? middle.y - 19 : middle.y + 14 + index * 13
  return { x: middle.x, y, anchor: 'middle' }
}

function shorten(text: string, characters: number): string {
  const trimmed = text.trim()
  return trimmed.length > characters ? `${trimmed.slice(0, characters - 1)}…` : trimmed
}
