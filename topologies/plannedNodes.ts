import { credentialIdOfKpsa } from '../protocol/identifiers.ts'
import type { AddressBook } from './addressBook.ts'
import type { Network, NetworkAe, NetworkCse, NetworkNode } from './network.ts'
import type {
  PlannedAe,
  PlannedAppRule,
  PlannedCredential,
  PlannedCse,
  PlannedNode,
} from './plan.ts'
import { aeIdOf, isComplete } from './plannedCredentials.ts'
import type { PlanOptions } from './planner.ts'

interface NodeInputs {
  readonly book: AddressBook
  readonly credentials: readonly PlannedCredential[]
  /** Node names in start order. */
  readonly order: readonly string[]
  readonly options: PlanOptions
}

/** Start order by depth of registration: registrars come up a level before those who register with them. */
export function planLevels(network: Network): readonly (readonly string[])[] {
  const registrars = new Map(network.nodes.map((node) => [node.name, node.registrar]))
  const depths = new Map<string, number>()
  for (const { name } of network.nodes) {
    const path: string[] = []
    let at: string | undefined = name
    // Ends: a network that got this far has no registration loop.
    while (at !== undefined && !depths.has(at)) {
      path.push(at)
      at = registrars.get(at)
    }
    let depth = at === undefined ? -1 : (depths.get(at) ?? -1)
    for (const step of path.reverse()) depths.set(step, ++depth)
  }
  const levels: string[][] = []
  for (const { name } of network.nodes) {
    const depth = depths.get(name) ?? 0
    while (levels.length <= depth) levels.push([])
    levels[depth]?.push(name)
  }
  return levels
}

export function planNodes(network: Network, inputs: NodeInputs): readonly PlannedNode[] {
  const position = new Map(inputs.order.map((name, index) => [name, index]))
  const rulesByCse = generatedRules(network, inputs.credentials)
  const cses = new Map(network.nodes.map((node) => [node.name, node.cse?.cseId]))
  return network.nodes
    .map((node) => {
      const registrar = node.cse === undefined ? node.registrar : node.name
      const cseId = registrar === undefined ? undefined : cses.get(registrar)
      return planNode(node, { network, inputs, registrarCseId: cseId ?? '', rulesByCse })
    })
    .sort((a, b) => (position.get(a.name) ?? 0) - (position.get(b.name) ?? 0))
}

interface NodeSurroundings {
  readonly network: Network
  readonly inputs: NodeInputs
  /** CSE-ID of the CSE that the node's AEs register with. */
  readonly registrarCseId: string
  readonly rulesByCse: ReadonlyMap<string, readonly PlannedAppRule[]>
}

function planNode(node: NetworkNode, surroundings: NodeSurroundings): PlannedNode {
  const { inputs, network, registrarCseId, rulesByCse } = surroundings
  const { book, options } = inputs
  const extra =
    options.misbehaviours !== undefined && Object.hasOwn(options.misbehaviours, node.name)
      ? (options.misbehaviours[node.name] ?? [])
      : []
  const rules = rulesByCse.get(node.name)
  const ownNetwork = book.nodeNetwork(node.name)
  return {
    name: node.name,
    kind: node.kind,
    domain: node.domain,
    address: book.nodeAddress(node.name),
    ...(ownNetwork === undefined ? {} : { network: ownNetwork }),
    ...(node.cse === undefined ? {} : { cse: planCse(node.cse, book.csePort(node.name), rules) }),
    aes: node.aes.map((ae) => planAe(ae, { spId: network.spId, registrarCseId, book })),
    misbehaviours: [...new Set([...node.misbehaviours, ...extra])],
    ...(node.program === undefined ? {} : { program: node.program }),
    autoRegister: node.autoRegister && !(options.manual ?? []).includes(node.name),
  }
}

function planCse(
  cse: NetworkCse,
  port: number,
  generated: readonly PlannedAppRule[] | undefined,
): PlannedCse {
  const { cseId, name, adminOriginator } = cse
  const chosen = typeof cse.appRules === 'string' ? undefined : cse.appRules
  const appRules = cse.appRules === 'generated' ? generated : chosen
  return {
    cseId,
    name,
    port,
    ...(adminOriginator === undefined ? {} : { adminOriginator }),
    ...(appRules === undefined ? {} : { appRules }),
  }
}

function planAe(
  ae: NetworkAe,
  at: { readonly spId: string; readonly registrarCseId: string; readonly book: AddressBook },
): PlannedAe {
  return {
    name: ae.name,
    aeIdStem: ae.stem,
    ...(isComplete(ae.stem) ? { aeId: `//${at.spId}${aeIdOf(ae, at.registrarCseId)}` } : {}),
    appId: ae.appId,
    resourceName: ae.resourceName,
    requestReachable: ae.reachable,
    ...(ae.reachable ? { port: at.book.aePort(ae.name) } : {}),
  }
}

/** For every CSE with secured Mca links one rule per planned AE: its credential, App-ID and stem (TS-0001 9.6.29). */
function generatedRules(
  network: Network,
  credentials: readonly PlannedCredential[],
): ReadonlyMap<string, readonly PlannedAppRule[]> {
  const rules = new Map<string, PlannedAppRule[]>()
  const nodes = new Map(network.nodes.map((node) => [node.name, node]))
  const credentialsByWire = new Map<string, PlannedCredential[]>()
  for (const credential of credentials) {
    const onWire = credentialsByWire.get(credential.wire) ?? []
    credentialsByWire.set(credential.wire, [...onWire, credential])
  }
  for (const link of network.links) {
    if (link.referencePoint !== 'Mca' || link.security === 'none') continue
    const ofCse = rules.get(link.registrar) ?? []
    rules.set(link.registrar, ofCse)
    const onWire = credentialsByWire.get(link.wire) ?? []
    // Credentials of a link are in the order of its AEs.
    for (const [index, ae] of (nodes.get(link.registree)?.aes ?? []).entries()) {
      const credential = onWire[index]
      if (credential === undefined) continue
      ofCse.push({
        credentialIds: [credentialIdOfKpsa(credential.id)],
        appIds: [ae.appId],
        aeIds: [isComplete(ae.stem) ? ae.stem : `${ae.stem}*`],
      })
    }
  }
  return rules
}
