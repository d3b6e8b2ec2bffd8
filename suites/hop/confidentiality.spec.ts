/**
 * Who can read a reading on its way: the nodes of the path and nobody else, in no encoding (TS-0003 6.1.2.2.1, 7.2.2).
 *
 * Topologies: reference; neighbours, where a CSE is at hand whose business a reading is not. The search covers every
 * recorded byte of every wire, in the encodings named in docs/evidence.md.
 * Left out: end-to-end protection (ESPrim), under which transit CSEs could not read either.
 */
import { purpose } from '../framework/catalogue.ts'
import { expectStatus } from '../framework/outcomes.ts'
import { openReadings, report, retrieveLatest } from '../framework/readings.ts'
import type { TestSystem } from '../framework/testSystem.ts'
import { everyHopHasItsOwnAssociation } from '../properties/everyHopHasItsOwnAssociation.ts'
import { noApplicationDataOutsideAssociation } from '../properties/noApplicationDataOutsideAssociation.ts'
import { noCanaryInClear } from '../properties/noCanaryInClear.ts'
import { onlyPathNodesRead } from '../properties/onlyPathNodesRead.ts'

const common = {
  asset: 'content confidentiality',
  framework: 'SAEF/PSK',
  behaviour: 'BV',
  profile: 'ci',
  requirement: 'TS-0003 6.1.2.2.1',
  selection: 'ICS_TRANSIT_CSE and ICS_SAEF_PSK_TLS',
  iut: { role: 'transitCse', node: 'cse1' },
  topology: { file: 'reference.yaml' },
} as const

async function reportAndRead(tester: TestSystem): Promise<undefined> {
  const container = await openReadings(tester)
  const reading = tester.canary('reading')
  const path = ['ae1', 'cse1', 'cse2']
  expectStatus(await report(tester, container, reading.text, path), 2001, 'AE1 reports')
  const { rqi } = await retrieveLatest(tester, 'AE2', container)
  tester.expectJourney({ rqi, path: ['ae2', 'cse2'], delivered: true })
  return undefined
}

purpose({
  ...common,
  id: 'BTP/HOP/CON/001',
  title: 'a transit CSE keeps what it forwards inside the associations of its hops',
  objective: 'No second copy of a reading leaves the transit CSE in clear.',
  properties: [noCanaryInClear, noApplicationDataOutsideAssociation],
  mutants: [{ misbehaviour: 'plaintext-copy' }],
  body: reportAndRead,
})

purpose({
  ...common,
  id: 'BTP/HOP/CON/002',
  title: 'a transit CSE shows a reading on no wire in any encoding',
  objective: 'A copy that is only encoded or compressed is as readable as a plain one.',
  properties: [noCanaryInClear],
  mutants: [{ misbehaviour: 'encoded-copy' }, { misbehaviour: 'compressed-copy' }],
  body: reportAndRead,
})

purpose({
  ...common,
  id: 'BTP/HOP/CON/003',
  title: 'only the nodes on the path of a reading can read it',
  objective:
    'AE1, CSE1 and CSE2 handle the reading, AE2 retrieves it; no other reader shows, not even inside an association.',
  requirement: 'TS-0003 7.2.2',
  iut: { role: 'hostingCse', node: 'cse2' },
  topology: { file: 'neighbours.yaml' },
  properties: [
    onlyPathNodesRead,
    everyHopHasItsOwnAssociation,
    noApplicationDataOutsideAssociation,
  ],
  mutants: [
    { misbehaviour: 'shares-with-neighbours' },
    { misbehaviour: 'plaintext-copy', node: 'cse1' },
  ],
  body: reportAndRead,
})
