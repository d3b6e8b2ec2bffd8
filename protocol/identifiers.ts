import { type Result, refusal, success } from './result.ts'

/** Who "we" are when an identifier is read: M2M-SP-ID without its slashes, SP-relative CSE-ID with its slash. */
export interface Own {
  readonly spId: string
  readonly cseId: string
}

/** Identifier of an AE or CSE in any of its forms (TS-0001 7.2). `spId` has no slashes, `cseId` starts with one. */
export type EntityId = CseEntityId | AeEntityId

export interface CseEntityId {
  readonly kind: 'cse'
  readonly form: 'sp-relative' | 'absolute'
  readonly spId?: string
  readonly cseId: string
}

export interface AeEntityId {
  readonly kind: 'ae'
  readonly form: 'stem' | 'sp-relative' | 'absolute'
  readonly stem: string
  /** `C`: assigned by the registrar CSE, `S`: by the service provider. */
  readonly stemKind: 'C' | 'S'
  /** Present on C stems in SP-relative and absolute form. */
  readonly cseId?: string
  readonly spId?: string
}

/** Bound on the length of any identifier read. */
export const maxIdentifierLength = 512

const fqdn =
  /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/
const cseIdForm = /^\/[A-Za-z0-9._~-]+$/
const stemForm = /^[CS][A-Za-z0-9._~-]*$/

/** `//sp.example` or `sp.example` -> `sp.example`. The FQDN is in lower case (TS-0001 7.2). */
export function parseSpId(text: string): Result<string> {
  const name = text.startsWith('//') ? text.slice(2) : text
  return fqdn.test(name) ? success(name) : malformed('M2M-SP-ID', text)
}

/** SP-relative CSE-ID: `/` and unreserved characters. */
export function parseCseId(text: string): Result<string> {
  return text.length <= maxIdentifierLength && cseIdForm.test(text)
    ? success(text)
    : malformed('CSE-ID', text)
}

/** Complete AE-ID-Stem: `C` or `S` and at least one more unreserved character. */
export function parseAeIdStem(text: string): Result<string> {
  return text.length > 1 && text.length <= maxIdentifierLength && stemForm.test(text)
    ? success(text)
    : malformed('AE-ID-Stem', text)
}

/** App-ID: `R<authority>.<reverse DNS>.<app>` or `N<free>`; a leading `r` is tolerated (TS-0001 7.2). */
export function parseAppId(text: string): Result<string> {
  const registered = /^[Rr][A-Za-z0-9_~-]+(?:\.[A-Za-z0-9_~-]+)+$/
  const free = /^N[A-Za-z0-9._~-]+$/
  return text.length <= maxIdentifierLength && (registered.test(text) || free.test(text))
    ? success(text)
    : malformed('App-ID', text)
}

/**
 * An AE-ID or CSE-ID in any form. `/Sxxx` is read as the SP-relative id of a provider-assigned AE, although a CSE-ID
 * may be spelled the same way: the text alone cannot tell.
 */
export function parseEntityId(text: string): Result<EntityId> {
  if (text.length > maxIdentifierLength) return malformed('AE-ID or CSE-ID', text)
  if (!text.startsWith('/')) return parseStem(text)
  if (!text.startsWith('//')) return parseSpRelative(text)
  const slash = text.indexOf('/', 2)
  const spId = slash < 0 ? undefined : parseSpId(text.slice(0, slash))
  if (spId === undefined || !spId.ok) return malformed('AE-ID or CSE-ID', text)
  const rest = parseSpRelative(text.slice(slash))
  return rest.ok
    ? success({ ...rest.value, form: 'absolute', spId: spId.value })
    : malformed('AE-ID or CSE-ID', text)
}

function parseStem(text: string): Result<EntityId> {
  const stem = parseAeIdStem(text)
  if (!stem.ok) return stem
  return success({ kind: 'ae', form: 'stem', stem: text, stemKind: stemKindOf(text) })
}

function parseSpRelative(text: string): Result<CseEntityId | AeEntityId> {
  const [, first = '', second, ...more] = text.split('/')
  if (more.length > 0 || !parseCseId(`/${first}`).ok) return malformed('AE-ID or CSE-ID', text)
  if (second === undefined) {
    const isStem = first.startsWith('S') && parseAeIdStem(first).ok
    return isStem
      ? success({ kind: 'ae', form: 'sp-relative', stem: first, stemKind: 'S' })
      : success({ kind: 'cse', form: 'sp-relative', cseId: `/${first}` })
  }
  if (!second.startsWith('C') || !parseAeIdStem(second).ok) return malformed('AE-ID', text)
  const cseId = `/${first}`
  return success({ kind: 'ae', form: 'sp-relative', stem: second, stemKind: 'C', cseId })
}

function stemKindOf(stem: string): 'C' | 'S' {
  return stem.startsWith('C') ? 'C' : 'S'
}

/** `//sp.example/cse1`, `//sp.example/cse1/CAE1`, `//sp.example/SAE2`; what the id leaves out is taken from `own`. */
export function toAbsolute(id: EntityId, own: Own): string {
  return `//${id.spId ?? own.spId}${toSpRelative(id, own)}`
}

/** `/cse1`, `/cse1/CAE1`, `/SAE2`: the provider's part is left out, even where it is another provider. */
export function toSpRelative(id: EntityId, own: Own): string {
  if (id.kind === 'cse') return id.cseId
  return id.stemKind === 'S' ? `/${id.stem}` : `${id.cseId ?? own.cseId}/${id.stem}`
}

/** Whether two ids name one entity; ids are case sensitive (TS-0001 7.2). Text that is no id is only equal to nothing. */
export function sameEntity(a: EntityId | string, b: EntityId | string, own: Own): boolean {
  const left = absoluteOf(a, own)
  return left !== undefined && left === absoluteOf(b, own)
}

/** Absolute form of an id given as text; undefined where the text is no AE-ID or CSE-ID. */
export function absoluteOf(id: EntityId | string, own: Own): string | undefined {
  if (typeof id !== 'string') return toAbsolute(id, own)
  const parsed = parseEntityId(id)
  return parsed.ok ? toAbsolute(parsed.value, own) : undefined
}

/** Parts of a KpsaID `<relative part>@<issuer FQDN>` (TS-0003 10.5). */
export interface KpsaId {
  readonly relative: string
  readonly issuer: string
}

/** KpsaID: letters, digits, `.`, `_`, `-`, then `@` and the issuer's FQDN (TS-0003 10.5). */
export function parseKpsaId(text: string): Result<KpsaId> {
  const match = /^([A-Za-z0-9._-]+)@([^@]+)$/.exec(text)
  const [, relative, issuer] = match ?? []
  if (text.length > maxIdentifierLength || relative === undefined || issuer === undefined) {
    return malformed('KpsaID', text)
  }
  return fqdn.test(issuer) ? success({ relative, issuer }) : malformed('KpsaID', text)
}

/** Credential-ID of a KpsaID: type number 12 (TS-0003 10.4, 12.3.2.1). */
export function credentialIdOfKpsa(kpsaId: string): string {
  return `12-${kpsaId}`
}

function malformed(what: string, text: string): Result<never> {
  return refusal(
    'IDENTIFIER_MALFORMED',
    `not a valid ${what}: ${JSON.stringify(text.slice(0, 80))}`,
  )
}
