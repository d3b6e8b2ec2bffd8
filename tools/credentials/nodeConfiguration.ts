import {
  type AeConfiguration,
  type CredentialConfiguration,
  type CseConfiguration,
  contractVersion,
  type InboundSecurity,
  type ListenerConfiguration,
  type NodeConfiguration,
  type OutboundSecurity,
  type RegistrarConfiguration,
  type RegistreeConfiguration,
} from '../../nodes/contract.ts'
import { BenchError } from '../../protocol/errors.ts'
import type {
  Plan,
  PlannedAe,
  PlannedCredential,
  PlannedCse,
  PlannedLink,
  PlannedNode,
  PlannedWay,
} from '../../topologies/plan.ts'
import { keyFile } from './mint.ts'

export interface NodeConfigurationOptions {
  readonly control?: NodeConfiguration['control']
  readonly keyLogFile?: string
  readonly keyLogToStream?: boolean
  readonly answerTimeoutMs?: number
}

/** What one node of the plan is told. `folder` is where `mintCredentials` wrote the keys. Pure: no file is touched. */
export function toNodeConfiguration(
  plan: Plan,
  node: PlannedNode,
  folder: string,
  options: NodeConfigurationOptions = {},
): NodeConfiguration {
  const site: Site = { plan, node, folder }
  return {
    contractVersion,
    name: node.name,
    kind: node.kind,
    seed: plan.seed,
    spId: plan.spId,
    address: node.address,
    ...(node.cse === undefined ? {} : { cse: cseConfiguration(site, node.cse) }),
    aes: node.aes.map((ae) => aeConfiguration(site, ae)),
    misbehaviours: node.misbehaviours,
    ...options,
  }
}

interface Site {
  readonly plan: Plan
  readonly node: PlannedNode
  readonly folder: string
}

function cseConfiguration(site: Site, cse: PlannedCse): CseConfiguration {
  const { plan, node } = site
  const asRegistrar = plan.links.filter((link) => link.registrar.node === node.name)
  const asRegistree = plan.links.find(
    (link) => link.referencePoint === 'Mcc' && link.registree.node === node.name,
  )
  const inbound = [
    ...asRegistrar.flatMap((link) => inboundFrom(site, link)),
    ...(asRegistree === undefined ? [] : inboundFromRegistrar(site, asRegistree, node.name)),
  ]
  const reachedBy = [
    ...asRegistrar.map((link) => urlOf(link, link.toRegistrar)),
    ...(asRegistree?.toRegistree ?? []).flatMap((way) =>
      asRegistree === undefined ? [] : urlOf(asRegistree, way),
    ),
  ]
  return {
    cseId: cse.cseId,
    name: cse.name,
    listener: listener({ address: node.address, port: cse.port }, inbound),
    pointsOfAccess: reachedBy,
    registrees: asRegistrar.flatMap((link) => registrees(site, link)),
    ...(asRegistree === undefined ? {} : { registrar: registrarOfCse(site, asRegistree) }),
    ...(cse.adminOriginator === undefined ? {} : { adminOriginator: cse.adminOriginator }),
    ...(cse.appRules === undefined ? {} : { appRules: cse.appRules }),
  }
}

/** A CSE tells its registrar the way back over their own wire, not the wires of its other neighbours. */
function registrarOfCse(site: Site, link: PlannedLink): RegistrarConfiguration {
  const [back] = link.toRegistree
  return {
    ...registrar(site, link, credentialOf(site, link, site.node.name)),
    ...(back === undefined ? {} : { ownPointOfAccess: urlOf(link, back) }),
  }
}

function aeConfiguration(site: Site, ae: PlannedAe): AeConfiguration {
  const link = site.plan.links.find(
    ({ referencePoint, registree }) =>
      referencePoint === 'Mca' &&
      registree.node === site.node.name &&
      registree.entities.includes(ae.name),
  )
  if (link === undefined) {
    throw new BenchError('INTERNAL', `the plan has no link for ${ae.name} of ${site.node.name}`)
  }
  const way = link.toRegistree.find(({ entity }) => entity === ae.name)
  return {
    name: ae.name,
    aeIdStem: ae.aeIdStem,
    appId: ae.appId,
    resourceName: ae.resourceName,
    registrar: registrar(site, link, credentialOf(site, link, ae.name)),
    ...(way === undefined
      ? {}
      : {
          listener: listener(way.target, inboundFromRegistrar(site, link, ae.name)),
          pointOfAccess: urlOf(link, way),
        }),
  }
}

function registrar(
  site: Site,
  link: PlannedLink,
  credential: PlannedCredential | undefined,
): RegistrarConfiguration {
  const cse = site.plan.nodes.find(({ name }) => name === link.registrar.node)?.cse
  if (cse === undefined) {
    throw new BenchError('INTERNAL', `the registrar of wire ${link.wire} has no CSE`)
  }
  const security = outbound(site, link, { credential, peer: credential?.entityB })
  return {
    cseId: cse.cseId,
    cseBaseName: cse.name,
    pointOfAccess: urlOf(link, link.toRegistrar),
    autoRegister: site.node.autoRegister,
    ...(security === undefined ? {} : { security }),
  }
}

/** Who may be known before it registers: a CSE always, an AE when its AE-ID is fixed (TS-0003 8.2.2.1). */
function registrees(site: Site, link: PlannedLink): RegistreeConfiguration[] {
  return link.registree.entities.flatMap((entity) => {
    const id = identifierOf(site.plan, link, entity)
    if (id === undefined) {
      return []
    }
    const credential = credentialOf(site, link, entity)
    const security = outbound(site, link, { credential, peer: credential?.entityA })
    return [{ id, ...(security === undefined ? {} : { security }) }]
  })
}

function identifierOf(plan: Plan, link: PlannedLink, entity: string): string | undefined {
  const node = plan.nodes.find(({ name }) => name === link.registree.node)
  return link.referencePoint === 'Mcc'
    ? node?.cse && `//${plan.spId}${node.cse.cseId}`
    : node?.aes.find(({ name }) => name === entity)?.aeId
}

/** Credentials of a wire stand in the order of the registree's entities. */
function credentialOf(
  site: Site,
  link: PlannedLink,
  entity: string,
): PlannedCredential | undefined {
  const ofWire = site.plan.credentials.filter(({ wire }) => wire === link.wire)
  return ofWire[link.registree.entities.indexOf(entity)] ?? ofWire[0]
}

interface Inbound {
  readonly suites: readonly string[]
  readonly credential: CredentialConfiguration
}

function inboundFrom(site: Site, link: PlannedLink): Inbound[] {
  return link.registree.entities.flatMap((entity) => {
    const credential = credentialOf(site, link, entity)
    return inboundWith(site, link, { credential, peer: credential?.entityA })
  })
}

/** The second association: the registrar is the client (TS-0003 8.2.1). */
function inboundFromRegistrar(site: Site, link: PlannedLink, entity: string): Inbound[] {
  const credential = credentialOf(site, link, entity)
  return inboundWith(site, link, { credential, peer: credential?.entityB })
}

interface CredentialUse {
  readonly credential: PlannedCredential | undefined
  readonly peer: string | undefined
}

function inboundWith(site: Site, link: PlannedLink, use: CredentialUse): Inbound[] {
  const security = outbound(site, link, use)
  return security === undefined
    ? []
    : [{ suites: security.suites, credential: security.credential }]
}

function outbound(
  site: Site,
  link: PlannedLink,
  { credential, peer }: CredentialUse,
): OutboundSecurity | undefined {
  if (link.security === null) {
    return undefined
  }
  if (credential === undefined || peer === undefined) {
    throw new BenchError('INTERNAL', `the plan has no credential for wire ${link.wire}`)
  }
  return {
    saef: link.security.saef,
    suites: link.security.suites,
    credential: { id: credential.id, keyFile: keyFile(site.folder, credential.id), peer },
  }
}

function listener(
  at: { readonly address: string; readonly port: number },
  inbound: readonly Inbound[],
): ListenerConfiguration {
  const { address, port } = at
  const plain: ListenerConfiguration = { address, port, binding: 'http' }
  if (inbound.length === 0) {
    return plain
  }
  const security: InboundSecurity = {
    saef: 'psk',
    suites: [...new Set(inbound.flatMap(({ suites }) => suites))],
    credentials: inbound.map(({ credential }) => credential),
  }
  return { ...plain, security }
}

function urlOf(link: PlannedLink, way: PlannedWay): string {
  const scheme = link.security === null ? 'http' : 'https'
  return `${scheme}://${way.listen.address}:${way.listen.port}`
}
