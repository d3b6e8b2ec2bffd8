import type { Json, JsonObject } from '../../protocol/primitive.ts'

/** The same content with its last text or number changed; only the misbehaviour `transit-alters-content` asks for it. */
export function alterOneValue(content: JsonObject): JsonObject {
  const [altered] = alter(content)
  return altered as JsonObject
}

/** The value with one leaf changed, and whether there was one. */
function alter(value: Json): [Json, boolean] {
  if (typeof value === 'string') return [`${value}~`, true]
  if (typeof value === 'number') return [value + 1, true]
  if (value === null || typeof value !== 'object') return [value, false]
  const entries: [string | number, Json][] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value)
  for (const [key, member] of entries.reverse()) {
    const [changed, done] = alter(member)
    if (!done) continue
    return Array.isArray(value)
      ? [value.with(Number(key), changed), true]
      : [{ ...value, [key]: changed }, true]
  }
  return [value, false]
}
