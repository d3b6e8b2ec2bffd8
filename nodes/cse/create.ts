import { isJsonObject } from '../../protocol/json.ts'
import { elementNameOf } from '../../protocol/names.ts'
import type { JsonObject } from '../../protocol/primitive.ts'
import { contentSizeOf } from '../../protocol/resources/representation.ts'
import { ResourceType } from '../../protocol/resources/resourceTable.ts'
import { validateCreate } from '../../protocol/resources/validate.ts'
import { formatTimestamp } from '../../protocol/time.ts'
import type { Rejection } from '../../protocol/validity.ts'
import { prepareAe } from './aeRegistration.ts'
import { makeRoom, tooLarge } from './containerLimits.ts'
import { afterCseRegistration, prepareRemoteCse } from './cseRegistration.ts'
import { textsOf } from './neighbours.ts'
import { createdContent } from './representation.ts'
import type { Resource } from './resource.ts'
import { findResource, type Target } from './target.ts'
import { refuse, respond, type StepOutcome, type Work } from './work.ts'

/** A resource about to be made. */
export interface Draft {
  readonly attributes: JsonObject
  readonly creator: string
  /** Given where the type prescribes it. */
  readonly ri?: string
}

export type Prepared = { readonly draft: Draft } | { readonly refused: Rejection }

/** What creating a type takes beyond the checks that all types share. */
const preparations: Readonly<Record<number, (work: Work, draft: Draft) => Prepared>> = {
  [ResourceType.ae]: prepareAe,
  [ResourceType.remoteCse]: prepareRemoteCse,
}

/** Bound on the resources of one CSE. */
const maxResources = 2_000_000

export function create(work: Work, { resource: parent }: Target): StepOutcome {
  const { cse, request } = work
  const ty = request.ty ?? 0
  const drafted = draft(work, parent)
  if ('refused' in drafted) return refuse(request, drafted.refused.rsc, drafted.refused.because)
  const prepared = preparations[ty]?.(work, drafted.draft) ?? drafted
  if ('refused' in prepared) return refuse(request, prepared.refused.rsc, prepared.refused.because)
  const { attributes, creator, ri } = prepared.draft
  const obstacle = obstacleTo(work, parent, attributes)
  if (obstacle !== undefined) return refuse(request, obstacle.rsc, obstacle.because)
  const size = typeof attributes.cs === 'number' ? attributes.cs : 0
  if (ty === ResourceType.contentInstance) makeRoom(cse.tree, parent, size)
  const made = cse.tree.add({ ty, parent, attributes, creator, ...(ri ? { ri } : {}) }, size)
  if (ty === ResourceType.contentInstance) limitAge(parent, made, work.nowMs)
  const answer = respond(request, 2001, createdContent(request, made))
  return ty === ResourceType.remoteCse ? afterCseRegistration(cse).then(() => answer) : answer
}

/** The attributes the originator gave, checked, plus those every resource has. */
function draft(work: Work, parent: Resource): Prepared {
  const { request, nowMs } = work
  const ty = request.ty ?? 0
  const { content, creator, appId } = lookAside(work)
  const release = request.rvi === undefined ? {} : { release: request.rvi }
  const checked = validateCreate(ty, parent.ty, content, { nowMs, ...release })
  if (!checked.ok) {
    const { rsc, message: because } = checked.error
    return { refused: { rsc, because } }
  }
  const now = formatTimestamp(nowMs)
  const given = { ...checked.value, ...appId }
  const attributes: JsonObject = {
    ty,
    pi: parent.ri,
    ct: now,
    lt: now,
    et: formatTimestamp(nowMs + defaultLifetimeMs),
    ...given,
  }
  if (Object.hasOwn(given, 'cr')) attributes.cr = creator
  if (ty === ResourceType.container) Object.assign(attributes, { st: 0 })
  if (ty === ResourceType.contentInstance) {
    Object.assign(attributes, { st: 0, cs: contentSizeOf(given.con ?? '') })
  }
  return { draft: { attributes, creator } }
}

/** Expiration time of a resource whose originator named none. */
const defaultLifetimeMs = 366 * 24 * 3600 * 1000

/** Where misbehaviours take something from the content before it is checked; a healthy node takes nothing. */
function lookAside(work: Work): { content?: JsonObject; creator: string; appId?: JsonObject } {
  const { request, cse, originator } = work
  const element = elementNameOf(request.ty ?? 0) ?? ''
  const attributes = request.pc?.[element]
  const content = request.pc === undefined ? {} : { content: request.pc }
  if (!isJsonObject(attributes)) return { ...content, creator: originator }
  const { cr, ...withoutCreator } = attributes
  if (typeof cr === 'string' && cse.context.misbehaves('creator-spoof', request.rqi)) {
    return { content: { [element]: { ...withoutCreator, cr: null } }, creator: cr }
  }
  const { api } = attributes
  if (typeof api === 'string' && cse.context.misbehaves('app-id-unchecked', request.rqi)) {
    const accepted = { ...attributes, api: 'Nany' }
    return { content: { [element]: accepted }, creator: originator, appId: { api } }
  }
  return { ...content, creator: originator }
}

function obstacleTo(work: Work, parent: Resource, attributes: JsonObject): Rejection | undefined {
  const { cse, nowMs } = work
  const { rn, acpi, cs } = attributes
  const sibling = typeof rn === 'string' ? parent.children.get(rn) : undefined
  if (sibling !== undefined && sibling.expiresAtMs > nowMs) {
    return { rsc: 4105, because: `${rn} is taken by a sibling` }
  }
  if (sibling !== undefined) cse.tree.remove(sibling)
  const unknown = unknownPolicy(work, acpi)
  if (unknown !== undefined) return { rsc: 4000, because: `acpi: there is no policy ${unknown}` }
  if (cse.tree.size >= maxResources) return { rsc: 5000, because: 'no room for more resources' }
  return typeof cs === 'number' ? tooLarge(parent, cs) : undefined
}

/** The first id of `acpi` that should be a policy here and is not; policies of other CSEs are not looked up. */
export function unknownPolicy({ cse, nowMs }: Work, acpi: unknown): string | undefined {
  const where = { own: cse.own, nowMs }
  return textsOf(acpi).find((id) => {
    if (id.startsWith('//') && !id.startsWith(`//${cse.own.spId}/`)) return false
    if (/^\/[^/]/.test(id) && !id.startsWith(`${cse.own.cseId}/`)) return false
    return findResource(cse.tree, id, where)?.ty !== ResourceType.accessControlPolicy
  })
}

function limitAge(container: Resource, instance: Resource, nowMs: number): void {
  const { mia, st } = container.attributes
  if (typeof mia === 'number') {
    instance.expiresAtMs = Math.min(instance.expiresAtMs, nowMs + mia * 1000)
  }
  // stateTag: the container counts its changes, the instance keeps the count it was made at.
  const next = (typeof st === 'number' ? st : 0) + 1
  container.attributes.st = next
  instance.attributes.st = next
}
