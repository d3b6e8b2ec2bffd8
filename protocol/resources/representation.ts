import type { JsonObject } from '../primitive.ts'

/** `{'m2m:cnt': attributes}`. Throws on a type without a known short name: the caller only holds types it implements. */
export function serialize(_ty: number, _attributes: JsonObject): JsonObject {
  throw new Error('later')
}

/** Octets of a contentInstance's content: UTF-8 length of the text, or of its JSON where it is no text (attribute `cs`). */
export function contentSizeOf(_con: unknown): number {
  throw new Error('later')
}
