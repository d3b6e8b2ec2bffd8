/**
 * SAEF with provisioned symmetric keys when everybody behaves: the first association and what it is for, the second
 * association, and the service subscription rule behind the credential (TS-0003 8.2.1, 8.2.2.1; TS-0004 7.3.2.7).
 *
 * Topology: reference. TD_M2M_SE_01 is implemented for TLS; its DTLS half comes with CoAP.
 * Departure: an AE registration that fits no rule is refused with 4126 in TS-0004; older suites expect 4107, which passes
 * as conceptual.
 */
import type { RequestOutcome } from '../../protocol/exchange.ts'
import { purpose } from '../framework/catalogue.ts'
import { expectRefusal, expectStatus } from '../framework/outcomes.ts'
import { aeAddressOf, cseBaseOf, plannedAe } from '../framework/planned.ts'
import { openDoor } from '../framework/readings.ts'
import { createAe, notify, remove } from '../framework/requests.ts'
import type { TestSystem } from '../framework/testSystem.ts'
import { Inconclusive } from '../framework/verdict.ts'
import { everyHopHasItsOwnAssociation } from '../properties/everyHopHasItsOwnAssociation.ts'
import { fromMatchesAuthenticatedIdentity } from '../properties/fromMatchesAuthenticatedIdentity.ts'
import { noApplicationDataOutsideAssociation } from '../properties/noApplicationDataOutsideAssociation.ts'
import { pskIdentityWellFormedAndExpected } from '../properties/pskIdentityWellFormedAndExpected.ts'
import { rolesAsDrawn } from '../properties/rolesAsDrawn.ts'
import { versionAndSuiteAllowed } from '../properties/versionAndSuiteAllowed.ts'

const common = { asset: 'authentication', framework: 'SAEF/PSK', profile: 'ci' } as const

/** The tester registers in AE1's place, with its credential and its AE-ID-Stem, and takes the registration back. */
async function registerAs(tester: TestSystem, appId: string): Promise<RequestOutcome> {
  const { plan } = tester
  const { aeIdStem: fr, resourceName } = plannedAe(plan, 'AE1')
  const connection = await tester.link('ae1-cse1').connect()
  if (connection.outcome === 'refused')
    throw new Inconclusive(`no association: ${connection.because}`)
  const base = cseBaseOf(plan, 'cse1')
  const outcome = await connection.request({
    ...createAe(base, { name: resourceName, appId }),
    fr,
    rvi: '3',
  })
  await connection.request({ ...remove(`${base}/${resourceName}`), fr, rvi: '3' })
  await connection.close()
  return outcome
}

/** An App-ID of the right form that no rule of the service subscription lists. */
const strangeAppId = 'Nstranger'

purpose({
  ...common,
  id: 'BTP/SAEF/PSK/001',
  title:
    'a registrar CSE registers an AE over TLS-PSK once credential, App-ID and AE-ID fit the subscription',
  objective:
    'The handshake is TLS 1.2 with TLS_PSK_WITH_AES_128_CBC_SHA256 and the expected identity; the registration is granted only if it fits the service subscription rule.',
  requirement: 'TS-0003 8.2.2.1',
  cites: 'TS-0013 8.4 TD_M2M_SE_01',
  behaviour: 'BV',
  profile: 'smoke',
  selection: 'ICS_REGISTRAR_CSE and ICS_SAEF_PSK_TLS and ICS_APP_RULES',
  iut: { role: 'registrarCse', node: 'cse1' },
  topology: { file: 'reference.yaml', manual: ['ae1'] },
  properties: [
    versionAndSuiteAllowed,
    rolesAsDrawn,
    pskIdentityWellFormedAndExpected,
    noApplicationDataOutsideAssociation,
    fromMatchesAuthenticatedIdentity,
  ],
  mutants: [
    { misbehaviour: 'app-rules-ignored' },
    { misbehaviour: 'identity-of-another', node: 'ae1' },
  ],
  body: async (tester) => {
    const codes = { rsc: 4126, conceptual: [4107] }
    const refused = await registerAs(tester, strangeAppId)
    const judgement = expectRefusal(refused, codes, 'an App-ID that no rule lists')
    expectStatus(await tester.entity('AE1').register(), 2001, 'AE1 registers as its rule says')
    return judgement
  },
})

purpose({
  ...common,
  id: 'BTP/SAEF/PSK/024',
  title: 'a registrar CSE refuses an AE whose App-ID does not go with its credential',
  objective:
    'A good credential registers what the service subscription says it may, and nothing else.',
  requirement: 'TS-0004 7.3.2.7',
  asset: 'authorization',
  behaviour: 'BI',
  selection: 'ICS_REGISTRAR_CSE and ICS_SAEF_PSK_TLS and ICS_APP_RULES',
  iut: { role: 'registrarCse', node: 'cse1' },
  topology: { file: 'reference.yaml', manual: ['ae1'] },
  properties: [versionAndSuiteAllowed],
  mutants: [{ misbehaviour: 'app-rules-ignored' }],
  stimulus: (tester, fault) =>
    registerAs(tester, fault ? strangeAppId : plannedAe(tester.plan, 'AE1').appId),
  control: (observed) => {
    expectStatus(observed, 2001, 'the App-ID that the rule lists')
  },
  judge: (observed) =>
    expectRefusal(observed, { rsc: 4126, conceptual: [4107] }, 'an App-ID that no rule lists'),
})

purpose({
  ...common,
  id: 'BTP/SAEF/PSK/025',
  title:
    'a registrar CSE notifies a reachable AE in a second association of which it is the client',
  objective:
    'SA2 follows SA1 with the roles exchanged and the same credential; the notification is protected like everything else.',
  requirement: 'TS-0003 8.2.1',
  asset: 'content confidentiality',
  behaviour: 'BV',
  selection: 'ICS_REGISTRAR_CSE and ICS_SAEF_PSK_TLS and ICS_SECOND_ASSOCIATION and ICS_NOTIFY',
  iut: { role: 'registrarCse', node: 'cse2' },
  topology: { file: 'reference.yaml' },
  properties: [
    rolesAsDrawn,
    everyHopHasItsOwnAssociation,
    noApplicationDataOutsideAssociation,
    pskIdentityWellFormedAndExpected,
    versionAndSuiteAllowed,
  ],
  mutants: [{ misbehaviour: 'second-association-in-clear' }],
  body: async (tester) => {
    await openDoor(tester, 'AE2', 'AE1')
    const rqi = tester.requestId()
    tester.expectJourney({ rqi, path: ['ae1', 'cse1', 'cse2', 'ae2'], delivered: true })
    const request = notify(aeAddressOf(tester.plan, 'AE2'), 'second association')
    expectStatus(await tester.entity('AE1').request({ ...request, rqi }), 2000, 'the notification')
    await tester.entity('AE2').awaitReceived(rqi)
    return undefined
  },
})
