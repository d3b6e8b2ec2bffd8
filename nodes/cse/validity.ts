import { isHostedBy, parseResourceAddress } from '../../protocol/address.ts'
import { checkIncoming, type Rejection } from '../../protocol/validity.ts'
import type { MisbehaviourName } from '../misbehaviours.ts'
import { refuse, type StepOutcome, type Work } from './work.ts'

/** Recv-1.0 (TS-0004 7.3.2.1): is the request sound, and may this peer speak as this originator. */
export function checkValidity(work: Work): StepOutcome {
  const { cse, request, peer } = work
  const address = parseResourceAddress(request.to)
  if (!address.ok) return refuse(request, address.error.rsc, address.error.message)
  work.address = address.value
  const rejection = checkIncoming(request, {
    own: cse.own,
    association: peer.association,
    registeredAe: (id) => id === cse.administrator || isRegistered(work, id),
    registreeCses: cse.neighbours.registreeIds,
    nowMs: work.nowMs,
  })
  if (rejection === undefined || overlooks(work, rejection)) return undefined
  const { rsc, because } = rejection
  if (rsc === 4106 || rsc === 4107) {
    cse.context.emit({
      event: 'decision',
      entity: 'cse',
      rqi: request.rqi,
      granted: false,
      because,
    })
  }
  return refuse(request, rsc, because)
}

function isRegistered({ cse, nowMs }: Work, id: string): boolean {
  const ae = cse.tree.ae(id)
  return ae !== undefined && ae.expiresAtMs > nowMs
}

/** Which misbehaviours make a CSE overlook which finding. */
const overlooked: readonly {
  readonly name: MisbehaviourName
  readonly applies: (rsc: number, associated: boolean) => boolean
}[] = [
  { name: 'no-credential-to-origin-binding', applies: (rsc, yes) => yes && rsc === 4106 },
  { name: 'unregistered-ae-accepted', applies: (rsc, yes) => !yes && rsc === 4106 },
  { name: 'cse-without-association-accepted', applies: (rsc) => rsc === 4107 },
  { name: 'expired-request-processed', applies: (rsc) => rsc === 4008 },
]

function overlooks(work: Work, { rsc }: Rejection): boolean {
  const { cse, peer, request } = work
  const aboutIdentity = rsc === 4106 || rsc === 4107
  // Of administrators only misbehaviours make more than registered originators.
  if (work.isAdministrator && work.originator !== cse.administrator) return true
  if (peer.believed && aboutIdentity) return true
  const associated = peer.association.kind !== 'none'
  return overlooked.some(
    ({ name, applies }) => applies(rsc, associated) && cse.context.misbehaves(name, request.rqi),
  )
}

/** Recv-2.0: only blocking requests, and flexible ones taken as blocking. The hosting CSE decides. */
export function checkCommunicationMethod({ cse, request, address }: Work): StepOutcome {
  const kind = request.rt?.rtv ?? 3
  if (kind === 3 || kind === 4 || (address && !isHostedBy(address, cse.own))) return undefined
  return kind === 5
    ? refuse(request, 5001, 'response type 5 is not supported')
    : refuse(request, 5206, 'non-blocking requests are not supported')
}
