import { absoluteOf } from '../../protocol/identifiers.ts'
import type { RequestPrimitive, ResponsePrimitive } from '../../protocol/primitive.ts'
import type { Peer } from '../security/peer.ts'
import { authorize } from './authorization.ts'
import { operate } from './operations.ts'
import { hostOrForward } from './routing.ts'
import { shareWithNeighbours } from './shareWithNeighbours.ts'
import { checkSubscriptionProfile } from './subscriptionProfile.ts'
import { findTarget } from './target.ts'
import { checkCommunicationMethod, checkValidity } from './validity.ts'
import { type CseState, refuse, respond, type StepOutcome, type Work } from './work.ts'

/** The receiver's steps in the order of TS-0004 7.2.2.2: an earlier refusal hides a later one. */
export const receiverSteps: readonly {
  readonly name: string
  readonly run: (work: Work) => StepOutcome
}[] = [
  { name: 'Recv-1.0 validity', run: checkValidity },
  { name: 'Recv-2.0 communication method', run: checkCommunicationMethod },
  { name: 'Recv-6.0.1 service subscription profile', run: checkSubscriptionProfile },
  { name: 'Recv-6.1 hosting or transit', run: hostOrForward },
  { name: 'Recv-6.2 existence', run: checkExistence },
  { name: 'Recv-6.3 authorization', run: authorize },
  { name: 'Recv-6.4 to 6.7 representation, operation, response', run: operate },
]

/** Takes one request through the steps. */
export async function receive(
  cse: CseState,
  received: RequestPrimitive,
  peer: Peer,
): Promise<ResponsePrimitive> {
  const work = makeWork(cse, received, peer)
  const { request } = work
  const { op, to, rqi } = request
  const about = { entity: 'cse', op, from: request.fr ?? '', to, rqi }
  cse.context.emit({ event: 'request', ...about })
  const response = await runSteps(work)
  cse.context.emit({ event: 'response', ...about, rsc: response.rsc })
  await shareWithNeighbours(work, response)
  const mistaken = cse.context.misbehaves('answers-with-another-request-id', rqi)
  return mistaken ? { ...response, rqi: `${response.rqi}-other` } : response
}

async function runSteps(work: Work): Promise<ResponsePrimitive> {
  for (const step of receiverSteps) {
    const outcome = step.run(work)
    const response = outcome instanceof Promise ? await outcome : outcome
    if (response !== undefined) return response
  }
  return refuse(work.request, 5000, 'no step answered')
}

function makeWork(cse: CseState, received: RequestPrimitive, peer: Peer): Work {
  const { administrator, context, own } = cse
  const missingFrom = received.fr === undefined && !(received.op === 1 && received.ty === 2)
  const stepsIn = missingFrom && context.misbehaves('no-origin-is-admin', received.rqi)
  const fr = received.fr === undefined ? undefined : absoluteOf(received.fr, own)
  const wellKnown = received.fr === 'CAdmin' && context.misbehaves('default-admin', received.rqi)
  return {
    cse,
    peer,
    // A missing release version means release 1 (TS-0004 7.3.2.1).
    request: received.rvi === undefined ? { ...received, rvi: '1' } : received,
    nowMs: context.now(),
    originator: fr ?? '',
    isAdministrator: stepsIn || wellKnown || (fr !== undefined && fr === administrator),
  }
}

function checkExistence(work: Work): StepOutcome {
  const { cse, request, address, nowMs } = work
  const target = address && findTarget(cse.tree, address, nowMs)
  if (target !== undefined) {
    work.target = target
    return undefined
  }
  if (request.op === 2 && cse.context.misbehaves('existence-hidden-as-success', request.rqi)) {
    return respond(request, 2000, { 'm2m:cnt': {} })
  }
  return refuse(request, 4004, `there is no ${request.to}`)
}
