/** Presence in a request: mandatory, optional, not permitted. */
export type Presence = 'M' | 'O' | 'NP'

export interface AttributeRow {
  readonly name: string
  readonly type: AttributeType
  readonly create: Presence
  readonly update: Presence
}

export type AttributeType =
  | 'text'
  | 'name'
  | 'boolean'
  | 'unsigned'
  | 'timestamp'
  | 'texts'
  | 'nonEmptyTexts'
  | 'content'
  | 'privileges'
  | 'selfPrivileges'
  | 'appId'
  | 'cseType'
  | 'object'
  | 'null'

export interface ResourceRow {
  readonly ty: number
  /** `m2m:cnt` */
  readonly element: string
  readonly attributes: readonly AttributeRow[]
  /** Types that may be created below it. */
  readonly children: readonly number[]
}

/** Resource types the bench's nodes implement. */
export const ResourceType = {
  accessControlPolicy: 1,
  ae: 2,
  container: 3,
  contentInstance: 4,
  cseBase: 5,
  remoteCse: 16,
} as const

export function resourceRow(_ty: number): ResourceRow | undefined {
  return undefined
}
