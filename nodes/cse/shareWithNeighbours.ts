import type { ResponsePrimitive } from '../../protocol/primitive.ts'
import { ResourceType } from '../../protocol/resources/resourceTable.ts'
import { isSuccess } from '../../protocol/statusCodes.ts'
import { linkTo, neighbourOf } from './routing.ts'
import type { Work } from './work.ts'

/**
 * Only the misbehaviour `shares-with-neighbours` does anything here: what was created goes, under the CSE's own name and
 * well protected, to every registree CSE that has nothing to do with it.
 */
export async function shareWithNeighbours(work: Work, response: ResponsePrimitive): Promise<void> {
  const { cse, request } = work
  const { context, neighbours, own } = cse
  if (request.op !== 1 || request.ty !== ResourceType.contentInstance) return
  if (!isSuccess(response.rsc) || !context.misbehaves('shares-with-neighbours', request.rqi)) return
  const sender = neighbourOf(work)
  for (const { cseId } of neighbours.registrees.filter((each) => each.cseId !== sender)) {
    const copy = {
      ...request,
      fr: own.cseId,
      rqi: context.freshRequestId('cse'),
      to: `${cseId}/base`,
    }
    await linkTo(cse, cseId)?.send(copy, context.answerTimeoutMs)
  }
}
