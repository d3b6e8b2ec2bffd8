/** Operations of request primitives (TS-0004 6.3.4.2, m2m:operation). */
export const Operation = { create: 1, retrieve: 2, update: 3, delete: 4, notify: 5 } as const
export type Operation = (typeof Operation)[keyof typeof Operation]

/** JSON as it travels in the content parameter. */
export type Json = string | number | boolean | null | Json[] | { [name: string]: Json }
export type JsonObject = { [name: string]: Json }

/** Response type parameter: value (1 non-blocking synch … 3 blocking, 4 flex, 5 none) and notification targets. */
export interface ResponseType {
  readonly rtv: number
  readonly nu?: readonly string[]
}

/** Filter criteria by short name; only what a receiver understood. Conditions on attributes stay under their own short name. */
export type FilterCriteria = JsonObject

/**
 * A request primitive with the short names of TS-0004 8.2.2; times are the ISO 8601 basic strings of the wire.
 * `fr` is absent only for AE creation (TS-0004 7.3.2.1).
 */
export interface RequestPrimitive {
  readonly op: Operation
  readonly to: string
  readonly fr?: string
  readonly rqi: string
  readonly rvi?: string
  readonly ty?: number
  readonly pc?: JsonObject
  readonly rids?: readonly string[]
  readonly ot?: string
  readonly rqet?: string
  readonly rset?: string
  readonly oet?: string
  readonly rt?: ResponseType
  readonly rp?: string
  readonly rcn?: number
  readonly ec?: number
  readonly da?: boolean
  readonly gid?: string
  readonly fc?: FilterCriteria
  readonly drt?: number
  readonly tkns?: readonly string[]
  readonly tids?: readonly string[]
  readonly ltids?: readonly string[]
  readonly tqi?: boolean
  readonly vsi?: string
}

/** A response primitive with the short names of TS-0004 8.2.2. */
export interface ResponsePrimitive {
  readonly rsc: number
  readonly rqi: string
  readonly rvi?: string
  readonly pc?: Json
  readonly to?: string
  readonly fr?: string
  readonly ot?: string
  readonly rset?: string
  readonly ec?: number
  readonly cnst?: number
  readonly cnot?: number
}
