import { parseRules } from '../accessControl/rules.ts'
import { parseAppId, parseCseId } from '../identifiers.ts'
import type { Json } from '../primitive.ts'
import { parseTimestamp } from '../time.ts'
import type { AttributeType } from './resourceTable.ts'

/** Longest text attribute and longest list. */
export const attributeLimits = { characters: 4096, entries: 1024 } as const

/** What is wrong with the value of an attribute; undefined: nothing. */
type Check = (value: Json) => string | undefined

const checks: Readonly<Record<AttributeType, Check>> = {
  text: when(isText, 'is no text'),
  name: when(isName, 'is no resource name'),
  boolean: when((value) => typeof value === 'boolean', 'is not true or false'),
  unsigned: when(isUnsigned, 'is no whole number from 0'),
  timestamp: when(isTimestamp, 'is no timestamp'),
  texts: when(isTexts, 'is no list of texts'),
  nonEmptyTexts: when((value) => isTexts(value) && Object(value).length > 0, 'is an empty list'),
  content: when((value) => value !== null, 'is NULL'),
  privileges: (value) => problemOfRules(value, 0),
  selfPrivileges: (value) => problemOfRules(value, 1),
  appId: when((value) => typeof value === 'string' && parseAppId(value).ok, 'is no App-ID'),
  cseId: when((value) => typeof value === 'string' && parseCseId(value).ok, 'is no CSE-ID'),
  cseType: when((value) => value === 1 || value === 2 || value === 3, 'is no CSE type'),
  null: when((value) => value === null, 'may only be NULL'),
}

/** What is wrong with the value of an attribute of this type; undefined: nothing. */
export function problemOf(type: AttributeType, value: Json): string | undefined {
  return checks[type](value)
}

function when(sound: (value: Json) => boolean, otherwise: string): Check {
  return (value) => (sound(value) ? undefined : otherwise)
}

function isText(value: Json): boolean {
  return typeof value === 'string' && value.length <= attributeLimits.characters
}

/** Unreserved characters; a lone `-` stands for the CSEBase (TS-0004 6.2.3). */
function isName(value: Json): boolean {
  return (
    typeof value === 'string' &&
    /^[A-Za-z0-9._~-]{1,256}$/.test(value) &&
    !['-', '.', '..', '~', '_'].includes(value)
  )
}

function isUnsigned(value: Json): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function isTimestamp(value: Json): boolean {
  return typeof value === 'string' && parseTimestamp(value).ok
}

function isTexts(value: Json): boolean {
  return Array.isArray(value) && value.length <= attributeLimits.entries && value.every(isText)
}

function problemOfRules(value: Json, atLeast: number): string | undefined {
  const rules = parseRules(value)
  if (!rules.ok) return rules.error.message
  return rules.value.length < atLeast ? 'has no rule' : undefined
}
