import { parseEntityId } from '../../protocol/identifiers.ts'
import { isSuccess } from '../../protocol/statusCodes.ts'
import type { Draft, Prepared } from './create.ts'
import { descendantsOf, readNeighbours } from './neighbours.ts'
import type { CseState, Work } from './work.ts'

/** CSE registration beyond the common checks (TS-0004 7.4.4.2.1): not registered yet, and `csi` is who asks. */
export function prepareRemoteCse(work: Work, draft: Draft): Prepared {
  const { cse, request, originator, nowMs } = work
  const id = parseEntityId(request.fr ?? '')
  const csi = id.ok && id.value.kind === 'cse' ? id.value.cseId : draft.attributes.csi
  if (typeof csi !== 'string') return refused(4000, 'From is no CSE-ID')
  if (csi === cse.own.cseId) return refused(4000, 'a CSE does not register with itself')
  const registered = cse.tree.remoteCse(csi)
  const taken = registered !== undefined && registered.expiresAtMs > nowMs
  if (taken && !cse.context.misbehaves('duplicate-registration-accepted', request.rqi)) {
    return refused(4117, `${csi} has already registered`)
  }
  if (registered !== undefined) cse.tree.remove(registered)
  return { draft: { attributes: { ...draft.attributes, csi }, creator: originator } }
}

function refused(rsc: number, because: string): Prepared {
  return { refused: { rsc, because } }
}

/**
 * After a remoteCSE came, changed or went: our own list of neighbours, and the list of descendants that our registrar
 * has of us (TS-0004 7.4.4.2.1). The registree gets its answer once every CSE above knows the way to it.
 */
export async function afterCseRegistration(cse: CseState): Promise<void> {
  cse.neighbours = readNeighbours(cse)
  await reportDescendants(cse)
}

async function reportDescendants(cse: CseState): Promise<void> {
  const { links, registeredAs, own, context, neighbours } = cse
  if (links.registrar === undefined || registeredAs === undefined) return
  const outcome = await links.registrar.send(
    {
      op: 3,
      to: registeredAs,
      fr: own.cseId,
      rqi: context.freshRequestId('cse'),
      rvi: '3',
      pc: { 'm2m:csr': { dcse: descendantsOf(neighbours) } },
    },
    context.answerTimeoutMs,
  )
  if (outcome.outcome === 'response' && isSuccess(outcome.response.rsc)) return
  const because =
    outcome.outcome === 'response' ? `status ${outcome.response.rsc}` : outcome.because
  context.emit({ event: 'error', because: `descendants not reported to the registrar: ${because}` })
}
