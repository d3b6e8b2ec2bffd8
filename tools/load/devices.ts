import { BenchError } from '../../protocol/errors.ts'
import { closest } from '../../topologies/closest.ts'
import type { Plan, PlannedAe, PlannedNode } from '../../topologies/plan.ts'

/** An AE that offers requests, and what its requests can be about. */
export interface Device {
  readonly node: string
  readonly entity: string
  /** SP-relative address of its AE resource. */
  readonly home: string
  /** Absolute AE-ID; absent while its registrar or provider is to choose it. */
  readonly aeId?: string
}

/**
 * The AEs that the patterns name, in the order of the plan; without patterns all on ADNs. Pure. @throws BenchError
 * LOAD_INVALID when a pattern names none, or no AE is left.
 */
export function selectDevices(plan: Plan, patterns: readonly string[] | undefined): Device[] {
  const candidates = plan.nodes.flatMap((node) => node.aes.map((ae) => ({ node, ae })))
  const wanted = patterns?.map((pattern) => ({ pattern, fits: matcher(pattern) }))
  for (const { pattern, fits } of wanted ?? []) {
    if (!candidates.some(({ ae }) => fits.test(ae.name))) {
      throw noneNamed(
        plan,
        pattern,
        candidates.map(({ ae }) => ae.name),
      )
    }
  }
  const chosen = candidates.filter(({ node, ae }) =>
    wanted === undefined ? node.kind === 'adn' : wanted.some(({ fits }) => fits.test(ae.name)),
  )
  if (chosen.length === 0) {
    throw new BenchError('LOAD_INVALID', `the network \`${plan.name}\` has no AE on an ADN`, {
      remedy: 'name the AEs that offer requests under `devices`',
    })
  }
  return chosen.map(({ node, ae }) => deviceOf(plan, node, ae))
}

/** SP-relative address of the AE resource on its registrar. */
export function homeOf(plan: Plan, ae: PlannedAe): string {
  const link = plan.links.find(
    ({ referencePoint, registree }) =>
      referencePoint === 'Mca' && registree.entities.includes(ae.name),
  )
  const cse = plan.nodes.find(({ name }) => name === link?.registrar.node)?.cse
  if (cse === undefined) throw new BenchError('INTERNAL', `${ae.name} has no registrar in the plan`)
  return `${cse.cseId}/${cse.name}/${ae.resourceName}`
}

function deviceOf(plan: Plan, node: PlannedNode, ae: PlannedAe): Device {
  const known = ae.aeId === undefined ? {} : { aeId: ae.aeId }
  return { node: node.name, entity: ae.name, home: homeOf(plan, ae), ...known }
}

/** `*` stands for any characters; everything else for itself. */
function matcher(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replace(/[^A-Za-z0-9]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`)
}

function noneNamed(plan: Plan, pattern: string, names: readonly string[]): BenchError {
  const near = closest(pattern, names)
  return new BenchError(
    'LOAD_INVALID',
    `\`devices\` names ${pattern}, and the network \`${plan.name}\` has no such AE`,
    {
      remedy:
        near === undefined ? `there are ${names.slice(0, 20).join(', ')}` : `did you mean ${near}?`,
    },
  )
}
