import type { Own } from './identifiers.ts'
import { parseCseId, parseSpId } from './identifiers.ts'
import { type Result, refusal, success } from './result.ts'

/** Where a request goes: the `to` parameter taken apart (TS-0004 6.2.3). */
export interface ResourceAddress {
  readonly scope: 'cse-relative' | 'sp-relative' | 'absolute'
  /** Without slashes; only in absolute scope. */
  readonly spId?: string
  /** With its slash; in SP-relative and absolute scope. */
  readonly cseId?: string
  /** Names below the CSE; may be empty only where `cseId` is given (the CSE itself). */
  readonly segments: readonly string[]
  /** Attribute short name of a partial retrieve, after `#`. */
  readonly fragment?: string
}

/** Bounds on what is read as an address. */
export const addressLimits = { characters: 4096, segments: 64 } as const

const segmentForm = /^[A-Za-z0-9._~-]+$/
const fragmentForm = /^[A-Za-z][A-Za-z0-9]*$/

export function parseResourceAddress(to: string): Result<ResourceAddress> {
  if (to.length > addressLimits.characters) return malformed(to)
  const hash = to.indexOf('#')
  const fragment = hash < 0 ? undefined : to.slice(hash + 1)
  if (fragment !== undefined && !fragmentForm.test(fragment)) return malformed(to)
  const path = hash < 0 ? to : to.slice(0, hash)
  const address = parsePath(path)
  if (address === undefined) return malformed(to)
  return success(fragment === undefined ? address : { ...address, fragment })
}

function parsePath(path: string): ResourceAddress | undefined {
  if (!path.startsWith('/')) {
    const segments = parseSegments(path.split('/'))
    return segments === undefined || segments.length === 0
      ? undefined
      : { scope: 'cse-relative', segments }
  }
  if (!path.startsWith('//')) return parseSpRelative(path)
  const slash = path.indexOf('/', 2)
  const spId = slash < 0 ? undefined : parseSpId(path.slice(0, slash))
  const rest = spId?.ok ? parseSpRelative(path.slice(slash)) : undefined
  return rest && spId?.ok ? { ...rest, scope: 'absolute', spId: spId.value } : undefined
}

function parseSpRelative(path: string): ResourceAddress | undefined {
  const [, first = '', ...rest] = path.split('/')
  const cseId = parseCseId(`/${first}`)
  const segments = parseSegments(rest)
  return cseId.ok && segments ? { scope: 'sp-relative', cseId: cseId.value, segments } : undefined
}

function parseSegments(segments: readonly string[]): readonly string[] | undefined {
  const sound =
    segments.length <= addressLimits.segments &&
    segments.every((s) => segmentForm.test(s) && s !== '.' && s !== '..')
  return sound ? segments : undefined
}

/** The text of an address; `formatResourceAddress(parse(x))` is `x`. */
export function formatResourceAddress(address: ResourceAddress): string {
  const below = address.segments.join('/')
  const fragment = address.fragment === undefined ? '' : `#${address.fragment}`
  if (address.scope === 'cse-relative') return below + fragment
  const provider = address.scope === 'absolute' ? `//${address.spId ?? ''}` : ''
  const separator = below === '' ? '' : '/'
  return `${provider}${address.cseId ?? ''}${separator}${below}${fragment}`
}

/** Hosting test of TS-0004 7.3.2.8: everything the address says of provider and CSE is ours. */
export function isHostedBy(address: ResourceAddress, own: Own): boolean {
  return (
    (address.spId === undefined || address.spId === own.spId) &&
    (address.cseId === undefined || address.cseId === own.cseId)
  )
}

function malformed(to: string): Result<never> {
  return refusal(
    'ADDRESS_MALFORMED',
    `not a resource identifier: ${JSON.stringify(to.slice(0, 80))}`,
  )
}
