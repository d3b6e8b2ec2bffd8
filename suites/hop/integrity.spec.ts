/**
 * What a transit CSE may and must change, and nothing else (TS-0004 7.3.2.6, TS-0001 7.1.7).
 *
 * Topology: reference; CSE1 is registrar of AE1 and in transit.
 * Left out: conversion towards another service provider, which needs a second IN-CSE.
 */
import { assert } from 'chai'
import { purpose } from '../framework/catalogue.ts'
import { expectStatus } from '../framework/outcomes.ts'
import { openReadings, report, retrieveLatest } from '../framework/readings.ts'
import type { TestSystem } from '../framework/testSystem.ts'
import { journeyIsExpectedPath } from '../properties/journeyIsExpectedPath.ts'
import { originConvertedInTransit } from '../properties/originConvertedInTransit.ts'
import { primitiveUnchangedInTransit } from '../properties/primitiveUnchangedInTransit.ts'
import { requestIdPrefixedInTransit } from '../properties/requestIdPrefixedInTransit.ts'
import { responsesMatchRequests } from '../properties/responsesMatchRequests.ts'

const common = {
  asset: 'content integrity',
  framework: 'SAEF/PSK',
  behaviour: 'BV',
  profile: 'ci',
  selection: 'ICS_TRANSIT_CSE and ICS_REGISTRAR_CSE',
  iut: { role: 'transitCse', node: 'cse1' },
  topology: { file: 'reference.yaml' },
} as const

/** AE1 reports over CSE1, and what CSE2 keeps is what AE1 sent. */
async function reportOnce(tester: TestSystem): Promise<undefined> {
  const container = await openReadings(tester)
  const reading = `${tester.canary('reading').text} "\\ 21,5 °C`
  const path = ['ae1', 'cse1', 'cse2']
  expectStatus(await report(tester, container, reading, path), 2001, 'AE1 reports')
  const { latest } = await retrieveLatest(tester, 'AE2', container)
  assert.equal(latest, reading, 'CSE2 keeps what AE1 sent')
  return undefined
}

purpose({
  ...common,
  id: 'BTP/HOP/INT/001',
  title: 'a transit CSE leaves the content of requests and responses as it is',
  objective: 'Content with characters that encodings like to change arrives as it was sent.',
  requirement: 'TS-0004 7.3.2.6',
  properties: [primitiveUnchangedInTransit, journeyIsExpectedPath],
  mutants: [{ misbehaviour: 'transit-alters-content' }],
  body: reportOnce,
})

purpose({
  ...common,
  id: 'BTP/HOP/INT/002',
  title: 'a registrar CSE converts From of its AE and never replaces it',
  objective:
    'Beyond the registrar the stem is preceded by its CSE-ID, so that the originator stays who it is.',
  requirement: 'TS-0004 7.3.2.6',
  properties: [originConvertedInTransit, primitiveUnchangedInTransit],
  mutants: [{ misbehaviour: 'from-not-converted' }, { misbehaviour: 'transit-rewrites-from' }],
  body: reportOnce,
})

purpose({
  ...common,
  id: 'BTP/HOP/INT/003',
  title: 'a registrar CSE makes the request identifier of its AE unique',
  objective:
    'Beyond the registrar the identifier is preceded by the AE-ID-Stem; the answer carries the one AE1 chose.',
  requirement: 'TS-0001 7.1.7',
  properties: [requestIdPrefixedInTransit, responsesMatchRequests],
  mutants: [
    { misbehaviour: 'request-id-not-prefixed' },
    { misbehaviour: 'answers-with-another-request-id' },
  ],
  body: reportOnce,
})
