import { isJsonObject } from '../json.ts'
import { elementNameOf, isResourceType } from '../names.ts'
import type { Json, JsonObject } from '../primitive.ts'
import { type Result, refusal, success } from '../result.ts'
import { parseTimestamp } from '../time.ts'
import { problemOf } from './attributeChecks.ts'
import {
  type AttributeRow,
  type Presence,
  type ResourceRow,
  ResourceType,
  resourceRow,
} from './resourceTable.ts'

export interface ValidationContext {
  /** The host's clock: an expirationTime before it is refused. */
  readonly nowMs: number
  /** Release version of the request (`rvi`); Release 1 has no supportedReleaseVersions. Default `3`. */
  readonly release?: string
}

/**
 * Representation checks of a create (TS-0004 7.3.3.3): the attributes the originator gave, by short name.
 * 5001 type not implemented, 4005 CSEBase, 4108 not a permitted child, 4000 content does not fit. Names taken by a
 * sibling (4105) are the host's to check; `la` and `ol` are taken in every container.
 */
export function validateCreate(
  ty: number,
  parentTy: number,
  content: JsonObject | undefined,
  context: ValidationContext,
): Result<JsonObject> {
  if (!isResourceType(ty)) return bad(`${ty} is no resource type`)
  const row = resourceRow(ty)
  if (row === undefined) {
    return refusal('TYPE_NOT_IMPLEMENTED', `resource type ${ty} is not implemented`, 5001)
  }
  if (row.forbidden.includes('create')) return notAllowed(ty, 'created')
  if (!resourceRow(parentTy)?.children.includes(ty)) {
    return refusal('CHILD_NOT_PERMITTED', `type ${ty} is no child of type ${parentTy}`, 4108)
  }
  const attributes = attributesOf(ty, content)
  if (!attributes.ok) return attributes
  const checked = checkAttributes(attributes.value, row, 'create', context)
  if (!checked.ok) return checked
  const missing = row.attributes.find(
    ({ name, create }) => create === 'M' && !isGiven(attributes.value, name, context),
  )
  if (missing !== undefined) return bad(`mandatory attribute ${missing.name} is missing`)
  const { rn } = attributes.value
  if (parentTy === ResourceType.container && (rn === 'la' || rn === 'ol')) {
    return refusal('NAME_TAKEN', `${rn} is a virtual child of every container`, 4105)
  }
  return attributes
}

/** Representation checks of an update (TS-0004 7.3.3.4): the changes; `null` removes an optional attribute. */
export function validateUpdate(
  ty: number,
  content: JsonObject | undefined,
  context: ValidationContext,
): Result<JsonObject> {
  const row = resourceRow(ty)
  if (row === undefined) {
    return refusal('TYPE_NOT_IMPLEMENTED', `resource type ${ty} is not implemented`, 5001)
  }
  if (row.forbidden.includes('update')) return notAllowed(ty, 'updated')
  const changes = attributesOf(ty, content)
  if (!changes.ok) return changes
  const names = Object.keys(changes.value)
  if (names.includes('acpi') && names.length > 1) {
    // TS-0001 9.6.1.3.2: another privilege decides over acpi than over the rest.
    return bad('acpi must be the only attribute of its update')
  }
  return checkAttributes(changes.value, row, 'update', context)
}

function attributesOf(ty: number, content: JsonObject | undefined): Result<JsonObject> {
  const element = elementNameOf(ty) ?? ''
  const attributes = content?.[element]
  if (!isJsonObject(attributes) || Object.keys(content ?? {}).length !== 1) {
    return bad(`the content is not one ${element}`)
  }
  return success(attributes)
}

function checkAttributes(
  attributes: JsonObject,
  row: ResourceRow,
  operation: 'create' | 'update',
  context: ValidationContext,
): Result<JsonObject> {
  let unsupported: string | undefined
  for (const [name, value] of Object.entries(attributes)) {
    const attribute = row.attributes.find((candidate) => candidate.name === name)
    if (attribute === undefined) return bad(`type ${row.ty} has no attribute ${name}`)
    const presence = attribute[operation]
    if (presence === 'NP') return bad(`attribute ${name} must not be given on ${operation}`)
    if (presence === 'U') unsupported = name
    else if (!isRemoval(attribute, presence, value, operation)) {
      const problem = problemOfValue(attribute, value, context)
      if (problem !== undefined) return bad(`attribute ${name} ${problem}`)
    }
  }
  return unsupported === undefined
    ? success(attributes)
    : refusal('ATTRIBUTE_UNSUPPORTED', `attribute ${unsupported} is not supported`, 5001)
}

/** NULL in an update takes an attribute away, unless it is one that every resource of the type has. */
function isRemoval(
  attribute: AttributeRow,
  presence: Presence,
  value: Json,
  operation: 'create' | 'update',
): boolean {
  const removable = presence === 'O' && attribute.create !== 'M' && attribute.name !== 'et'
  return operation === 'update' && value === null && removable
}

function problemOfValue(
  attribute: AttributeRow,
  value: Json,
  context: ValidationContext,
): string | undefined {
  const problem = problemOf(attribute.type, value)
  if (problem !== undefined || attribute.name !== 'et' || typeof value !== 'string') return problem
  const due = parseTimestamp(value)
  return due.ok && due.value <= context.nowMs ? 'is past' : undefined
}

function isGiven(attributes: JsonObject, name: string, context: ValidationContext): boolean {
  return Object.hasOwn(attributes, name) || (name === 'srv' && context.release === '1')
}

function bad(message: string): Result<never> {
  return refusal('CONTENT_REFUSED', message, 4000)
}

function notAllowed(ty: number, what: string): Result<never> {
  return refusal('OPERATION_NOT_ALLOWED', `type ${ty} cannot be ${what}`, 4005)
}
