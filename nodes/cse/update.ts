import type { JsonObject } from '../../protocol/primitive.ts'
import { serialize } from '../../protocol/resources/representation.ts'
import { ResourceType } from '../../protocol/resources/resourceTable.ts'
import { validateUpdate } from '../../protocol/resources/validate.ts'
import { formatTimestamp } from '../../protocol/time.ts'
import { enforceLimits } from './containerLimits.ts'
import { unknownPolicy } from './create.ts'
import { afterCseRegistration } from './cseRegistration.ts'
import { attributesOf, pick } from './representation.ts'
import { expiryOf } from './resourceTree.ts'
import type { Target } from './target.ts'
import { refuse, respond, type StepOutcome, type Work } from './work.ts'

export function update(work: Work, { resource }: Target): StepOutcome {
  const { request, nowMs, cse } = work
  const checked = validateUpdate(resource.ty, request.pc, { nowMs })
  if (!checked.ok) return refuse(request, checked.error.rsc, checked.error.message)
  const changes = checked.value
  const unknown = unknownPolicy(work, changes.acpi)
  if (unknown !== undefined) return refuse(request, 4000, `acpi: there is no policy ${unknown}`)
  resource.attributes = changed(resource.attributes, changes, formatTimestamp(nowMs))
  resource.expiresAtMs = expiryOf(resource.attributes)
  if (resource.instances) enforceLimits(cse.tree, resource)
  const touched = [...Object.keys(changes), 'lt', 'st']
  const content = {
    0: undefined,
    1: serialize(resource.ty, attributesOf(resource)),
    9: serialize(resource.ty, pick(resource.attributes, touched)),
  }[request.rcn ?? 1]
  const answer = respond(request, 2004, content)
  return resource.ty === ResourceType.remoteCse
    ? afterCseRegistration(cse).then(() => answer)
    : answer
}

function changed(attributes: JsonObject, changes: JsonObject, now: string): JsonObject {
  const next: JsonObject = { ...attributes, lt: now }
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) delete next[name]
    else next[name] = value
  }
  if (typeof next.st === 'number') next.st += 1
  return next
}
