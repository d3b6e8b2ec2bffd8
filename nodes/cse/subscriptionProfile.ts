import { isHostedBy } from '../../protocol/address.ts'
import { fitAppRules } from '../../protocol/appRules.ts'
import { credentialIdOfKpsa } from '../../protocol/identifiers.ts'
import type { JsonObject, RequestPrimitive } from '../../protocol/primitive.ts'
import { refuse, type StepOutcome, type Work } from './work.ts'

/** Recv-6.0.1 and 6.0.2: an AE registration needs a rule of the service subscription that it fits (TS-0004 7.3.2.7). */
export function checkSubscriptionProfile(work: Work): StepOutcome {
  const { cse, request, peer, address } = work
  const rules = cse.configuration.appRules
  if (rules === undefined || !isAeCreate(request) || work.isAdministrator) return undefined
  if (address && !isHostedBy(address, cse.own)) return undefined
  const { pskIdentity } = peer
  const fit = fitAppRules(rules, {
    ...(pskIdentity === undefined ? {} : { credentialId: credentialIdOfKpsa(pskIdentity) }),
    appId: appIdOf(request),
    aeIdStem: request.fr ?? '',
  })
  if (fit.ok || cse.context.misbehaves('app-rules-ignored', request.rqi)) return undefined
  const { rsc, message: because } = fit.error
  cse.context.emit({ event: 'decision', entity: 'cse', rqi: request.rqi, granted: false, because })
  return refuse(request, rsc, because)
}

export function isAeCreate(request: RequestPrimitive): boolean {
  return request.op === 1 && request.ty === 2
}

function appIdOf(request: RequestPrimitive): string {
  const ae = request.pc?.['m2m:ae'] as JsonObject | undefined
  return typeof ae?.api === 'string' ? ae.api : ''
}
