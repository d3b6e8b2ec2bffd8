/** Names and addresses of a plan, as purposes need them. Pure. */
import { BenchError } from '../../protocol/errors.ts'
import type { Plan, PlannedAe, PlannedCse, PlannedNode } from '../../topologies/plan.ts'

/** SP-relative address of the CSEBase of a node, e.g. `/cse2/base`. */
export function cseBaseOf(plan: Plan, node: string): string {
  const { cseId, name } = plannedCse(plan, node)
  return `${cseId}/${name}`
}

/** SP-relative address of the resource of a registered AE, e.g. `/cse2/base/ae2`. */
export function aeAddressOf(plan: Plan, name: string): string {
  return `${cseBaseOf(plan, registrarOf(plan, name))}/${plannedAe(plan, name).resourceName}`
}

/** Absolute AE-ID of an AE by its name, or CSE-ID of a CSE by its node's name. */
export function absoluteIdOf(plan: Plan, entity: string): string {
  const node = plan.nodes.find((candidate) => candidate.name === entity)
  if (node?.cse !== undefined) return `//${plan.spId}${node.cse.cseId}`
  const { aeId } = plannedAe(plan, entity)
  if (aeId === undefined) throw notThere(plan, `complete AE-ID of ${entity}`)
  return aeId
}

/** Node of the registrar of an AE. */
export function registrarOf(plan: Plan, ae: string): string {
  const link = plan.links.find((candidate) => candidate.registree.entities.includes(ae))
  if (link === undefined) throw notThere(plan, `link of ${ae}`)
  return link.registrar.node
}

/** KpsaID that an entity shares with its registrar. */
export function kpsaIdOf(plan: Plan, entity: string): string {
  const id = absoluteIdOf(plan, entity)
  const credential = plan.credentials.find((candidate) => candidate.entityA === id)
  if (credential === undefined) throw notThere(plan, `credential of ${entity}`)
  return credential.id
}

export function plannedCse(plan: Plan, node: string): PlannedCse {
  const cse = plannedNode(plan, node).cse
  if (cse === undefined) throw notThere(plan, `CSE on ${node}`)
  return cse
}

export function plannedAe(plan: Plan, name: string): PlannedAe {
  const ae = plan.nodes.flatMap((node) => node.aes).find((candidate) => candidate.name === name)
  if (ae === undefined) throw notThere(plan, `AE ${name}`)
  return ae
}

function plannedNode(plan: Plan, name: string): PlannedNode {
  const node = plan.nodes.find((candidate) => candidate.name === name)
  if (node === undefined) throw notThere(plan, `node ${name}`)
  return node
}

function notThere(plan: Plan, what: string): BenchError {
  return new BenchError('USAGE', `the topology ${plan.name} has no ${what}`, {
    remedy: 'name an entity of the topology that the purpose uses',
  })
}
