/**
 * CSE registration and the resources only CSEs or nobody may make (TS-0004 7.3.2.1, 7.4.3, 7.4.4.2.1).
 *
 * Topologies: plain, reference; CSE1 registers by hand where its registration is the point.
 * Left out: announcing descendants upward, which the chains of BTP/HOP/PATH need in order to work at all.
 */

import { askOver } from '../framework/attempts.ts'
import { purpose } from '../framework/catalogue.ts'
import { expectRefusal, expectStatus } from '../framework/outcomes.ts'
import { aeAddressOf, cseBaseOf } from '../framework/planned.ts'
import {
  create,
  createAe,
  createContainer,
  createRemoteCse,
  remove,
} from '../framework/requests.ts'
import type { TestSystem } from '../framework/testSystem.ts'
import { fromMatchesAuthenticatedIdentity } from '../properties/fromMatchesAuthenticatedIdentity.ts'
import { noApplicationDataOutsideAssociation } from '../properties/noApplicationDataOutsideAssociation.ts'
import { responsesMatchRequests } from '../properties/responsesMatchRequests.ts'

const common = {
  framework: 'SAEF/PSK',
  behaviour: 'BI',
  profile: 'ci',
  selection: 'ICS_REGISTRAR_CSE and ICS_HTTP',
  iut: { role: 'registrarCse', node: 'cse2' },
  topology: { file: 'reference.yaml' },
  properties: [fromMatchesAuthenticatedIdentity, responsesMatchRequests],
} as const

const baseOf = ({ plan }: TestSystem) => cseBaseOf(plan, 'cse2')

function remoteCse(tester: TestSystem) {
  const cse = { name: 'cse1', cseId: '/cse1', cseBase: cseBaseOf(tester.plan, 'cse1') }
  return createRemoteCse(baseOf(tester), cse)
}

purpose({
  ...common,
  id: 'BTP/REG/CSE/001',
  title: 'a registrar CSE refuses a CSE that has no security association',
  objective: 'An AE may register on a plain link, a CSE may not: nothing proves its CSE-ID.',
  requirement: 'TS-0004 7.3.2.1',
  asset: 'authentication',
  framework: 'none',
  topology: { file: 'plain.yaml', manual: ['cse1', 'ae1'] },
  properties: [responsesMatchRequests],
  mutants: [{ misbehaviour: 'cse-without-association-accepted' }],
  stimulus: async (tester, fault) => {
    const name = `visitor-${tester.requestId()}`
    const request = fault
      ? { ...remoteCse(tester), fr: '/cse1' }
      : { ...createAe(baseOf(tester), { name, appId: 'Nvisitor' }), fr: 'C' }
    return askOver(tester, 'cse1-cse2', request)
  },
  control: (observed) => {
    expectStatus(observed, 2001, 'an AE registers on the plain link')
  },
  judge: (observed) => expectRefusal(observed, { rsc: 4107 }, 'a CSE registers on the plain link'),
})

purpose({
  ...common,
  id: 'BTP/REG/CSE/002',
  title: 'a registrar CSE refuses a CSE-ID that has already registered',
  objective: 'A second registration under the same CSE-ID neither succeeds nor replaces the first.',
  requirement: 'TS-0004 7.4.4.2.1',
  asset: 'authentication',
  topology: { file: 'reference.yaml', manual: ['cse1', 'ae1'] },
  mutants: [{ misbehaviour: 'duplicate-registration-accepted' }],
  stimulus: async (tester, fault) => {
    const first = await askOver(tester, 'cse1-cse2', { ...remoteCse(tester), fr: '/cse1' })
    const second = fault
      ? await askOver(tester, 'cse1-cse2', { ...remoteCse(tester), fr: '/cse1' })
      : undefined
    await askOver(tester, 'cse1-cse2', { ...remove(`${baseOf(tester)}/cse1`), fr: '/cse1' })
    return second ?? first
  },
  control: (observed) => {
    expectStatus(observed, 2001, 'a CSE-ID that has not registered')
  },
  judge: (observed) =>
    expectRefusal(observed, { rsc: 4117, conceptual: [4105] }, 'a CSE-ID that has registered'),
})

/** AE2 makes something below its own resource, or what no AE may make. */
function asAe2(
  what: string,
  fault: (tester: TestSystem) => ReturnType<typeof create>,
  rsc: number,
) {
  return {
    stimulus: (tester: TestSystem, faulty: boolean) => {
      const home = aeAddressOf(tester.plan, 'AE2')
      const request = faulty ? fault(tester) : createContainer(home, `own-${tester.requestId()}`)
      return tester.entity('AE2').request(request)
    },
    control: (observed: Parameters<typeof expectStatus>[0]) => {
      expectStatus(observed, 2001, 'AE2 makes a container of its own')
    },
    judge: (observed: Parameters<typeof expectRefusal>[0]) =>
      expectRefusal(observed, { rsc }, what),
  }
}

purpose({
  ...common,
  id: 'BTP/REG/CSE/003',
  title: 'a CSE lets no AE create a remoteCSE',
  objective:
    'An AE with a good association cannot put a CSE into the routing table of its registrar.',
  requirement: 'TS-0004 7.4.4.2.1',
  asset: 'authorization',
  properties: [noApplicationDataOutsideAssociation, responsesMatchRequests],
  mutants: [{ misbehaviour: 'remote-cse-by-ae-accepted' }],
  ...asAe2(
    'an AE creates a remoteCSE',
    (tester) =>
      createRemoteCse(baseOf(tester), {
        name: `false-${tester.requestId()}`,
        cseId: '/cse9',
        cseBase: '/cse9/base',
      }),
    4005,
  ),
})

purpose({
  ...common,
  id: 'BTP/REG/CSE/004',
  title: 'a CSE lets nobody create a CSEBase',
  objective: 'The CSEBase is there from the start and is made by no request.',
  requirement: 'TS-0004 7.4.3',
  asset: 'authorization',
  properties: [noApplicationDataOutsideAssociation, responsesMatchRequests],
  mutants: [{ misbehaviour: 'cse-base-create-accepted' }],
  ...asAe2(
    'an AE creates a CSEBase',
    (tester) => create(baseOf(tester), 5, { 'm2m:cb': { rn: 'second', csi: '/cse8', srv: ['3'] } }),
    4005,
  ),
})
