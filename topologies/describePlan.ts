import { expectedPath } from './path.ts'
import type { Plan, PlannedLink, PlannedNode } from './plan.ts'

/** The plan as text for people: nodes in start order, links, credentials. Key material is not part of a plan. */
export function describePlan(plan: Plan): string {
  const nodes = plan.nodes.map((node) => [
    node.name,
    node.kind,
    node.domain,
    node.address,
    entitiesOf(node),
    remarksOf(node),
  ])
  const links = plan.links.map((link) => [
    link.wire,
    link.referencePoint,
    protectionOf(link),
    `${endOf(link.toRegistrar.listen)} -> ${endOf(link.toRegistrar.target)}`,
    link.toRegistree
      .map((way) => `back to ${way.entity} ${endOf(way.listen)} -> ${endOf(way.target)}`)
      .join(', '),
    impairmentOf(link),
  ])
  const credentials = plan.credentials.map((credential) => [
    credential.id,
    credential.wire,
    `${credential.entityA} with ${credential.entityB}`,
  ])
  return [
    `network ${plan.name}, service provider //${plan.spId}, seed ${plan.seed}`,
    ...(plan.description === undefined ? [] : [plan.description]),
    ...section(
      'parameters',
      Object.entries(plan.parameters).map(([name, value]) => [name, String(value)]),
    ),
    ...section(`nodes (${nodes.length}), in start order`, nodes),
    ...section(
      'start order',
      plan.levels.map((level, index) => [`${index + 1}.`, level.join(' ')]),
    ),
    ...section(`links (${links.length})`, links),
    ...section(`credentials (${credentials.length})`, credentials),
    ...section('paths between AEs', pathsBetweenAes(plan)),
    '',
  ].join('\n')
}

/** From the first AE to others, as far as people will read. */
function pathsBetweenAes(plan: Plan): readonly (readonly string[])[] {
  const [first, ...others] = plan.links.flatMap(({ referencePoint, registree }) =>
    referencePoint === 'Mca' ? registree.entities : [],
  )
  if (first === undefined) return []
  return others
    .slice(0, mostPaths)
    .map((other) => [`${first} to ${other}`, expectedPath(plan, first, other).join(' -> ')])
}

const mostPaths = 10

/** What protects a link, e.g. `SAEF/PSK over TLS`; `none` = plain on purpose. */
export function protectionOf(link: Pick<PlannedLink, 'security' | 'transport'>): string {
  if (link.security === null) return 'none'
  const name = link.security.saef.toUpperCase()
  return `SAEF/${name} over ${link.transport === 'tcp' ? 'TLS' : 'DTLS'}`
}

function entitiesOf(node: PlannedNode): string {
  const cse = node.cse === undefined ? [] : [`CSE ${node.cse.cseId} port ${node.cse.port}`]
  const aes = node.aes.map((ae) => `AE ${ae.name} (${ae.aeIdStem}, ${ae.appId})`)
  return [...cse, ...aes].join(', ')
}

function remarksOf(node: PlannedNode): string {
  const waits = node.autoRegister ? [] : ['waits to be registered']
  const deviates =
    node.misbehaviours.length === 0 ? [] : [`misbehaves: ${node.misbehaviours.join(', ')}`]
  return [...waits, ...deviates].join('; ')
}

function impairmentOf(link: PlannedLink): string {
  return Object.entries(link.impairment ?? {})
    .map(([name, value]) => `${name} ${value}`)
    .join(' ')
}

function endOf(end: { readonly address: string; readonly port: number }): string {
  return `${end.address}:${end.port}`
}

/** A heading and its rows in aligned columns; nothing when there are no rows. */
function section(heading: string, rows: readonly (readonly string[])[]): readonly string[] {
  if (rows.length === 0) return []
  const columns = Math.max(...rows.map((row) => row.length))
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  )
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  return ['', heading, ...lines.map((line) => `  ${line}`)]
}
