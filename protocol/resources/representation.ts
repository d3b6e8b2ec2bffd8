import { BenchError } from '../errors.ts'
import { elementNameOf } from '../names.ts'
import type { Json, JsonObject } from '../primitive.ts'

/** `{'m2m:cnt': attributes}`. Throws on a type without a known short name: the caller only holds types it implements. */
export function serialize(ty: number, attributes: JsonObject): JsonObject {
  const element = elementNameOf(ty)
  if (element === undefined) throw new BenchError('INTERNAL', `type ${ty} has no short name`)
  return { [element]: attributes }
}

/** Octets of a contentInstance's content: UTF-8 length of the text, or of its JSON where it is no text (attribute `cs`). */
export function contentSizeOf(con: Json): number {
  return utf8.encode(typeof con === 'string' ? con : JSON.stringify(con)).length
}

const utf8 = new TextEncoder()
