import { type Decision, decide, decideByDefault } from '../../protocol/accessControl/decide.ts'
import { type AccessRule, OperationBit, parseRules } from '../../protocol/accessControl/rules.ts'
import { isJsonObject } from '../../protocol/json.ts'
import { Operation } from '../../protocol/primitive.ts'
import { ResourceType } from '../../protocol/resources/resourceTable.ts'
import { isDiscovery } from './discovery.ts'
import { checkForbidden } from './forbidden.ts'
import { textsOf } from './neighbours.ts'
import type { Resource } from './resource.ts'
import { findResource } from './target.ts'
import { refuse, respond, type StepOutcome, type Work } from './work.ts'

const bits: Readonly<Record<Operation, OperationBit>> = {
  [Operation.create]: OperationBit.create,
  [Operation.retrieve]: OperationBit.retrieve,
  [Operation.update]: OperationBit.update,
  [Operation.delete]: OperationBit.delete,
  [Operation.notify]: OperationBit.notify,
}

/** Recv-6.3: may this originator do this here; 4103 otherwise (TS-0004 7.3.3.15). */
export function authorize(work: Work): StepOutcome {
  const { cse, request, target } = work
  if (target === undefined) return refuse(request, 5000, 'no target')
  const forbidden = checkForbidden(work, target.resource)
  if (pretendsToCreateBase(work)) return respond(request, 2001)
  if (forbidden !== undefined) return refuse(request, forbidden.rsc, forbidden.because)
  const decision = decideAccess(work, target.resource)
  const { granted, because } = decision
  cse.context.emit({ event: 'decision', entity: 'cse', rqi: request.rqi, granted, because })
  return granted ? undefined : refuse(request, 4103, because)
}

function pretendsToCreateBase({ cse, request }: Work): boolean {
  const { op, ty, rqi } = request
  return op === 1 && ty === 5 && cse.context.misbehaves('cse-base-create-accepted', rqi)
}

function decideAccess(work: Work, resource: Resource): Decision {
  const { request, cse } = work
  if (isRegistration(work)) return grant('registrations are judged by credential, not by policy')
  const bit = isDiscovery(request) ? OperationBit.discovery : bits[request.op]
  const decision = decideFor(work, resource, bit)
  const { context } = cse
  if (request.op === 4 && context.misbehaves('access-decision-inverted-for-delete', request.rqi)) {
    return { ...decision, granted: !decision.granted }
  }
  if (!decision.granted && context.misbehaves('origin-unchecked', request.rqi)) {
    return grant('nobody looked')
  }
  return decision
}

function isRegistration({ request }: Work): boolean {
  const { op, ty } = request
  return op === 1 && (ty === ResourceType.ae || ty === ResourceType.remoteCse)
}

/** The decision over one resource for the originator of a request; discovery asks it of every result. */
export function decideFor(work: Work, resource: Resource, bit: OperationBit): Decision {
  const { isAdministrator, originator, request } = work
  if (isAdministrator) return grant('the administrator may do anything')
  if (bit === OperationBit.retrieve && mayReadBase(work, resource)) {
    return grant('registrees may retrieve the CSEBase')
  }
  const governing = governingResource(resource)
  const { own } = work.cse
  const changesLinks = bit === OperationBit.update && touchesAcpi(work)
  const rules = rulesFor(work, governing, changesLinks)
  if (rules === undefined) {
    return decideByDefault({ creator: governing.creator, originator, own })
  }
  const creation =
    bit === OperationBit.create && request.ty !== undefined
      ? { creation: { parentTy: resource.ty, ty: request.ty } }
      : {}
  const authenticated = isAuthenticated(work)
  return decide({ own, rules, request: { originator, operation: bit, authenticated, ...creation } })
}

function grant(because: string): Decision {
  return { granted: true, because }
}

/** An implementation choice that the standard leaves open: who is registered may learn what it is registered with. */
function mayReadBase({ cse, originator }: Work, resource: Resource): boolean {
  if (resource !== cse.tree.root) return false
  return cse.tree.ae(originator) !== undefined || cse.neighbours.registreeIds.includes(originator)
}

/** contentInstances have no `acpi`: their container decides (TS-0001 9.6.1.3.2). */
function governingResource(resource: Resource): Resource {
  const { ty, parent } = resource
  return ty === ResourceType.contentInstance && parent ? parent : resource
}

/** True for an originator registered here whose association proves it (TS-0003 7.1.2). */
function isAuthenticated({ cse, peer, originator }: Work): boolean {
  const { association } = peer
  if (association.kind === 'ae') {
    return association.allowed.includes(originator) && cse.tree.ae(originator) !== undefined
  }
  return association.kind === 'cse' && association.id === originator
}

function touchesAcpi({ request }: Work): boolean {
  return Object.values(request.pc ?? {}).some(
    (attributes) => isJsonObject(attributes) && Object.hasOwn(attributes, 'acpi'),
  )
}

/** Rules that apply to a resource; undefined: none is linked, so the default policy decides. */
function rulesFor(
  work: Work,
  resource: Resource,
  changesLinks: boolean,
): readonly AccessRule[] | undefined {
  if (resource.ty === ResourceType.accessControlPolicy) return rulesOf(resource, 'pvs')
  const linked = textsOf(resource.attributes.acpi)
  if (linked.length === 0) return undefined
  const where = { own: work.cse.own, nowMs: work.nowMs }
  return linked.flatMap((id) => {
    // A policy that cannot be found or is another CSE's gives nobody anything.
    const policy = findResource(work.cse.tree, id, where)
    return policy ? rulesOf(policy, changesLinks ? 'pvs' : 'pv') : []
  })
}

interface Parsed {
  readonly from: unknown
  readonly rules: readonly AccessRule[]
}

/** Parsed once per version of an attribute, not once per request. */
const parsedRules = { pv: new WeakMap<Resource, Parsed>(), pvs: new WeakMap<Resource, Parsed>() }

function rulesOf(policy: Resource, attribute: 'pv' | 'pvs'): readonly AccessRule[] {
  const from = policy.attributes[attribute]
  const known = parsedRules[attribute].get(policy)
  if (known !== undefined && known.from === from) return known.rules
  const parsed = parseRules(from)
  const rules = parsed.ok ? parsed.value : []
  parsedRules[attribute].set(policy, { from, rules })
  return rules
}
