/**
 * Forwarding over any number of hops: the request takes the expected path, once, and what is reported as done was done
 * (TS-0004 7.3.2.6, 7.3.2.8; TS-0001 7.1.7).
 *
 * Topologies: reference (one transit CSE), chain (1, 2, 4 and 6 transit CSEs).
 * Left out: paths that lead down again to another field domain, and non-blocking requests.
 */
import { assert } from 'chai'
import { purpose } from '../framework/catalogue.ts'
import { expectStatus } from '../framework/outcomes.ts'
import { aeAddressOf } from '../framework/planned.ts'
import { openDoor, openReadings, report, retrieveLatest } from '../framework/readings.ts'
import { notify } from '../framework/requests.ts'
import type { MutantUse } from '../framework/testPurpose.ts'
import { everyHopHasItsOwnAssociation } from '../properties/everyHopHasItsOwnAssociation.ts'
import { fromMatchesAuthenticatedIdentity } from '../properties/fromMatchesAuthenticatedIdentity.ts'
import { journeyIsExpectedPath } from '../properties/journeyIsExpectedPath.ts'
import { noApplicationDataOutsideAssociation } from '../properties/noApplicationDataOutsideAssociation.ts'
import { noCanaryInClear } from '../properties/noCanaryInClear.ts'
import { onlyPathNodesRead } from '../properties/onlyPathNodesRead.ts'
import { primitiveUnchangedInTransit } from '../properties/primitiveUnchangedInTransit.ts'
import { pskIdentityWellFormedAndExpected } from '../properties/pskIdentityWellFormedAndExpected.ts'
import { responsesMatchRequests } from '../properties/responsesMatchRequests.ts'
import { rolesAsDrawn } from '../properties/rolesAsDrawn.ts'
import { versionAndSuiteAllowed } from '../properties/versionAndSuiteAllowed.ts'

const common = {
  framework: 'SAEF/PSK',
  behaviour: 'BV',
  profile: 'ci',
  selection: 'ICS_TRANSIT_CSE and ICS_SAEF_PSK_TLS',
  iut: { role: 'transitCse', node: 'cse1' },
  topology: { file: 'reference.yaml' },
} as const

const toCse2 = ['ae1', 'cse1', 'cse2']

purpose({
  ...common,
  id: 'BTP/HOP/PATH/001',
  title: 'a transit CSE carries a reading from a sensor to the CSE where an application reads it',
  objective:
    'The reference network: AE1 reports over CSE1 to CSE2, AE2 reads; each hop is protected, and only the path can read.',
  requirement: 'TS-0003 7.2.2',
  asset: 'content confidentiality',
  profile: 'smoke',
  properties: [
    journeyIsExpectedPath,
    everyHopHasItsOwnAssociation,
    versionAndSuiteAllowed,
    rolesAsDrawn,
    pskIdentityWellFormedAndExpected,
    noApplicationDataOutsideAssociation,
    noCanaryInClear,
    onlyPathNodesRead,
    primitiveUnchangedInTransit,
    fromMatchesAuthenticatedIdentity,
    responsesMatchRequests,
  ],
  mutants: [
    { misbehaviour: 'transit-alters-content' },
    { misbehaviour: 'transit-drops-silently' },
    { misbehaviour: 'plaintext-copy' },
  ],
  body: async (tester) => {
    const container = await openReadings(tester)
    const reading = tester.canary('reading')
    expectStatus(await report(tester, container, reading.text, toCse2), 2001, 'AE1 reports')
    const { rqi, latest } = await retrieveLatest(tester, 'AE2', container)
    tester.expectJourney({ rqi, path: ['ae2', 'cse2'], delivered: true })
    assert.equal(latest, reading.text, 'AE2 reads what AE1 reported')
    return undefined
  },
})

purpose({
  ...common,
  id: 'BTP/HOP/PATH/002',
  title: 'a transit CSE reports as done only what the hosting CSE did',
  objective:
    'A success that the originator is told was said by the last hop; only the recordings of all hops can show it.',
  requirement: 'TS-0004 7.3.2.6',
  asset: 'content integrity',
  properties: [journeyIsExpectedPath, everyHopHasItsOwnAssociation],
  mutants: [{ misbehaviour: 'transit-drops-silently' }],
  body: async (tester) => {
    const container = await openReadings(tester)
    for (const reading of ['21.0', '21.5', '22.0']) {
      expectStatus(await report(tester, container, reading, toCse2), 2001, `AE1 reports ${reading}`)
    }
    return undefined
  },
})

purpose({
  ...common,
  id: 'BTP/HOP/PATH/003',
  title: 'a transit CSE passes each request on exactly once',
  objective: 'One request is one message on every hop, and makes one resource.',
  requirement: 'TS-0004 7.3.2.6',
  asset: 'traffic efficiency',
  properties: [journeyIsExpectedPath, responsesMatchRequests],
  mutants: [{ misbehaviour: 'transit-sends-twice' }],
  body: async (tester) => {
    const container = await openReadings(tester)
    expectStatus(await report(tester, container, 'once', toCse2), 2001, 'AE1 reports')
    return undefined
  },
})

purpose({
  ...common,
  id: 'BTP/HOP/PATH/004',
  title: 'a transit CSE carries a notification from one AE to another',
  objective: 'AE1 notifies AE2 over CSE1 and CSE2; the last hop is the second association of AE2.',
  requirement: 'TS-0003 8.2.1',
  asset: 'content confidentiality',
  profile: 'smoke',
  selection: 'ICS_TRANSIT_CSE and ICS_SAEF_PSK_TLS and ICS_SECOND_ASSOCIATION and ICS_NOTIFY',
  properties: [
    journeyIsExpectedPath,
    everyHopHasItsOwnAssociation,
    noCanaryInClear,
    onlyPathNodesRead,
    primitiveUnchangedInTransit,
    rolesAsDrawn,
  ],
  mutants: [
    { misbehaviour: 'transit-drops-silently' },
    { misbehaviour: 'second-association-in-clear', node: 'cse2' },
  ],
  body: async (tester) => {
    await openDoor(tester, 'AE2', 'AE1')
    const alarm = tester.canary('alarm')
    const rqi = tester.requestId()
    tester.expectJourney({ rqi, path: [...toCse2, 'ae2'], delivered: true })
    const request = notify(aeAddressOf(tester.plan, 'AE2'), alarm.text)
    expectStatus(await tester.entity('AE1').request({ ...request, rqi }), 2000, 'the notification')
    const { pc } = await tester.entity('AE2').awaitReceived(rqi)
    assert.include(JSON.stringify(pc), alarm.text, 'AE2 receives what AE1 sent')
    return undefined
  },
})

/** Chains: a different member misbehaves in each, so that a fault is found wherever it sits. */
const chains: readonly {
  readonly transit: number
  readonly number: string
  readonly mutants: readonly MutantUse[]
}[] = [
  { transit: 1, number: '005', mutants: [{ misbehaviour: 'transit-drops-silently', node: 'mn1' }] },
  { transit: 2, number: '006', mutants: [{ misbehaviour: 'plaintext-copy', node: 'mn2' }] },
  { transit: 4, number: '007', mutants: [{ misbehaviour: 'transit-alters-content', node: 'mn3' }] },
  { transit: 6, number: '008', mutants: [{ misbehaviour: 'transit-drops-silently', node: 'mn6' }] },
]

for (const { transit, number, mutants } of chains) {
  const transits = Array.from({ length: transit }, (_, index) => `mn${index + 1}`)
  purpose({
    ...common,
    id: `BTP/HOP/PATH/${number}`,
    title: `a chain with ${transit} transit ${transit === 1 ? 'CSE' : 'CSEs'} carries a reading, hop by hop`,
    objective: `A reading passes ${transit + 1} hops, each in an association of its own, and arrives unchanged.`,
    requirement: 'TS-0004 7.3.2.6',
    asset: 'content confidentiality',
    iut: { role: 'transitCse', node: 'mn1' },
    topology: { file: 'chain.yaml', parameters: { transit } },
    properties: [
      journeyIsExpectedPath,
      everyHopHasItsOwnAssociation,
      noCanaryInClear,
      onlyPathNodesRead,
      primitiveUnchangedInTransit,
    ],
    mutants,
    body: async (tester) => {
      const container = await openReadings(tester)
      const reading = tester.canary('reading')
      const path = ['ae1', ...transits, 'cse2']
      expectStatus(await report(tester, container, reading.text, path), 2001, 'AE1 reports')
      return undefined
    },
  })
}
