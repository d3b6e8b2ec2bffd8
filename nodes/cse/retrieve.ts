import { OperationBit } from '../../protocol/accessControl/rules.ts'
import { isJsonObject } from '../../protocol/json.ts'
import { elementNameOf } from '../../protocol/names.ts'
import type { Json, JsonObject } from '../../protocol/primitive.ts'
import { serialize } from '../../protocol/resources/representation.ts'
import { decideFor } from './authorization.ts'
import { addressesOf, discover, isDiscovery, unsupportedCriterion } from './discovery.ts'
import { textsOf } from './neighbours.ts'
import { attributesOf, pick } from './representation.ts'
import { type Resource, structuredAddressOf } from './resource.ts'
import { dropOverage, type Target } from './target.ts'
import { refuse, respond, type StepOutcome, type Work } from './work.ts'

export function retrieve(work: Work, { resource }: Target): StepOutcome {
  const { request, cse, nowMs } = work
  const unsupported = unsupportedCriterion(request.fc ?? {})
  if (unsupported !== undefined) {
    return refuse(request, 5001, `filter criterion ${unsupported} is not supported`)
  }
  if (isDiscovery(request)) return answerDiscovery(work, resource)
  if (resource.instances) dropOverage(cse.tree, resource, nowMs)
  const wanted = listedAttributes(work)
  if (wanted !== undefined) return answerPartial(work, resource, wanted)
  const content = contents[request.rcn ?? 1]
  if (content === undefined) {
    return refuse(request, 5001, `result content ${request.rcn} is not supported`)
  }
  return respond(request, 2000, content(work, resource))
}

type Content = (work: Work, resource: Resource) => Json

/** What a retrieval returns, by result content. */
const contents: Readonly<Record<number, Content>> = {
  1: (_work, resource) => serialize(resource.ty, attributesOf(resource)),
  4: (work, resource) =>
    serialize(resource.ty, { ...attributesOf(resource), ...nestedChildren(work, resource, 0) }),
  5: (work, resource) =>
    serialize(resource.ty, { ...attributesOf(resource), ch: references(work, resource) }),
  6: (work, resource) => ({ 'm2m:rrl': { rrf: references(work, resource) } }),
  8: (work, resource) => serialize(resource.ty, nestedChildren(work, resource, 0)),
}

/** Bounds on what one answer holds. */
const limits = { children: 10_000, depth: 16 } as const

function visibleChildren(work: Work, resource: Resource): Resource[] {
  const visible: Resource[] = []
  for (const child of resource.children.values()) {
    if (visible.length >= limits.children) break
    if (child.expiresAtMs <= work.nowMs) continue
    if (decideFor(work, child, OperationBit.retrieve).granted) visible.push(child)
  }
  return visible
}

/** Child resources grouped by their type, each with its own children. */
function nestedChildren(work: Work, resource: Resource, depth: number): JsonObject {
  const groups: { [element: string]: Json[] } = {}
  if (depth >= limits.depth) return groups
  for (const child of visibleChildren(work, resource)) {
    const element = elementNameOf(child.ty) ?? 'm2m:resource'
    groups[element] ??= []
    groups[element].push({ ...attributesOf(child), ...nestedChildren(work, child, depth + 1) })
  }
  return groups
}

function references(work: Work, resource: Resource): Json[] {
  return visibleChildren(work, resource).map((child) => ({
    nm: child.rn,
    typ: child.ty,
    val: work.request.drt === 2 ? child.ri : structuredAddressOf(child),
  }))
}

function answerDiscovery(work: Work, resource: Resource): StepOutcome {
  const { request } = work
  const found = discover(work, resource)
  const rcn = request.rcn ?? 11
  if (rcn === 11 || rcn === 1) {
    return respond(request, 2000, { 'm2m:uril': addressesOf(work, found) })
  }
  if (rcn !== 6) return refuse(request, 4000, `result content ${rcn} does not go with discovery`)
  const values = addressesOf(work, found)
  const rrf = found.map((each, index) => ({
    nm: each.rn,
    typ: each.ty,
    val: values[index] ?? each.ri,
  }))
  return respond(request, 2000, { 'm2m:rrl': { rrf } })
}

/** Attributes of a partial retrieve: the fragment of `to`, or the list in the content. */
function listedAttributes({ address, request }: Work): readonly string[] | undefined {
  if (address?.fragment !== undefined) return [address.fragment]
  const list = isJsonObject(request.pc) ? request.pc['m2m:atrl'] : undefined
  return list === undefined ? undefined : textsOf(list)
}

function answerPartial(work: Work, resource: Resource, names: readonly string[]): StepOutcome {
  const { request } = work
  const attributes = attributesOf(resource)
  const missing = names.find((name) => !Object.hasOwn(attributes, name))
  if (missing !== undefined) return refuse(request, 4004, `there is no attribute ${missing}`)
  return respond(request, 2000, serialize(resource.ty, pick(attributes, names)))
}
