import type { Json, JsonObject, RequestPrimitive } from '../../protocol/primitive.ts'
import { serialize } from '../../protocol/resources/representation.ts'
import { type Resource, structuredAddressOf } from './resource.ts'

/** All attributes of a resource, the computed ones included. */
export function attributesOf(resource: Resource): JsonObject {
  const { attributes, instances } = resource
  if (instances === undefined) return attributes
  return { ...attributes, cni: instances.count, cbs: instances.bytes }
}

/** Names of attributes that a change of others touches too, or that the host chose on create. */
const chosenByHost = ['ri', 'pi', 'ct', 'lt', 'et', 'rn', 'st', 'cs', 'aei', 'cr', 'csi']

/** Content of the response to a create, by result content: 0 nothing, 1 attributes, 2 address, 3 both, 9 what changed. */
export function createdContent(request: RequestPrimitive, made: Resource): Json | undefined {
  const address = structuredAddressOf(made)
  const attributes = attributesOf(made)
  switch (request.rcn ?? 1) {
    case 0:
      return undefined
    case 2:
      return { 'm2m:uri': address }
    case 3:
      return { 'm2m:rce': { uri: address, ...serialize(made.ty, attributes) } }
    case 9:
      return serialize(made.ty, pick(attributes, chosenByHost))
    default:
      return serialize(made.ty, attributes)
  }
}

/** Those of the named attributes that are there. */
export function pick(attributes: JsonObject, names: readonly string[]): JsonObject {
  const picked: JsonObject = {}
  for (const name of names) {
    const value = attributes[name]
    if (value !== undefined) picked[name] = value
  }
  return picked
}
