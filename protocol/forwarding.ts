import { isHostedBy, parseResourceAddress } from './address.ts'
import { type Own, parseEntityId, toAbsolute, toSpRelative } from './identifiers.ts'
import type { RequestPrimitive } from './primitive.ts'
import { parseExpiry } from './time.ts'

export interface ForwardingContext {
  readonly own: Own
  /** SP-relative CSE-IDs: `csi` and `dcse` of the local remoteCSEs of registrees. */
  readonly registrees: readonly {
    readonly cseId: string
    readonly descendants: readonly string[]
  }[]
  /** SP-relative. */
  readonly registrarCseId?: string
  /** An AE, or the SP-relative CSE-ID of the neighbour that sent the request. */
  readonly cameFrom: 'ae' | string
  readonly isIn: boolean
}

export type NextHop =
  | { readonly kind: 'hosting' }
  | { readonly kind: 'forward'; readonly cseId: string }
  | { readonly kind: 'refuse'; readonly rsc: number; readonly because: string }

/** Hosting or transit, and where to (TS-0004 7.3.2.6, 7.3.2.8). */
export function nextHop(to: string, context: ForwardingContext): NextHop {
  const address = parseResourceAddress(to)
  if (!address.ok) return refuse(address.error.rsc, address.error.message)
  if (isHostedBy(address.value, context.own)) return { kind: 'hosting' }
  const { spId, cseId } = address.value
  const ownProvider = spId === undefined || spId === context.own.spId
  const down = ownProvider ? registreeTowards(cseId, context) : undefined
  if (down !== undefined) return forwardTo(down, context)
  if (context.isIn) return refuse(4004, `no registree leads to ${to}`)
  if (context.registrarCseId === undefined) return refuse(4004, 'no registrar to ask')
  return forwardTo(context.registrarCseId, context)
}

/** The registree that is the addressed CSE, else the one it descends from. */
function registreeTowards(cseId: string | undefined, context: ForwardingContext) {
  if (cseId === undefined) return undefined
  const { registrees } = context
  const itself = registrees.find((registree) => registree.cseId === cseId)
  return (itself ?? registrees.find((registree) => registree.descendants.includes(cseId)))?.cseId
}

/** Never back to the neighbour it came from: the standard says so for the registrar, and any other way is a loop. */
function forwardTo(cseId: string, context: ForwardingContext): NextHop {
  return cseId === context.cameFrom
    ? refuse(4004, `${cseId} sent the request here, it does not go back`)
    : { kind: 'forward', cseId }
}

function refuse(rsc: number, because: string): NextHop {
  return { kind: 'refuse', rsc, because }
}

/** Why a request must not be passed on: one of its times is past (TS-0004 7.3.2.6). Undefined: none is. */
export function expired(
  request: RequestPrimitive,
  nowMs: number,
): { readonly rsc: number; readonly because: string } | undefined {
  for (const name of ['rqet', 'rset', 'oet'] as const) {
    const text = request[name]
    if (text === undefined) continue
    const due = parseExpiry(text, nowMs)
    if (!due.ok) return { rsc: 4000, because: `${name}: ${due.error.message}` }
    if (due.value <= nowMs) return { rsc: 4008, because: `${name} ${text} is past` }
  }
  return undefined
}

/**
 * From as it leaves this CSE (TS-0004 7.3.2.6): a C stem becomes SP-relative; the IN-CSE makes any form absolute where
 * `to` is another provider's. An S stem is unique within its provider and stays.
 */
export function convertFrom(
  fr: string,
  options: { readonly own: Own; readonly to: string; readonly isIn: boolean },
): string {
  const id = parseEntityId(fr)
  if (!id.ok) return fr
  const address = parseResourceAddress(options.to)
  const spId = address.ok ? address.value.spId : undefined
  const leavesProvider = spId !== undefined && spId !== options.own.spId
  if (options.isIn && leavesProvider) return toAbsolute(id.value, options.own)
  const isLocal = id.value.kind === 'ae' && id.value.form === 'stem' && id.value.stemKind === 'C'
  return isLocal ? toSpRelative(id.value, options.own) : fr
}

/** Request identifier of an AE as its registrar passes it on: `<AE-ID-Stem>/<rqi>` (TS-0001 7.1.7). */
export function prefixRequestId(rqi: string, stem: string): string {
  return `${stem}/${rqi}`
}

/** The identifier as the AE wrote it: without the stem's prefix. With `stem` given only that prefix is taken off. */
export function originalRequestId(rqi: string, stem?: string): string {
  if (stem !== undefined) return rqi.startsWith(`${stem}/`) ? rqi.slice(stem.length + 1) : rqi
  return rqi.replace(/^[CS][A-Za-z0-9._~-]+\/(?=.)/, '')
}
