import { absoluteOf } from '../../protocol/identifiers.ts'
import { ResourceType } from '../../protocol/resources/resourceTable.ts'
import { textsOf } from './neighbours.ts'
import { passOn } from './passOn.ts'
import { neighbourOf, outgoingForm } from './routing.ts'
import type { Target } from './target.ts'
import { refuse, type StepOutcome, type Work } from './work.ts'

/** A notification addressed to an AE registered here goes on to the AE's point of access, and its answer comes back. */
export function notify(work: Work, { resource }: Target): StepOutcome {
  const { request, cse } = work
  if (resource.ty !== ResourceType.ae) {
    return refuse(request, 4005, `type ${resource.ty} is not notified`)
  }
  const { attributes } = resource
  const pointOfAccess = textsOf(attributes.poa).find((each) => isHttpUrl(each))
  const id = absoluteOf(String(attributes.aei), cse.own)
  if (attributes.rr !== true || pointOfAccess === undefined || id === undefined) {
    return refuse(request, 5103, 'the AE is not request reachable')
  }
  const link = cse.links.toRegistree(id, pointOfAccess)
  return passOn(work, link, { outgoing: outgoingForm(work, neighbourOf(work)), as: 'notify' })
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol)
}
