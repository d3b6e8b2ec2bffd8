/**
 * AE registration: who may register, as what, and over which way (TS-0004 7.3.2.1, 7.3.2.8, 7.4.5.2.1).
 *
 * Topologies: plain (no security association, so that these checks stand alone), reference.
 * Left out: a plain registration that succeeds is the control of all of these and BTP/SAEF/PSK/001; provider-assigned
 * stems (`S`), which need the announcement to the IN-CSE.
 * Departure: a second registration is refused with 4117 in TS-0004; the older suite expects 4105, which passes as conceptual.
 */
import type { OutgoingRequest, RequestOutcome } from '../../protocol/exchange.ts'
import { askOver } from '../framework/attempts.ts'
import { purpose } from '../framework/catalogue.ts'
import { expectRefusal, expectStatus, expectSuccess } from '../framework/outcomes.ts'
import { cseBaseOf } from '../framework/planned.ts'
import { mayReport, openReadings } from '../framework/readings.ts'
import {
  createAe,
  createContentInstance,
  Privilege,
  remove,
  retrieve,
} from '../framework/requests.ts'
import type { TestSystem } from '../framework/testSystem.ts'
import { fromMatchesAuthenticatedIdentity } from '../properties/fromMatchesAuthenticatedIdentity.ts'
import { journeyIsExpectedPath } from '../properties/journeyIsExpectedPath.ts'
import { responsesMatchRequests } from '../properties/responsesMatchRequests.ts'

const common = {
  framework: 'none',
  behaviour: 'BI',
  profile: 'ci',
  selection: 'ICS_REGISTRAR_CSE and ICS_HTTP',
  iut: { role: 'registrarCse', node: 'cse2' },
  topology: { file: 'plain.yaml' },
  properties: [responsesMatchRequests],
} as const

const wire = 'ae2-cse2'

/** A request in the place of AE2's node, over its plain link. */
function ask(tester: TestSystem, request: OutgoingRequest): Promise<RequestOutcome> {
  return askOver(tester, wire, request)
}

const baseOf = ({ plan }: TestSystem) => cseBaseOf(plan, 'cse2')

purpose({
  ...common,
  id: 'BTP/REG/AE/001',
  title: 'a registrar CSE refuses an AE-ID that has already registered',
  objective: 'A second registration under the same AE-ID neither succeeds nor replaces the first.',
  requirement: 'TS-0004 7.4.5.2.1',
  asset: 'authentication',
  mutants: [{ misbehaviour: 'duplicate-registration-accepted' }],
  stimulus: async (tester, fault) => {
    const fr = fault ? 'CAE2' : 'Cvisitor'
    const name = `visitor-${tester.requestId()}`
    const created = await ask(tester, {
      ...createAe(baseOf(tester), { name, appId: 'Nvisitor' }),
      fr,
    })
    if (!fault) await ask(tester, { ...remove(`${baseOf(tester)}/${name}`), fr })
    return created
  },
  control: (observed) => {
    expectStatus(observed, 2001, 'an AE-ID that has not registered')
  },
  judge: (observed) =>
    expectRefusal(observed, { rsc: 4117, conceptual: [4105] }, 'an AE-ID that has registered'),
})

purpose({
  ...common,
  id: 'BTP/REG/AE/002',
  title: 'a registrar CSE refuses an App-ID of no known form',
  objective: 'An App-ID begins with R or N; anything else is no App-ID.',
  requirement: 'TS-0004 7.4.5.2.1',
  asset: 'authorization',
  mutants: [{ misbehaviour: 'app-id-unchecked' }],
  stimulus: (tester, fault) => {
    const name = `visitor-${tester.requestId()}`
    const appId = fault ? 'Xvisitor' : 'Nvisitor'
    return ask(tester, { ...createAe(baseOf(tester), { name, appId }), fr: 'C' })
  },
  control: (observed) => {
    expectStatus(observed, 2001, 'an App-ID that begins with N')
  },
  judge: (observed) => expectRefusal(observed, { rsc: 4000 }, 'an App-ID that begins with X'),
})

purpose({
  ...common,
  id: 'BTP/REG/AE/003',
  title: 'a registrar CSE refuses requests of an AE that has not registered',
  objective:
    'Without association and registration an AE-ID in From is worth nothing, even where a policy grants everybody.',
  requirement: 'TS-0004 7.3.2.1',
  asset: 'authentication',
  mutants: [{ misbehaviour: 'unregistered-ae-accepted' }],
  stimulus: async (tester, fault) => {
    const everybody = { originators: ['all'], operations: Privilege.retrieve }
    const container = await openReadings(tester, { grants: [everybody] })
    return ask(tester, { ...retrieve(container), fr: fault ? 'Cnobody' : 'CAE2' })
  },
  control: (observed) => {
    expectStatus(observed, 2000, 'a registered AE')
  },
  judge: (observed) => expectRefusal(observed, { rsc: 4106 }, 'an AE that has not registered'),
})

purpose({
  ...common,
  id: 'BTP/REG/AE/004',
  title: 'a registrar CSE refuses an AE registration that is addressed to another CSE',
  objective:
    'An AE registers with its registrar: a registration through a transit CSE goes no further.',
  requirement: 'TS-0004 7.3.2.8',
  asset: 'authorization',
  framework: 'SAEF/PSK',
  selection: 'ICS_REGISTRAR_CSE and ICS_TRANSIT_CSE and ICS_SAEF_PSK_TLS',
  iut: { role: 'registrarCse', node: 'cse1' },
  topology: { file: 'reference.yaml' },
  properties: [journeyIsExpectedPath, fromMatchesAuthenticatedIdentity],
  mutants: [{ misbehaviour: 'ae-create-through-transit-accepted' }],
  stimulus: async (tester, fault) => {
    const container = await openReadings(tester, { grants: [mayReport(tester, 'AE1')] })
    const rqi = tester.requestId()
    const request = fault
      ? createAe(baseOf(tester), { name: `far-${rqi}`, appId: 'Nfar' })
      : createContentInstance(container, 'near')
    const path = fault ? ['ae1', 'cse1'] : ['ae1', 'cse1', 'cse2']
    tester.expectJourney({ rqi, path, delivered: !fault })
    return tester.entity('AE1').request({ ...request, rqi })
  },
  control: (observed) => {
    expectSuccess(observed, 'another create through the transit CSE')
  },
  judge: (observed) =>
    expectRefusal(observed, { rsc: 4000 }, 'an AE registration through a transit CSE'),
})
