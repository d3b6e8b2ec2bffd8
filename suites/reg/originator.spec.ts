/**
 * Who an originator is taken for, and what it may do by default (TS-0004 7.2.2.2, 7.3.2.1, 7.3.3.3; TS-0001 9.6.1.3.2).
 *
 * Topology: reference. The policies used are the smallest that make the point; access control as a whole comes later.
 * Left out: roles, groups and contexts in rules.
 */
import type { OutgoingRequest } from '../../protocol/exchange.ts'
import type { JsonObject } from '../../protocol/primitive.ts'
import { askOver } from '../framework/attempts.ts'
import { purpose } from '../framework/catalogue.ts'
import { expectRefusal, expectStatus } from '../framework/outcomes.ts'
import { absoluteIdOf, aeAddressOf, cseBaseOf } from '../framework/planned.ts'
import { openReadings } from '../framework/readings.ts'
import { createContainer, Privilege, remove, retrieve } from '../framework/requests.ts'
import type { TestSystem } from '../framework/testSystem.ts'
import { fromMatchesAuthenticatedIdentity } from '../properties/fromMatchesAuthenticatedIdentity.ts'
import { journeyIsExpectedPath } from '../properties/journeyIsExpectedPath.ts'
import { noApplicationDataOutsideAssociation } from '../properties/noApplicationDataOutsideAssociation.ts'
import { responsesMatchRequests } from '../properties/responsesMatchRequests.ts'

const common = {
  framework: 'SAEF/PSK',
  behaviour: 'BI',
  profile: 'ci',
  selection: 'ICS_HOSTING_CSE and ICS_SAEF_PSK_TLS',
  iut: { role: 'hostingCse', node: 'cse2' },
  topology: { file: 'reference.yaml' },
  properties: [fromMatchesAuthenticatedIdentity, responsesMatchRequests],
} as const

/** AE2's association asks for the CSEBase under its own name, and with what `fault` makes of the request. */
function asking(fault: (request: OutgoingRequest) => OutgoingRequest, rsc: number, who: string) {
  return {
    stimulus: (tester: TestSystem, faulty: boolean) => {
      const honest = { ...retrieve(cseBaseOf(tester.plan, 'cse2')), fr: 'CAE2' }
      return askOver(tester, 'ae2-cse2', faulty ? fault(honest) : honest)
    },
    control: (observed: Parameters<typeof expectStatus>[0]) => {
      expectStatus(observed, 2000, 'AE2 under its own name')
    },
    judge: (observed: Parameters<typeof expectRefusal>[0]) => expectRefusal(observed, { rsc }, who),
  }
}

purpose({
  ...common,
  id: 'BTP/REG/ORIG/001',
  title: 'a CSE refuses a request without From',
  objective:
    'A missing originator is nobody, and in particular not an administrator that is not set either.',
  requirement: 'TS-0004 7.3.2.1',
  asset: 'authorization',
  mutants: [{ misbehaviour: 'no-origin-is-admin' }],
  ...asking(({ fr: _left, ...request }) => request, 4000, 'a request without From'),
})

purpose({
  ...common,
  id: 'BTP/REG/ORIG/002',
  title: 'a CSE gives nothing to an administrator that was never configured',
  objective: 'A well-known name in From opens no door: the association says who is asking.',
  requirement: 'TS-0003 7.2.1',
  asset: 'authorization',
  mutants: [{ misbehaviour: 'default-admin' }],
  ...asking((request) => ({ ...request, fr: 'CAdmin' }), 4106, 'a well-known administrator'),
})

purpose({
  ...common,
  id: 'BTP/REG/ORIG/003',
  title: 'a CSE does not let an originator name another creator',
  objective:
    'The creator has full control where no policy is linked, so that only the CSE may set it.',
  requirement: 'TS-0004 7.3.3.3',
  asset: 'authorization',
  mutants: [{ misbehaviour: 'creator-spoof' }],
  stimulus: (tester, fault) => {
    const home = aeAddressOf(tester.plan, 'AE2')
    const creator: JsonObject = fault ? { cr: absoluteIdOf(tester.plan, 'AE1') } : {}
    return tester
      .entity('AE2')
      .request(createContainer(home, `owned-${tester.requestId()}`, creator))
  },
  control: (observed) => {
    expectStatus(observed, 2001, 'a container without a creator in its content')
  },
  judge: (observed) => expectRefusal(observed, { rsc: 4000 }, 'a container of another creator'),
})

purpose({
  ...common,
  id: 'BTP/REG/ORIG/004',
  title: 'a hosting CSE refuses to show a resource to an originator without privilege',
  objective: 'CSE1 has a good association and no privilege: it does not see the container of AE2.',
  requirement: 'TS-0004 7.2.2.2',
  asset: 'content confidentiality',
  properties: [journeyIsExpectedPath, fromMatchesAuthenticatedIdentity],
  mutants: [{ misbehaviour: 'origin-unchecked' }],
  stimulus: async (tester, fault) => {
    const originators = [absoluteIdOf(tester.plan, 'cse1')]
    const grants = fault ? [] : [{ originators, operations: Privilege.retrieve }]
    const container = await openReadings(tester, { grants })
    const rqi = tester.requestId()
    tester.expectJourney({ rqi, path: ['cse1', 'cse2'], delivered: !fault })
    return tester.entity('cse1').request({ ...retrieve(container), rqi })
  },
  control: (observed) => {
    expectStatus(observed, 2000, 'an originator with the privilege')
  },
  judge: (observed) => expectRefusal(observed, { rsc: 4103 }, 'an originator without privilege'),
})

purpose({
  ...common,
  id: 'BTP/REG/ORIG/005',
  title: 'a hosting CSE lets only those delete who may',
  objective: 'AE1 may create and retrieve and cannot delete; the owner can.',
  requirement: 'TS-0004 7.2.2.2',
  asset: 'authorization',
  behaviour: 'BV',
  properties: [noApplicationDataOutsideAssociation, responsesMatchRequests],
  mutants: [
    { misbehaviour: 'access-decision-inverted-for-delete' },
    { misbehaviour: 'origin-unchecked' },
  ],
  body: async (tester) => {
    const container = await openReadings(tester)
    const byAe1 = await tester.entity('AE1').request(remove(container))
    const judgement = expectRefusal(byAe1, { rsc: 4103 }, 'AE1 deletes the container')
    expectStatus(await tester.entity('AE2').request(remove(container)), 2002, 'AE2 deletes it')
    return judgement
  },
})
