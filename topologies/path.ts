import { BenchError } from '../protocol/errors.ts'
import { closest } from './closest.ts'
import type { Plan } from './plan.ts'

/**
 * Nodes a request passes from one entity to another, the originator's first (TS-0004 7.3.2.6: up to the first CSE that
 * knows the way down). Entities are AEs by name and CSEs by their node's name; an AE beside its own CSE makes that node
 * appear twice, once for each hop's end.
 */
export function expectedPath(plan: Plan, fromEntity: string, toEntity: string): readonly string[] {
  const up = wayUp(plan, fromEntity)
  const down = wayUp(plan, toEntity)
  const below = new Map(down.map((entity, index) => [entity, index]))
  const turn = up.findIndex((entity) => below.has(entity))
  if (turn < 0) throw noPath(plan, fromEntity, toEntity)
  const back = down.slice(0, below.get(up[turn] ?? '') ?? 0).reverse()
  const nodes = nodesOfEntities(plan)
  return [...up.slice(0, turn + 1), ...back].map((entity) => nodes.get(entity) ?? entity)
}

/** The entity, its registrar, and so on to the top. */
function wayUp(plan: Plan, entity: string): readonly string[] {
  const nodes = nodesOfEntities(plan)
  if (!nodes.has(entity)) {
    const near = closest(entity, [...nodes.keys()])
    throw new BenchError('USAGE', `the network \`${plan.name}\` has no entity \`${entity}\``, {
      remedy: near === undefined ? 'see `./bench plan`' : `did you mean \`${near}\`?`,
    })
  }
  const registrars = new Map(
    plan.links.flatMap((link) =>
      link.registree.entities.map((name): [string, string] => [name, link.registrar.entity]),
    ),
  )
  const way: string[] = []
  for (let at: string | undefined = entity; at !== undefined; at = registrars.get(at)) {
    if (way.includes(at)) break
    way.push(at)
  }
  return way
}

function nodesOfEntities(plan: Plan): ReadonlyMap<string, string> {
  return new Map(
    plan.nodes.flatMap((node) => [
      ...(node.cse === undefined ? [] : [[node.name, node.name] as const]),
      ...node.aes.map((ae) => [ae.name, node.name] as const),
    ]),
  )
}

function noPath(plan: Plan, from: string, to: string): BenchError {
  return new BenchError('USAGE', `in \`${plan.name}\` nothing joins \`${from}\` and \`${to}\``, {
    remedy: 'name two entities below one IN',
  })
}
