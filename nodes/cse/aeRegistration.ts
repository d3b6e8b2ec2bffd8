import { fitAppRules } from '../../protocol/appRules.ts'
import {
  absoluteOf,
  credentialIdOfKpsa,
  parseAeIdStem,
  parseEntityId,
} from '../../protocol/identifiers.ts'
import { seededHex } from '../../protocol/random.ts'
import type { Draft, Prepared } from './create.ts'
import type { Work } from './work.ts'

/** AE registration beyond the common checks (TS-0004 7.4.5.2.1): who the AE will be, and that it is not registered yet. */
export function prepareAe(work: Work, draft: Draft): Prepared {
  const { cse, request } = work
  const stem = chooseStem(work, String(draft.attributes.api))
  const id = absoluteOf(stem, cse.own)
  if (id === undefined) return refused(4000, `${stem} is no AE-ID-Stem`)
  const registered = cse.tree.ae(id)
  const taken = registered !== undefined && registered.expiresAtMs > work.nowMs
  if (taken && !cse.context.misbehaves('duplicate-registration-accepted', request.rqi)) {
    return refused(4117, `${stem} has already registered`)
  }
  if (registered !== undefined) cse.tree.remove(registered)
  if (cse.tree.byId(stem) !== undefined) return refused(4105, `${stem} names another resource`)
  const attributes = { ...draft.attributes, aei: stem }
  // The resource belongs to the AE that it stands for, whatever it called itself while asking.
  return { draft: { attributes, creator: id, ri: stem } }
}

function refused(rsc: number, because: string): Prepared {
  return { refused: { rsc, because } }
}

/** The stem asked for; else the one the association stands for; else a new one of the kind asked for. */
function chooseStem(work: Work, appId: string): string {
  const { request, peer, cse } = work
  const { fr = '' } = request
  const asked = parseEntityId(fr)
  if (asked.ok && asked.value.kind === 'ae') return asked.value.stem
  if (parseAeIdStem(fr).ok) return fr
  const kind = fr === 'S' ? 'S' : 'C'
  if (peer.association.kind === 'ae') {
    const known = peer.association.allowed.map((each) => parseEntityId(each))
    const allowed = known.find((each) => each.ok && each.value.kind === 'ae')
    if (allowed?.ok && allowed.value.kind === 'ae') return allowed.value.stem
  }
  return ruleStem(work, appId) ?? freshStem(work, kind, cse.tree.size)
}

/** A stem that a rule of the service subscription spells out for this App-ID and credential. */
function ruleStem({ cse, peer }: Work, appId: string): string | undefined {
  const { appRules } = cse.configuration
  const { pskIdentity } = peer
  if (appRules === undefined || pskIdentity === undefined) return undefined
  const credentialId = credentialIdOfKpsa(pskIdentity)
  const stems = appRules.flatMap((rule) => rule.aeIds).filter((each) => parseAeIdStem(each).ok)
  return stems.find((aeIdStem) => fitAppRules(appRules, { credentialId, appId, aeIdStem }).ok)
}

function freshStem({ cse }: Work, kind: 'C' | 'S', start: number): string {
  const { own, context, tree } = cse
  for (let attempt = start; ; attempt += 1) {
    const stem = kind + seededHex(context.seed, `AE-ID-Stem ${attempt} of ${own.cseId}`, 6)
    if (tree.byId(stem) === undefined) return stem
  }
}
