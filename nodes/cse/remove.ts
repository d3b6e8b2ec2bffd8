import { serialize } from '../../protocol/resources/representation.ts'
import { ResourceType } from '../../protocol/resources/resourceTable.ts'
import { afterCseRegistration } from './cseRegistration.ts'
import { attributesOf } from './representation.ts'
import type { Target } from './target.ts'
import { refuse, respond, type StepOutcome, type Work } from './work.ts'

/** Delete; by default the response says nothing of what was deleted. */
export function remove(work: Work, { resource }: Target): StepOutcome {
  const { request, cse } = work
  const { rcn = 0 } = request
  if (rcn > 1) return refuse(request, 5001, `result content ${rcn} is not supported on delete`)
  const content = rcn === 1 ? serialize(resource.ty, attributesOf(resource)) : undefined
  cse.tree.remove(resource)
  const answer = respond(request, 2002, content)
  return resource.ty === ResourceType.remoteCse
    ? afterCseRegistration(cse).then(() => answer)
    : answer
}
