/**
 * Presence in a request: mandatory, optional, not permitted; `U` = the standard has the attribute, the bench's nodes do
 * not support it (5001).
 */
export type Presence = 'M' | 'O' | 'NP' | 'U'

export interface AttributeRow {
  /** Short name. */
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
  | 'cseId'
  | 'cseType'
  /** May only be given as NULL. */
  | 'null'

export interface ResourceRow {
  readonly ty: number
  /** Types that may be created below it. */
  readonly children: readonly number[]
  readonly attributes: readonly AttributeRow[]
  /** What the API must never do with it: 4005. */
  readonly forbidden: readonly ('create' | 'update' | 'delete')[]
}

/** Resource types the bench's nodes implement (TS-0004 6.3.4.2.1). */
export const ResourceType = {
  accessControlPolicy: 1,
  ae: 2,
  container: 3,
  contentInstance: 4,
  cseBase: 5,
  remoteCse: 16,
} as const

/** `name:type create/update`, one attribute each: tables of this size are read, not typed. */
function rows(table: string): readonly AttributeRow[] {
  return table
    .trim()
    .split('\n')
    .map((line) => {
      const [name = '', type = '', create = '', update = ''] = line.trim().split(/\s+/)
      return { name, type, create, update } as AttributeRow
    })
}

const universal = rows(`
  rn   name          O  NP
  ri   text          NP NP
  pi   text          NP NP
  ty   unsigned      NP NP
  ct   timestamp     NP NP
  lt   timestamp     NP NP
  lbl  texts         O  O
`)

const regular = rows(`
  et   timestamp     O  O
  acpi nonEmptyTexts O  O
  daci texts         U  U
  at   texts         U  U
  aa   texts         U  U
`)

const accessControlPolicy = rows(`
  et   timestamp      O  O
  at   texts          U  U
  aa   texts          U  U
  pv   privileges     M  O
  pvs  selfPrivileges M  O
  adri texts          U  U
  apri texts          U  U
  airi texts          U  U
`)

const ae = rows(`
  api  appId         M  NP
  rr   boolean       M  O
  srv  texts         M  O
  apn  text          O  O
  aei  text          NP NP
  poa  texts         O  O
  nl   text          O  O
  or   text          O  O
  csz  texts         O  O
  esi  content       U  U
`)

const container = rows(`
  cr   null          O  NP
  mni  unsigned      O  O
  mbs  unsigned      O  O
  mia  unsigned      O  O
  or   text          O  O
  disr boolean       U  U
  li   text          U  U
  cni  unsigned      NP NP
  cbs  unsigned      NP NP
  st   unsigned      NP NP
`)

const contentInstance = rows(`
  et   timestamp     O  NP
  at   texts         U  NP
  aa   texts         U  NP
  cr   null          O  NP
  con  content       M  NP
  cnf  text          O  NP
  or   text          O  NP
  conr text          U  NP
  cs   unsigned      NP NP
  st   unsigned      NP NP
`)

const cseBase = rows(`
  csi  cseId         NP NP
  cst  cseType       NP NP
  srt  texts         NP NP
  poa  texts         NP NP
  srv  texts         NP NP
  nl   text          NP NP
  esi  content       NP NP
`)

const remoteCse = rows(`
  cb   text          M  NP
  csi  cseId         O  NP
  cst  cseType       O  NP
  rr   boolean       M  O
  poa  texts         O  O
  dcse texts         O  O
  srv  texts         O  O
  nl   text          O  O
  esi  content       U  U
`)

const { accessControlPolicy: acp, container: cnt } = ResourceType

const resourceRows: readonly ResourceRow[] = [
  { ty: acp, children: [], attributes: [...universal, ...accessControlPolicy], forbidden: [] },
  { ty: 2, children: [acp, cnt], attributes: [...universal, ...regular, ...ae], forbidden: [] },
  {
    ty: cnt,
    children: [cnt, ResourceType.contentInstance],
    attributes: [...universal, ...regular, ...container],
    forbidden: [],
  },
  {
    ty: ResourceType.contentInstance,
    children: [],
    attributes: [...universal, ...contentInstance],
    forbidden: ['update'],
  },
  {
    ty: ResourceType.cseBase,
    children: [acp, ResourceType.ae, cnt, ResourceType.remoteCse],
    attributes: [...universal, ...regular, ...cseBase],
    forbidden: ['create', 'update', 'delete'],
  },
  {
    ty: ResourceType.remoteCse,
    children: [acp, cnt],
    attributes: [...universal, ...regular, ...remoteCse],
    forbidden: [],
  },
]

const byType: ReadonlyMap<number, ResourceRow> = new Map(resourceRows.map((row) => [row.ty, row]))

/** The row of an implemented type. */
export function resourceRow(ty: number): ResourceRow | undefined {
  return byType.get(ty)
}

/** Every implemented type. */
export function implementedTypes(): readonly number[] {
  return resourceRows.map((row) => row.ty)
}
