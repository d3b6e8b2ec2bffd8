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
      // Labels hang below the line of the last row.
      y: 2 * margin + heading + (rows - 1) * stepAcross.row + box.y + 8,
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
  const border = margin + heading + fieldColumns * stepDown.column - 22
  return html`${drawDomain('field domain', { ...whole, height: border }, true)}${drawDomain('infrastructure domain', { ...whole, y: border, height: size.y - border }, true)}`
}

interface Area extends Point {
  readonly width: number
  readonly height: number
}

function drawDomain(name: string, area: Area, right = false): Markup {
  // Kept within a narrow page even when the picture is wider than it.
  const nameX = right ? area.x + Math.min(area.width, 350) - margin : area.x + margin
  const kind = name.startsWith('field') ? 'field' : 'infrastructure'
  return html`<rect class="domain ${kind}" x="${area.x}" y="${area.y}" width="${area.width}" height="${area.height}"/><text class="domain-name" x="${nameX}" y="${area.y + 17}" text-anchor="${right ? 'end' : 'start'}">${name}</text>`
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
  const { path, badge } = routeOf(link, direction)
  const isProtected = link.links.every((one) => one.seen === 'protected')
  const lock = html`<use href="#${isProtected ? 'locked' : 'unlocked'}" x="${badge.x - 8}" y="${badge.y - 8}" width="16" height="16"/>`
  const texts = labelOf(link).map((text, index) => {
    const place = labelPlace(badge, index, direction)
    return html`<text class="link-text ${index === 0 && tone}" x="${place.x}" y="${place.y}" text-anchor="${place.anchor}">${text}</text>`
  })
  return html`<g><path class="link ${tone} ${isProtected ? 'protected' : 'open'}" d="${path}"/><g class="badge ${tone}"><circle cx="${badge.x}" cy="${badge.y}" r="13"/>${lock}</g>${texts}</g>`
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

interface Route {
  readonly path: string
  readonly badge: Point
}

/** Straight out of the registree, then along a trunk beside the registrar: labels of siblings never meet. */
function routeOf(link: PlacedLink, direction: Direction): Route {
  const a = geometries[direction].corner(link.from)
  const b = geometries[direction].corner(link.to)
  const from = { x: a.x + box.x / 2, y: a.y + box.y / 2 }
  const to = { x: b.x + box.x / 2, y: b.y + box.y / 2 }
  if (direction === 'down') {
    const sign = from.y <= to.y ? 1 : -1
    const start = from.y + (sign * box.y) / 2
    const end = to.y - (sign * box.y) / 2
    const trunk = end - sign * trunkGap
    const path = `M${from.x} ${start}V${trunk}H${to.x}V${end}`
    return { path, badge: { x: from.x, y: (start + trunk) / 2 } }
  }
  const sign = from.x <= to.x ? 1 : -1
  const start = from.x + (sign * box.x) / 2
  const end = to.x - (sign * box.x) / 2
  const trunk = end - sign * trunkGap
  const path = `M${start} ${from.y}H${trunk}V${to.y}H${end}`
  return { path, badge: { x: (start + trunk) / 2, y: from.y } }
}

const trunkGap = 12

function labelPlace(
  badge: Point,
  index: number,
  direction: Direction,
): Point & { readonly anchor: 'middle' | 'start' } {
  if (direction === 'down') return { x: badge.x + 20, y: badge.y - 8 + index * 13, anchor: 'start' }
  const y = index === 0 ? badge.y - 19 : badge.y + 14 + index * 13
  return { x: badge.x, y, anchor: 'middle' }
}

function shorten(text: string, characters: number): string {
  const trimmed = text.trim()
  return trimmed.length > characters ? `${trimmed.slice(0, characters - 1)}…` : trimmed
}
