/** Short names of primitive parameters and their long names (TS-0004 8.2). */
export const requestParameterNames: Readonly<Record<string, string>> = {}
export const responseParameterNames: Readonly<Record<string, string>> = {}
/** Short names of attributes and their long names. */
export const attributeNames: Readonly<Record<string, string>> = {}

export interface ResourceTypeName {
  readonly ty: number
  /** e.g. `cnt` */
  readonly shortName: string
  /** e.g. `container` */
  readonly longName: string
}
/** Every resource type with a known short name (TS-0004 6.3.4.2.1). */
export const resourceTypeNames: readonly ResourceTypeName[] = []

/** `m2m:cnt` for 3; undefined for a type without a known short name. */
export function elementNameOf(_ty: number): string | undefined {
  return undefined
}

/** 3 for `m2m:cnt`. */
export function resourceTypeOfElement(_element: string): number | undefined {
  return undefined
}
