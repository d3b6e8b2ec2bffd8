/**
 * SAEF with provisioned symmetric keys, registree's side: whom an AE or CSE takes for its registrar, and what it shows of
 * itself (TS-0003 8.2.1, 8.2.2.1, 10.2.2).
 *
 * Topology: reference; the tester takes the registrar's place behind the wire for a while. It holds the right key (the
 * control), a key nobody has, a self-signed certificate, or no TLS at all.
 * Left out: a registrar that shows a certificate of a trusted authority; it comes with certificate-based SAEF.
 */
import { assert } from 'chai'
import type { RequestOutcome } from '../../protocol/exchange.ts'
import type { RequestPrimitive } from '../../protocol/primitive.ts'
import { purpose } from '../framework/catalogue.ts'
import { expectNoAnswer, expectStatus, expectSuccess } from '../framework/outcomes.ts'
import { cseBaseOf } from '../framework/planned.ts'
import { retrieve } from '../framework/requests.ts'
import type { ImpersonationOptions, TestSystem } from '../framework/testSystem.ts'
import { noApplicationDataOutsideAssociation } from '../properties/noApplicationDataOutsideAssociation.ts'
import { offersOnlyProfileSuites } from '../properties/offersOnlyProfileSuites.ts'
import { pskIdentityWellFormedAndExpected } from '../properties/pskIdentityWellFormedAndExpected.ts'
import { rolesAsDrawn } from '../properties/rolesAsDrawn.ts'
import { versionAndSuiteAllowed } from '../properties/versionAndSuiteAllowed.ts'

const common = {
  asset: 'authentication',
  framework: 'SAEF/PSK',
  profile: 'ci',
  topology: { file: 'reference.yaml' },
} as const

const ae1 = {
  selection: 'ICS_AE and ICS_SAEF_PSK_TLS',
  iut: { role: 'registreeAe', node: 'ae1' },
} as const
const cse1 = {
  selection: 'ICS_MN_CSE and ICS_SAEF_PSK_TLS',
  iut: { role: 'registreeCse', node: 'cse1' },
} as const

interface Visit {
  readonly outcome: RequestOutcome
  readonly read: readonly RequestPrimitive[]
}

/** Has a registree make a request while the tester stands in for its registrar. */
function standingIn(
  at: { readonly wire: string; readonly entity: string; readonly registrar: string },
  credential: ImpersonationOptions['credential'],
) {
  return {
    behaviour: 'BI' as const,
    properties: [noApplicationDataOutsideAssociation, offersOnlyProfileSuites],
    stimulus: async (tester: TestSystem, fault: boolean): Promise<Visit> => {
      const link = tester.link(at.wire)
      const rogue = await link.impersonateRegistrar({ credential: fault ? credential : 'right' })
      const registree = tester.entity(at.entity)
      await registree.disconnect()
      const outcome = await registree.request(retrieve(cseBaseOf(tester.plan, at.registrar)))
      await rogue.awaitAttempt()
      const read = [...rogue.read]
      await rogue.stop()
      await registree.disconnect()
      return { outcome, read }
    },
    control: ({ outcome, read }: Visit) => {
      expectStatus(outcome, 2000, 'a registrar with the right key')
      assert.lengthOf(read, 1, 'the registrar with the right key reads the request')
    },
    judge: ({ outcome, read }: Visit) => {
      assert.lengthOf(read, 0, `${at.entity} sends its request to an impostor`)
      expectNoAnswer(outcome, `${at.entity} with an impostor as registrar`)
      return undefined
    },
  }
}

const fromAe1 = { wire: 'ae1-cse1', entity: 'AE1', registrar: 'cse1' }
const fromCse1 = { wire: 'cse1-cse2', entity: 'cse1', registrar: 'cse2' }

purpose({
  ...common,
  ...ae1,
  ...standingIn(fromAe1, 'wrong-key'),
  id: 'BTP/SAEF/PSK/016',
  title: 'an AE refuses a registrar that does not hold its key',
  objective:
    'A server that knows the identity but not Kpsa, and also offers a certificate, gets no request.',
  requirement: 'TS-0003 8.2.2.1',
  mutants: [{ misbehaviour: 'no-server-verify' }],
})

purpose({
  ...common,
  ...ae1,
  ...standingIn(fromAe1, 'certificate'),
  id: 'BTP/SAEF/PSK/017',
  title: 'an AE refuses a registrar with a self-signed certificate',
  objective: 'Where Kpsa is provisioned no certificate takes its place.',
  requirement: 'TS-0003 8.2.2.1',
  mutants: [{ misbehaviour: 'no-server-verify' }],
})

purpose({
  ...common,
  ...ae1,
  ...standingIn(fromAe1, 'plain'),
  id: 'BTP/SAEF/PSK/018',
  title: 'an AE refuses a registrar that answers without TLS',
  objective: 'A failed handshake is the end: the request is not sent again in clear.',
  requirement: 'TS-0003 6.1.2.2.1',
  asset: 'content confidentiality',
  mutants: [{ misbehaviour: 'plaintext-fallback' }],
})

purpose({
  ...common,
  ...cse1,
  ...standingIn(fromCse1, 'certificate'),
  id: 'BTP/SAEF/PSK/019',
  title: 'a registree CSE refuses a registrar with a self-signed certificate',
  objective: 'Where Kpsa is provisioned no certificate takes its place, on Mcc as on Mca.',
  requirement: 'TS-0003 8.2.2.1',
  mutants: [{ misbehaviour: 'no-server-verify' }],
})

purpose({
  ...common,
  ...cse1,
  ...standingIn(fromCse1, 'wrong-key'),
  id: 'BTP/SAEF/PSK/020',
  title: 'a registree CSE refuses a registrar that does not hold its key',
  objective:
    'A server that knows the identity but not Kpsa, and also offers a certificate, gets no request.',
  requirement: 'TS-0003 8.2.2.1',
  mutants: [{ misbehaviour: 'no-server-verify' }],
})

purpose({
  ...common,
  ...cse1,
  ...standingIn(fromCse1, 'plain'),
  id: 'BTP/SAEF/PSK/021',
  title: 'a registree CSE refuses a registrar that answers without TLS',
  objective: 'A failed handshake is the end: the request is not sent again in clear.',
  requirement: 'TS-0003 6.1.2.2.1',
  asset: 'content confidentiality',
  mutants: [{ misbehaviour: 'plaintext-fallback' }],
})

purpose({
  ...common,
  ...ae1,
  id: 'BTP/SAEF/PSK/022',
  title: 'an AE offers only suites and versions of the profile',
  objective: 'What is not offered cannot be chosen by somebody between the two ends.',
  requirement: 'TS-0003 10.2.2',
  behaviour: 'BV',
  properties: [offersOnlyProfileSuites, versionAndSuiteAllowed, rolesAsDrawn],
  mutants: [{ misbehaviour: 'client-offers-weak-suites' }],
  body: async (tester) => {
    await tester.entity('AE1').disconnect()
    const outcome = await tester.entity('AE1').request(retrieve(cseBaseOf(tester.plan, 'cse1')))
    expectSuccess(outcome, 'AE1 in a new association')
    return undefined
  },
})

purpose({
  ...common,
  ...ae1,
  id: 'BTP/SAEF/PSK/023',
  title: 'an AE presents the identity it was provisioned with',
  objective: 'The psk_identity is the KpsaID of that AE and registrar, whole and in its own form.',
  requirement: 'TS-0003 10.5',
  asset: 'anonymity',
  behaviour: 'BV',
  topology: { file: 'reference.yaml', manual: ['ae1'] },
  properties: [pskIdentityWellFormedAndExpected, rolesAsDrawn],
  mutants: [{ misbehaviour: 'identity-of-another' }],
  body: async (tester) => {
    expectStatus(await tester.entity('AE1').register(), 2001, 'AE1 registers')
    return undefined
  },
})
