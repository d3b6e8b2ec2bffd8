import type { Own } from './identifiers.ts'

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
export function nextHop(_to: string, _context: ForwardingContext): NextHop {
  throw new Error('later')
}

/** From as it leaves this CSE (TS-0004 7.3.2.6): a C stem becomes SP-relative; absolute where `to` is another provider's. */
export function convertFrom(
  fr: string,
  _options: { readonly own: Own; readonly to: string; readonly isIn: boolean },
): string {
  return fr
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
