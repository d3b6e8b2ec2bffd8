/**
 * Forwarding when something stands against it: refusals come back as they were given, and what could not be delivered or
 * is too late is not reported as done (TS-0004 7.2.2.2, 7.3.2.1, 7.3.2.6).
 *
 * Topology: reference; CSE1 is in transit, CSE2 hosts.
 * Left out: which code a transit CSE gives for a next hop that is gone. The clauses name several; any refusal passes, the
 * ones named there as strict.
 */
import { assert } from 'chai'
import type { RequestOutcome } from '../../protocol/exchange.ts'
import { isSuccess } from '../../protocol/statusCodes.ts'
import { formatTimestamp } from '../../protocol/time.ts'
import { purpose } from '../framework/catalogue.ts'
import { expectRefusal, expectStatus, inWords } from '../framework/outcomes.ts'
import { mayReport, openReadings } from '../framework/readings.ts'
import { createContentInstance, retrieve } from '../framework/requests.ts'
import type { TestSystem } from '../framework/testSystem.ts'
import { everyHopHasItsOwnAssociation } from '../properties/everyHopHasItsOwnAssociation.ts'
import { journeyIsExpectedPath } from '../properties/journeyIsExpectedPath.ts'
import { primitiveUnchangedInTransit } from '../properties/primitiveUnchangedInTransit.ts'

const common = {
  framework: 'SAEF/PSK',
  behaviour: 'BI',
  profile: 'ci',
  selection: 'ICS_TRANSIT_CSE and ICS_SAEF_PSK_TLS',
  iut: { role: 'transitCse', node: 'cse1' },
  topology: { file: 'reference.yaml' },
} as const

const whole = ['ae1', 'cse1', 'cse2']

/** AE1 reports into a container; `path` and `delivered` are what the judge is told to look for. */
function reporting(
  tester: TestSystem,
  container: string,
  expected: { readonly path: readonly string[]; readonly delivered: boolean },
  more: { readonly rqet?: string } = {},
): Promise<RequestOutcome> {
  const rqi = tester.requestId()
  tester.expectJourney({ rqi, ...expected })
  return tester.entity('AE1').request({ ...createContentInstance(container, '21.0'), ...more, rqi })
}

function reported(observed: RequestOutcome): void {
  expectStatus(observed, 2001, 'AE1 reports without the fault')
}

purpose({
  ...common,
  id: 'BTP/HOP/REF/001',
  title: 'a transit CSE brings back the refusal of an originator without privilege as it was given',
  objective:
    'AE1, two hops from the container, has no privilege there: 4103 from CSE2 reaches it unchanged.',
  requirement: 'TS-0004 7.2.2.2',
  asset: 'authorization',
  profile: 'smoke',
  properties: [journeyIsExpectedPath, primitiveUnchangedInTransit],
  mutants: [
    { misbehaviour: 'transit-status-rewritten' },
    { misbehaviour: 'transit-drops-silently' },
    { misbehaviour: 'origin-unchecked', node: 'cse2' },
  ],
  stimulus: async (tester, fault) => {
    const grants = fault ? [] : [mayReport(tester, 'AE1')]
    const container = await openReadings(tester, { grants })
    return reporting(tester, container, { path: whole, delivered: !fault })
  },
  control: reported,
  judge: (observed) => expectRefusal(observed, { rsc: 4103 }, 'AE1 without privilege'),
})

purpose({
  ...common,
  id: 'BTP/HOP/REF/002',
  title: 'a transit CSE brings back that a resource does not exist as it was told',
  objective: '4004 from CSE2 reaches AE1 unchanged.',
  requirement: 'TS-0004 7.2.2.2',
  asset: 'content integrity',
  properties: [journeyIsExpectedPath, primitiveUnchangedInTransit],
  mutants: [
    { misbehaviour: 'transit-status-rewritten' },
    { misbehaviour: 'existence-hidden-as-success', node: 'cse2' },
  ],
  stimulus: async (tester, fault) => {
    const container = await openReadings(tester)
    const rqi = tester.requestId()
    tester.expectJourney({ rqi, path: whole, delivered: !fault })
    const to = fault ? `${container}-not-there` : container
    return tester.entity('AE1').request({ ...retrieve(to), rqi })
  },
  control: (observed) => {
    expectStatus(observed, 2000, 'AE1 retrieves a container that is there')
  },
  judge: (observed) => expectRefusal(observed, { rsc: 4004 }, 'a container that is not there'),
})

/** Codes the clauses give for a next hop that cannot be reached. */
const unreachable = [5103, 5107, 4004]

purpose({
  ...common,
  id: 'BTP/HOP/REF/003',
  title: 'a transit CSE reports an error when the next hop is cut',
  objective:
    'What could not be delivered is not reported as done; once the link is healed it works again.',
  requirement: 'TS-0004 7.3.2.6',
  asset: 'content integrity',
  properties: [journeyIsExpectedPath],
  mutants: [{ misbehaviour: 'transit-drops-silently' }],
  stimulus: async (tester, fault) => {
    const container = await openReadings(tester)
    const mcc = tester.link('cse1-cse2')
    if (fault) await mcc.cut()
    const path = fault ? ['ae1', 'cse1'] : whole
    const outcome = await reporting(tester, container, { path, delivered: !fault })
    if (fault) await mcc.heal()
    return outcome
  },
  control: reported,
  judge: (observed) => {
    if (observed.outcome !== 'response' || isSuccess(observed.response.rsc)) {
      assert.fail(`the next hop is cut: expected an error, got ${inWords(observed)}`)
    }
    if (unreachable.includes(observed.response.rsc)) return undefined
    return { grade: 'conceptual', because: `refused with ${inWords(observed)}` }
  },
})

const hourMs = 3_600_000
/** Before any clock a node could have, and after. */
const longAgo = '20200101T000000'
const farAhead = (tester: TestSystem) =>
  formatTimestamp(Date.UTC(2090, 0, 1) + (tester.seed % 24) * hourMs)

purpose({
  ...common,
  id: 'BTP/HOP/REF/004',
  title: 'a transit CSE refuses an expired request and does not send it on',
  objective: 'A request whose expiration time has passed is answered with 4008 at the first CSE.',
  requirement: 'TS-0004 7.3.2.6',
  asset: 'traffic efficiency',
  properties: [journeyIsExpectedPath, everyHopHasItsOwnAssociation],
  mutants: [{ misbehaviour: 'expired-request-processed' }],
  stimulus: async (tester, fault) => {
    const container = await openReadings(tester)
    const path = fault ? ['ae1', 'cse1'] : whole
    const rqet = fault ? longAgo : farAhead(tester)
    return reporting(tester, container, { path, delivered: !fault }, { rqet })
  },
  control: reported,
  judge: (observed) => expectRefusal(observed, { rsc: 4008 }, 'an expired request'),
})
