import { isHostedBy, parseResourceAddress } from './address.ts'
import { type EntityId, type Own, parseEntityId, toAbsolute } from './identifiers.ts'
import { isResourceType } from './names.ts'
import { Operation, type RequestPrimitive } from './primitive.ts'
import { parseExpiry, parseTimestamp } from './time.ts'

/** What the security association of the connection proves; absolute ids. */
export type AssociatedPeer =
  | { readonly kind: 'none' }
  | { readonly kind: 'ae'; readonly allowed: readonly string[] }
  | { readonly kind: 'cse'; readonly id: string }

export interface ValidityContext {
  readonly own: Own
  readonly association: AssociatedPeer
  /** Absolute AE-ID registered here. */
  readonly registeredAe: (absoluteId: string) => boolean
  /** Absolute CSE-IDs of the registree CSEs. */
  readonly registreeCses: readonly string[]
  readonly nowMs: number
  /** Release versions accepted in `rvi`; default `defaultReleases`. */
  readonly releases?: readonly string[]
  /** Parameters the host does not act on; default `defaultUnsupported`. */
  readonly unsupported?: readonly (keyof RequestPrimitive)[]
}

/** A missing `rvi` counts as 1 (TS-0004 7.3.2.1). */
export const defaultReleases: readonly string[] = ['1', '2', '2a', '3']

/** To ignore any of these would change what the request means. */
export const defaultUnsupported: readonly (keyof RequestPrimitive)[] = [
  'oet',
  'gid',
  'rids',
  'tkns',
  'tids',
  'ltids',
  'tqi',
  'da',
]

export interface Rejection {
  readonly rsc: number
  readonly because: string
}

type Check = (request: RequestPrimitive, context: ValidityContext) => Rejection | undefined

/** In the order of the standard's table. */
const checks: readonly Check[] = [checkFrom, checkExpiry, checkFormat, checkAsHost]

/** Validity check of an incoming request, Recv-1.0 (TS-0004 7.3.2.1, TS-0003 7.2.1). Undefined: valid. */
export function checkIncoming(
  request: RequestPrimitive,
  context: ValidityContext,
): Rejection | undefined {
  for (const check of checks) {
    const rejection = check(request, context)
    if (rejection !== undefined) return rejection
  }
  return undefined
}

/** AE registration: the one request whose From may be absent or a single letter (TS-0001 10.2.2.2). */
export function isAeCreation(request: RequestPrimitive): boolean {
  return request.op === Operation.create && request.ty === 2
}

function checkFrom(request: RequestPrimitive, context: ValidityContext): Rejection | undefined {
  const creation = isAeCreation(request)
  const { fr } = request
  if (fr === undefined) return creation ? undefined : reject(4000, 'From is missing')
  if (creation && (fr === 'C' || fr === 'S')) return undefined
  const parsed = parseEntityId(fr)
  if (!parsed.ok) return reject(4000, `From: ${parsed.error.message}`)
  const id = asKnownCse(parsed.value, context)
  const { association } = context
  if (association.kind === 'ae') return checkAgainstAe(id, association.allowed, context)
  if (association.kind === 'cse') return checkAgainstCse(id, association.id, context)
  return checkWithoutAssociation(id, creation, context)
}

/** `/Sxxx` may be an AE-ID or a CSE-ID; where it is that of a CSE we know, it is the CSE. */
function asKnownCse(id: EntityId, context: ValidityContext): EntityId {
  const { association, registreeCses } = context
  const absolute = toAbsolute(id, context.own)
  const isCse =
    registreeCses.includes(absolute) || (association.kind === 'cse' && association.id === absolute)
  if (id.kind === 'cse' || id.form === 'stem' || id.stemKind !== 'S' || !isCse) return id
  const provider = id.spId === undefined ? {} : { spId: id.spId }
  return { kind: 'cse', form: id.form, cseId: `/${id.stem}`, ...provider }
}

function checkAgainstAe(
  id: EntityId,
  allowed: readonly string[],
  context: ValidityContext,
): Rejection | undefined {
  const absolute = toAbsolute(id, context.own)
  const format = checkStemFormat(id, absolute, context)
  if (format !== undefined) return format
  if (!allowed.includes(absolute)) {
    return reject(4106, `From ${absolute} is none of the associated ${allowed.join(', ')}`)
  }
  return isStem(id) ? undefined : reject(4000, 'From of an AE is not its AE-ID-Stem')
}

function checkAgainstCse(
  id: EntityId,
  peer: string,
  context: ValidityContext,
): Rejection | undefined {
  const others = context.registreeCses.filter((cse) => cse !== peer)
  if (id.kind === 'cse') {
    const absolute = toAbsolute(id, context.own)
    return others.includes(absolute)
      ? reject(4106, `From is the registree ${absolute}, the association is with ${peer}`)
      : undefined
  }
  if (id.stemKind === 'S') return undefined
  if (isStem(id)) return reject(4106, `From is a bare C stem, the association is with ${peer}`)
  const cse = `//${id.spId ?? context.own.spId}${id.cseId ?? ''}`
  return others.includes(cse)
    ? reject(4106, `From is an AE of the registree ${cse}, the association is with ${peer}`)
    : undefined
}

function checkWithoutAssociation(
  id: EntityId,
  creation: boolean,
  context: ValidityContext,
): Rejection | undefined {
  const absolute = toAbsolute(id, context.own)
  if (id.kind === 'cse') {
    return reject(4107, `From is the CSE ${absolute}, there is no security association`)
  }
  const format = checkStemFormat(id, absolute, context)
  if (format !== undefined || creation) return format
  return context.registeredAe(absolute)
    ? undefined
    : reject(4106, `${absolute} is not registered here`)
}

/** A registree AE calls itself by its AE-ID-Stem and nothing else. */
function checkStemFormat(
  id: EntityId,
  absolute: string,
  context: ValidityContext,
): Rejection | undefined {
  return !isStem(id) && id.kind === 'ae' && context.registeredAe(absolute)
    ? reject(4000, 'From of a registree AE is not its AE-ID-Stem')
    : undefined
}

function isStem(id: EntityId): boolean {
  return id.form === 'stem'
}

function checkExpiry(request: RequestPrimitive, context: ValidityContext): Rejection | undefined {
  const origin = request.ot === undefined ? undefined : parseTimestamp(request.ot)
  if (origin?.ok === false) return reject(4000, `ot: ${origin.error.message}`)
  for (const name of ['rqet', 'rset', 'oet'] as const) {
    const text = request[name]
    const due = text === undefined ? undefined : parseExpiry(text, context.nowMs)
    if (due?.ok === false) return reject(4000, `${name}: ${due.error.message}`)
    if (name === 'rqet' && due?.ok && due.value <= context.nowMs) {
      return reject(4008, `rqet ${text} is past`)
    }
  }
  return undefined
}

/** Result content per operation: which values of `rcn` have a meaning for it. */
const resultContents: Readonly<Record<Operation, readonly number[]>> = {
  [Operation.create]: [0, 1, 2, 3, 9],
  [Operation.retrieve]: [1, 4, 5, 6, 7, 8, 10, 11, 12],
  [Operation.update]: [0, 1, 9],
  [Operation.delete]: [0, 1, 4, 5, 6, 8],
  [Operation.notify]: [0, 1],
}

function checkFormat(request: RequestPrimitive): Rejection | undefined {
  const { op, ty, rcn } = request
  if (op === Operation.create && (ty === undefined || !isResourceType(ty))) {
    return reject(4000, ty === undefined ? 'create without ty' : `${ty} is no resource type`)
  }
  if (op !== Operation.create && ty !== undefined) {
    return reject(4000, 'ty is only for create')
  }
  if (op === Operation.create && request.fc !== undefined) {
    return reject(4000, 'create with filter criteria')
  }
  if (rcn !== undefined && !resultContents[op].includes(rcn)) {
    return reject(4000, `result content ${rcn} has no meaning for operation ${op}`)
  }
  return undefined
}

/** What only the hosting CSE looks at; a transit CSE passes it on. */
function checkAsHost(request: RequestPrimitive, context: ValidityContext): Rejection | undefined {
  const address = parseResourceAddress(request.to)
  if (!address.ok) return reject(address.error.rsc, address.error.message)
  if (!isHostedBy(address.value, context.own)) return undefined
  const unsupported = (context.unsupported ?? defaultUnsupported).find((name) =>
    isSet(request, name),
  )
  if (unsupported !== undefined) return reject(5001, `parameter ${unsupported} is not supported`)
  const release = request.rvi ?? '1'
  return (context.releases ?? defaultReleases).includes(release)
    ? undefined
    : reject(4001, `release version ${release} is not supported`)
}

/** A flag that says no asks for nothing. */
function isSet(request: RequestPrimitive, name: keyof RequestPrimitive): boolean {
  const value = request[name]
  return value !== undefined && value !== false
}

function reject(rsc: number, because: string): Rejection {
  return { rsc, because }
}
