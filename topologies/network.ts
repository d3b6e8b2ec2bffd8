import type { ExpandedNode, Expansion } from './expand.ts'
import type { Domain, NodeKind, NodeProgram, PlannedAppRule } from './plan.ts'
import type { FieldPath } from './problem.ts'
import type {
  AeEntry,
  Binding,
  ImpairmentEntry,
  LinkEntry,
  SecurityEntry,
  TopologyFile,
} from './topology.ts'

/** The network a file describes, all defaults filled in, before addresses are given out. */
export interface Network {
  readonly name: string
  readonly description?: string
  readonly spId: string
  readonly nodes: readonly NetworkNode[]
  readonly links: readonly NetworkLink[]
}

export interface NetworkNode {
  readonly name: string
  readonly kind: NodeKind
  readonly domain: Domain
  /** Entry of the file that made it. */
  readonly path: FieldPath
  readonly registrar?: string
  readonly cse?: NetworkCse
  readonly aes: readonly NetworkAe[]
  readonly misbehaviours: readonly string[]
  readonly program?: NodeProgram
  readonly autoRegister: boolean
  /** Fixed in the file. */
  readonly address?: string
  readonly port?: number
}

export interface NetworkCse {
  readonly cseId: string
  readonly name: string
  readonly adminOriginator?: string
  readonly appRules: 'generated' | 'none' | readonly PlannedAppRule[]
}

export interface NetworkAe {
  readonly name: string
  readonly appId: string
  readonly stem: string
  readonly resourceName: string
  readonly reachable: boolean
  readonly path: FieldPath
}

export interface NetworkLink {
  readonly wire: string
  readonly referencePoint: 'Mca' | 'Mcc'
  readonly registree: string
  readonly registrar: string
  readonly security: SecurityEntry
  readonly binding: Binding
  /** KpsaID chosen in the file. */
  readonly credentialId?: string
  readonly impair?: ImpairmentEntry
  /** Where the file speaks of it: its entry under `links`, else the registree's registrar. */
  readonly path: FieldPath
}

/** What differs from one kind of node to the next. */
export interface KindRules {
  readonly domain: Domain
  readonly hasCse: boolean
  /** AEs by default, and the least allowed. */
  readonly defaultAes: 0 | 1
  readonly leastAes: 0 | 1
  /** Kinds it may register with (TS-0001 6.4); empty = it has no registrar. */
  readonly registrars: readonly NodeKind[]
}

export const kinds: Readonly<Record<NodeKind, KindRules>> = {
  adn: row('field', false, 1, 1, ['mn', 'in']),
  asn: row('field', true, 1, 1, ['mn', 'in']),
  mn: row('field', true, 0, 0, ['mn', 'in']),
  in: row('infrastructure', true, 0, 0, []),
  'in-ae': row('infrastructure', false, 1, 1, ['in']),
}

function row(
  domain: Domain,
  hasCse: boolean,
  defaultAes: 0 | 1,
  leastAes: 0 | 1,
  registrars: readonly NodeKind[],
): KindRules {
  return { domain, hasCse, defaultAes, leastAes, registrars }
}

export const defaultServiceProvider = 'sp.example'
export const defaultSecurity: SecurityEntry = { saef: 'psk' }

/** Fills in every default; checks nothing. */
export function networkOf(file: TopologyFile, expansion: Expansion): Network {
  const nodes = expansion.nodes.map((node) => networkNode(node, expansion.emptyChains))
  const links = nodes.flatMap((node) => linksOf(node, file))
  return {
    name: file.name,
    ...(file.description === undefined ? {} : { description: file.description }),
    spId: file.serviceProvider ?? defaultServiceProvider,
    nodes,
    links,
  }
}

function networkNode(node: ExpandedNode, emptyChains: ReadonlyMap<string, string>): NetworkNode {
  const { entry, name, kind, path } = node
  const rules = kinds[kind]
  const registrar = pastEmptyChains(node.registrar, emptyChains)
  return {
    name,
    kind,
    path,
    domain: entry.domain ?? rules.domain,
    ...(registrar === undefined ? {} : { registrar }),
    ...(rules.hasCse ? { cse: networkCse(node) } : {}),
    aes: aesOf(node),
    misbehaviours: entry.misbehaviours ?? [],
    ...(entry.program === undefined ? {} : { program: entry.program }),
    autoRegister: entry.register ?? true,
    ...(entry.address === undefined ? {} : { address: entry.address }),
    ...(entry.port === undefined ? {} : { port: entry.port }),
  }
}

function pastEmptyChains(
  registrar: string | undefined,
  emptyChains: ReadonlyMap<string, string>,
): string | undefined {
  let found = registrar
  // An empty chain may lead to another one; a ring of them is found as a loop later.
  for (let step = 0; step <= emptyChains.size && found !== undefined; step++) {
    const next = emptyChains.get(found)
    if (next === undefined) break
    found = next
  }
  return found
}

function networkCse(node: ExpandedNode): NetworkCse {
  const { cse = {} } = node.entry
  return {
    cseId: cse.id === undefined ? `/${node.name}` : cse.id + node.suffix,
    name: cse.name ?? 'base',
    ...(cse.admin === undefined ? {} : { adminOriginator: cse.admin }),
    appRules: cse.appRules ?? 'generated',
  }
}

function aesOf(node: ExpandedNode): readonly NetworkAe[] {
  const { entry, suffix } = node
  if (entry.aes === undefined) {
    if (kinds[node.kind].defaultAes === 0) return []
    const own = { name: node.group.toUpperCase(), resource: node.group.toLowerCase() }
    return [networkAe(own, suffix, entry.reachable, node.path)]
  }
  return entry.aes.map((ae, index) =>
    networkAe(ae, suffix, entry.reachable, [...node.path, 'aes', index]),
  )
}

/** In a repeated node every given name gets the node's number behind it. */
function networkAe(
  ae: AeEntry,
  suffix: string,
  reachable: boolean | undefined,
  path: FieldPath,
): NetworkAe {
  const name = ae.name + suffix
  const resourceName = ae.resource === undefined ? name.toLowerCase() : ae.resource + suffix
  const complete = ae.stem !== undefined && ae.stem !== 'C' && ae.stem !== 'S'
  return {
    name,
    appId: ae.appId ?? `N${resourceName.replaceAll(/[^A-Za-z0-9._-]/g, '')}`,
    stem: complete ? ae.stem + suffix : (ae.stem ?? `C${name}`),
    resourceName,
    reachable: ae.reachable ?? reachable ?? false,
    path,
  }
}

/** A node's links: its AEs over Mca, to the registrar or to the CSE of the node itself; its CSE over Mcc. */
function linksOf(node: NetworkNode, file: TopologyFile): readonly NetworkLink[] {
  const links: NetworkLink[] = []
  if (node.cse !== undefined && node.registrar !== undefined) {
    links.push(linkOf(node, node.registrar, 'Mcc', file))
  }
  const registrarOfAes = node.cse === undefined ? node.registrar : node.name
  if (node.aes.length > 0 && registrarOfAes !== undefined) {
    links.push(linkOf(node, registrarOfAes, 'Mca', file))
  }
  return links
}

function linkOf(
  node: NetworkNode,
  registrar: string,
  referencePoint: 'Mca' | 'Mcc',
  file: TopologyFile,
): NetworkLink {
  const wire = `${node.name}-${registrar}`
  const entry: LinkEntry | undefined =
    file.links !== undefined && Object.hasOwn(file.links, wire) ? file.links[wire] : undefined
  const credential = entry?.credential
  const declared =
    credential !== undefined && Object.hasOwn(file.credentials ?? {}, credential)
      ? file.credentials?.[credential]
      : undefined
  return {
    wire,
    referencePoint,
    registree: node.name,
    registrar,
    security: entry?.security ?? file.security ?? defaultSecurity,
    binding: entry?.binding ?? 'http',
    ...(declared === undefined ? {} : { credentialId: declared.id }),
    ...(entry?.impair === undefined ? {} : { impair: entry.impair }),
    path: entry === undefined ? [...node.path, 'registrar'] : ['links', wire],
  }
}
