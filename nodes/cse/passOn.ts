import type { RequestOutcome } from '../../protocol/exchange.ts'
import type { RequestPrimitive, ResponsePrimitive } from '../../protocol/primitive.ts'
import { isSuccess } from '../../protocol/statusCodes.ts'
import { parseExpiry } from '../../protocol/time.ts'
import type { Outbound } from '../http/outbound.ts'
import { alterOneValue } from './alterContent.ts'
import { sendCopies } from './copies.ts'
import { refuse, respond, type Work } from './work.ts'

/** Sends a request to the next hop and takes its answer back to who asked us. */
export async function passOn(
  work: Work,
  link: Outbound,
  { outgoing, as }: { readonly outgoing: RequestPrimitive; readonly as: 'forward' | 'notify' },
): Promise<ResponsePrimitive> {
  const { cse, request } = work
  const { context } = cse
  const { peer: nextHop } = link.options
  const { op, to, rqi } = outgoing
  if (context.misbehaves('transit-drops-silently', rqi)) return pretendSuccess(request)
  const sent = tamper(work, outgoing)
  const about = { entity: 'cse', op, from: sent.fr ?? '', to, rqi, nextHop }
  context.emit({ event: as, ...about })
  sendCopies(context, link.options.pointOfAccess, sent)
  const outcome = await send(work, link, sent)
  return takeBack(work, outcome)
}

async function send(work: Work, link: Outbound, sent: RequestPrimitive): Promise<RequestOutcome> {
  const { context } = work.cse
  const timeoutMs = timeLeft(work)
  const first = link.send(sent, timeoutMs)
  if (context.misbehaves('transit-sends-twice', sent.rqi)) await link.send(sent, timeoutMs)
  return first
}

/** Never longer than the request is good for (`rqet`). */
function timeLeft({ cse, request, nowMs }: Work): number {
  const due = request.rqet === undefined ? undefined : parseExpiry(request.rqet, nowMs)
  const left = due?.ok ? due.value - nowMs : Number.POSITIVE_INFINITY
  return left > 0 ? Math.min(left, cse.context.answerTimeoutMs) : cse.context.answerTimeoutMs
}

function takeBack(work: Work, outcome: RequestOutcome): ResponsePrimitive {
  const { request, cse } = work
  if (outcome.outcome === 'no-response') {
    const rsc = outcome.cause === 'timeout' && request.rqet !== undefined ? 4008 : 5103
    return refuse(request, rsc, `the next hop did not answer: ${outcome.because}`)
  }
  const { response } = outcome
  if (!isSuccess(response.rsc) && cse.context.misbehaves('transit-status-rewritten', request.rqi)) {
    return pretendSuccess(request)
  }
  // The identifier goes back to what the sender wrote; everything else is as the next hop had it.
  return { ...response, rqi: request.rqi }
}

function pretendSuccess(request: RequestPrimitive): ResponsePrimitive {
  return respond(request, request.op === 1 ? 2001 : 2000)
}

function tamper(work: Work, outgoing: RequestPrimitive): RequestPrimitive {
  const { context, own } = work.cse
  const { rqi, pc } = outgoing
  let sent = outgoing
  if (pc !== undefined && context.misbehaves('transit-alters-content', rqi)) {
    sent = { ...sent, pc: alterOneValue(pc) }
  }
  if (context.misbehaves('transit-rewrites-from', rqi)) sent = { ...sent, fr: own.cseId }
  return sent
}
