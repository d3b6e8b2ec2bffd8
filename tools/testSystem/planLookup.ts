import { BenchError } from '../../protocol/errors.ts'
import type { Plan, PlannedCredential, PlannedLink, PlannedNode } from '../../topologies/plan.ts'

/** An entity of the plan: an AE by its name, a CSE by its node's name. */
export interface PlannedEntity {
  readonly name: string
  readonly node: PlannedNode
  /** What the node calls it: the AE's name, or `cse`. */
  readonly controlName: string
  /** Absolute AE-ID or CSE-ID; absent while an AE-ID-Stem is still to be assigned. */
  readonly absoluteId: string | undefined
}

/** Finds an AE by its name or a CSE by its node's name; USAGE names what there is. */
export function findEntity(plan: Plan, name: string): PlannedEntity {
  for (const node of plan.nodes) {
    const ae = node.aes.find((candidate) => candidate.name === name)
    if (ae !== undefined)
      return { name, node, controlName: ae.name, absoluteId: ae.aeId ?? undefined }
    if (node.cse !== undefined && node.name === name)
      return { name, node, controlName: 'cse', absoluteId: `//${plan.spId}${node.cse.cseId}` }
  }
  const known = plan.nodes.flatMap((node) => [
    ...(node.cse === undefined ? [] : [node.name]),
    ...node.aes.map((ae) => ae.name),
  ])
  throw new BenchError('USAGE', `the topology ${plan.name} has no entity ${name}`, {
    remedy: `use one of: ${known.join(', ')}`,
  })
}

/** Finds a link by its wire's name; USAGE names what there is. */
export function findLink(plan: Plan, wire: string): PlannedLink {
  const link = plan.links.find((candidate) => candidate.wire === wire)
  if (link !== undefined) return link
  throw new BenchError('USAGE', `the topology ${plan.name} has no wire ${wire}`, {
    remedy: `use one of: ${plan.links.map((candidate) => candidate.wire).join(', ')}`,
  })
}

/** The credential an entity shares with the registrar of a link; default: the first of the link. */
export function findCredential(plan: Plan, link: PlannedLink, entity?: string): PlannedCredential {
  const id = entity === undefined ? undefined : findEntity(plan, entity).absoluteId
  // A named entity may live on another link: then it is that entity's own credential with its own registrar.
  const found =
    id === undefined
      ? plan.credentials.find((credential) => credential.wire === link.wire)
      : plan.credentials.find((credential) => credential.entityA === id)
  if (found !== undefined) return found
  throw new BenchError(
    'USAGE',
    `the plan has no credential for ${entity ?? 'the registree'} on wire ${link.wire}`,
    { remedy: 'choose a secured link, or an entity that has a credential' },
  )
}
