import { parseEntityId } from '../../protocol/identifiers.ts'
import { Operation } from '../../protocol/primitive.ts'
import { ResourceType } from '../../protocol/resources/resourceTable.ts'
import type { Rejection } from '../../protocol/validity.ts'
import type { Resource } from './resource.ts'
import type { Work } from './work.ts'

/**
 * What no privilege allows: changing a CSEBase (TS-0004 7.4.3), an AE's hands on a remoteCSE, and a remoteCSE below an
 * ASN-CSE or without the credential of the CSE it stands for (TS-0004 7.4.4.2.1, in place of the authorization step).
 */
export function checkForbidden(work: Work, resource: Resource): Rejection | undefined {
  const { request } = work
  const changes = request.op !== Operation.retrieve && request.op !== Operation.notify
  if (!changes) return undefined
  const creates = request.op === Operation.create
  if (creates && request.ty === ResourceType.cseBase) return { rsc: 4005, because: baseIsFixed }
  if (!creates && resource.ty === ResourceType.cseBase) return { rsc: 4005, because: baseIsFixed }
  const aboutRemoteCse = creates
    ? request.ty === ResourceType.remoteCse
    : resource.ty === ResourceType.remoteCse
  if (creates && request.ty === ResourceType.ae) return checkAeOriginator(work)
  return aboutRemoteCse ? checkCseOriginator(work, creates) : undefined
}

const baseIsFixed = 'a CSEBase is not created, updated or deleted by requests'

function checkAeOriginator({ request, isAdministrator }: Work): Rejection | undefined {
  const id = request.fr === undefined ? undefined : parseEntityId(request.fr)
  return id?.ok && id.value.kind === 'cse' && !isAdministrator
    ? { rsc: 4005, because: 'a CSE does not register an AE' }
    : undefined
}

function checkCseOriginator(work: Work, creates: boolean): Rejection | undefined {
  const { cse, request, peer, originator } = work
  const { context } = cse
  if (cse.cseType === 3) return { rsc: 4005, because: 'an ASN-CSE has no registree CSEs' }
  const id = parseEntityId(request.fr ?? '')
  const isCse = id.ok && id.value.kind === 'cse'
  if (!isCse && !context.misbehaves('remote-cse-by-ae-accepted', request.rqi)) {
    return { rsc: 4005, because: 'only a CSE may create, change or delete its remoteCSE' }
  }
  const proven = peer.association.kind === 'cse' && peer.association.id === originator
  if (!creates || proven || peer.believed || !isCse) return undefined
  const overlooked =
    context.misbehaves('cse-without-association-accepted', request.rqi) ||
    (peer.association.kind !== 'none' &&
      context.misbehaves('no-credential-to-origin-binding', request.rqi))
  return overlooked
    ? undefined
    : { rsc: 4107, because: `no security association proves that this is ${originator}` }
}
