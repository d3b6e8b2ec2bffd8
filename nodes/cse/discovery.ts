import { OperationBit } from '../../protocol/accessControl/rules.ts'
import type { FilterCriteria, Json, RequestPrimitive } from '../../protocol/primitive.ts'
import { decideFor } from './authorization.ts'
import { textsOf } from './neighbours.ts'
import { type Resource, structuredAddressOf } from './resource.ts'
import type { Work } from './work.ts'

/** Bounds on one discovery. */
const limits = { results: 10_000 } as const

/** A retrieve with filter usage 1. */
export function isDiscovery(request: RequestPrimitive): boolean {
  return request.op === 2 && request.fc?.fu === 1
}

/** Resources below the target that fit the filter and that the originator may discover (TS-0003 7.1.4, bit 32). */
export function discover(work: Work, from: Resource): readonly Resource[] {
  const criteria = work.request.fc ?? {}
  const limit = Math.min(numberOf(criteria.lim) ?? limits.results, limits.results)
  const found: Resource[] = []
  const open: { resource: Resource; level: number }[] = [{ resource: from, level: 0 }]
  const deepest = numberOf(criteria.lvl) ?? Number.POSITIVE_INFINITY
  for (let next = open.shift(); next && found.length < limit; next = open.shift()) {
    const { resource, level } = next
    if (level > 0 && fits(resource, criteria) && isVisible(work, resource)) found.push(resource)
    if (level >= deepest) continue
    for (const child of resource.children.values()) open.push({ resource: child, level: level + 1 })
  }
  return found
}

function isVisible(work: Work, resource: Resource): boolean {
  return (
    resource.expiresAtMs > work.nowMs && decideFor(work, resource, OperationBit.discovery).granted
  )
}

/** Addresses as the originator asked for them: unstructured with desired identifier result type 2. */
export function addressesOf(work: Work, found: readonly Resource[]): Json[] {
  const unstructured = work.request.drt === 2
  return found.map((each) => (unstructured ? each.ri : structuredAddressOf(each)))
}

type Condition = (resource: Resource, wanted: Json) => boolean

/** Criteria by short name; all of those given must hold (filter operation 1). */
const conditions: Readonly<Record<string, Condition>> = {
  ty: ({ ty }, wanted) => (Array.isArray(wanted) ? wanted : [wanted]).includes(ty),
  lbl: ({ attributes }, wanted) => {
    const labels = textsOf(attributes.lbl)
    return (Array.isArray(wanted) ? wanted : [wanted]).some((each) => labels.includes(String(each)))
  },
  crb: ({ attributes }, wanted) => String(attributes.ct) < String(wanted),
  cra: ({ attributes }, wanted) => String(attributes.ct) >= String(wanted),
  ms: ({ attributes }, wanted) => String(attributes.lt) >= String(wanted),
  us: ({ attributes }, wanted) => String(attributes.lt) < String(wanted),
  sza: ({ attributes }, wanted) => (numberOf(attributes.cs) ?? -1) >= Number(wanted),
  szb: ({ attributes }, wanted) => (numberOf(attributes.cs) ?? Infinity) < Number(wanted),
  sts: ({ attributes }, wanted) => (numberOf(attributes.st) ?? Infinity) < Number(wanted),
  stb: ({ attributes }, wanted) => (numberOf(attributes.st) ?? -1) > Number(wanted),
}

/** Criteria that steer the search instead of choosing resources. */
const steering: ReadonlySet<string> = new Set(['fu', 'lim', 'lvl', 'fo', 'ofst'])

/** Criteria this node does not know how to judge; asking for them is answered with 5001. */
export function unsupportedCriterion(criteria: FilterCriteria): string | undefined {
  const unsupported = ['exb', 'exa', 'cty', 'smf', 'cfs', 'cfq', 'ofst']
  if (criteria.fo !== undefined && criteria.fo !== 1) return 'fo'
  return Object.keys(criteria).find((name) => unsupported.includes(name))
}

function fits(resource: Resource, criteria: FilterCriteria): boolean {
  return Object.entries(criteria).every(([name, wanted]) => {
    if (steering.has(name)) return true
    const condition = Object.hasOwn(conditions, name) ? conditions[name] : undefined
    return condition
      ? condition(resource, wanted)
      : String(resource.attributes[name]) === String(wanted)
  })
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}
