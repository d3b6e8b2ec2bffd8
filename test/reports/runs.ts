import type {
  HopRecord,
  JourneyRecord,
  MutantRecord,
  RecordedTopology,
  RunRecord,
  Verdict,
} from '../../reports/model/runRecord.ts'
import { summarise } from '../../reports/model/summary.ts'
import { journey, link, node, property, purpose, record, referenceNetwork } from './fixtures.ts'

const knowledge = {
  canary: 'reading-7f3a91c2/&"é"',
  readers: ['AE1', 'CSE1', 'CSE2', 'AE2'],
  inClear: [],
  searched: ['raw', 'base64', 'hex', 'url', 'json-escaped', 'compressed'],
  unreadable: 0,
}

/** A good run of the reference network. */
export function goodRun(): RunRecord {
  return record([
    purpose(),
    purpose({
      id: 'BTP/SAEF/PSK/003',
      title: 'a registrar CSE refuses a wrong key',
      tags: ['BI', 'ci'],
      controls: [
        { when: 'before', clean: true, because: 'the right key connected with TLS 1.2' },
        { when: 'after', clean: true, because: 'the right key connected with TLS 1.2' },
      ],
      reason: 'the handshake ended with alert decrypt_error before any application data',
    }),
    purpose({
      id: 'BTP/SAEF/PSK/011',
      title: 'a registrar CSE refuses an AE that no subscription rule fits',
      asset: 'authorization',
      grade: 'conceptual',
      reason: 'refused with 4107, the clause names 4126',
    }),
    purpose({
      id: 'BTP/HOP/PATH/001',
      title: 'a notification passes exactly the transit CSEs it is addressed through',
      asset: 'content confidentiality',
      requirement: 'TS-0001 7.2.1.2',
      cites: 'TS-0013 8.4 TD_M2M_SE_01',
      journeys: [journey()],
      knowledge: [knowledge],
    }),
    purpose({
      id: 'BTP/REG/AE/004',
      title: 'a registrar CSE refuses an App-ID of unknown form',
      asset: 'authorization',
      framework: 'none',
      verdict: 'none',
      reason: 'not selected: ICS_MN_CSE is false',
      properties: [],
      evidence: [],
    }),
  ])
}

/** CSE1 drops what it should forward and says that it was done. */
export function failingRun(): RunRecord {
  const whole = journey()
  const [first] = whole.hops
  const dropped: JourneyRecord = {
    ...whole,
    path: ['AE1', 'CSE1'],
    hops: first === undefined ? [] : [first],
  }
  const plain: JourneyRecord = {
    rqi: 'BTP-HOP-PATH-004-2',
    expectedPath: ['AE1', 'CSE1', 'CSE2'],
    path: ['AE1', 'CSE1', 'CSE2'],
    hops: whole.hops.slice(0, 2).map((one, index): HopRecord => {
      const { security, responseAtMs, rsc, responseInside, responseOnTheWire, ...request } = one
      return index === 0 ? one : { ...request, onTheWire: 'POST /~/cse2/base HTTP/1.1, 301 bytes' }
    }),
  }
  const flawed: RecordedTopology = {
    ...referenceNetwork({ seen: 'mixed' }),
    nodes: referenceNetwork().nodes.map((one) =>
      one.name === 'CSE1' ? { ...one, misbehaviours: ['transit-drops-silently'] } : one,
    ),
  }
  return record(
    [
      ...goodRun().purposes.slice(0, 3),
      purpose({
        id: 'BTP/HOP/PATH/001',
        title: 'a notification passes exactly the transit CSEs it is addressed through',
        asset: 'content integrity',
        verdict: 'fail',
        reason:
          'journey-is-expected-path is violated: AE1 was answered 2000 by CSE1, but the request was never seen on CSE1-CSE2',
        properties: [
          property('every-hop-has-its-own-association'),
          property('journey-is-expected-path', {
            claim: 'The journey is exactly the expected path.',
            result: 'violated',
            because: 'expected AE1 → CSE1 → CSE2 → AE2, seen AE1 → CSE1; reported as delivered',
            frames: [{ wire: 'AE1-CSE1', frame: 12 }],
          }),
        ],
        journeys: [dropped],
        knowledge: [{ ...knowledge, readers: ['AE1', 'CSE1'] }],
        topology: flawed,
        mutants: [{ node: 'CSE1', misbehaviour: 'transit-drops-silently' }],
      }),
      purpose({
        id: 'BTP/HOP/PATH/004',
        title: 'no copy of forwarded content leaves a transit CSE in clear',
        asset: 'content confidentiality',
        verdict: 'fail',
        reason: 'no-canary-in-clear is violated: the canary stood on CSE1-CSE2 in clear',
        properties: [
          property('no-canary-in-clear', {
            result: 'violated',
            because: 'found raw on CSE1-CSE2 and as base64',
            frames: [{ wire: 'CSE1-CSE2', frame: 44 }],
          }),
        ],
        journeys: [plain],
        knowledge: [
          {
            ...knowledge,
            inClear: [
              { wire: 'CSE1-CSE2', encoding: 'raw', frame: 44 },
              { wire: 'CSE1-CSE2', encoding: 'base64', frame: 47 },
            ],
            unreadable: 2,
          },
        ],
        variants: [
          { name: '1 transit CSE', verdict: 'fail', reason: 'found in clear' },
          { name: '2 transit CSEs', verdict: 'pass', reason: 'as expected' },
        ],
      }),
      purpose({
        id: 'BTP/REG/CSE/002',
        title: 'a registrar CSE refuses a CSE that is not associated',
        asset: 'authorization',
        framework: 'none',
        verdict: 'inconc',
        reason: 'the control before the fault was not clean: no answer within 5000 ms',
        controls: [{ when: 'before', clean: false, because: 'no answer within 5000 ms' }],
        properties: [
          property('refused-before-application-data', {
            result: 'not-observed',
            because: 'no connection of the tester was seen',
            frames: [],
          }),
        ],
      }),
      purpose({
        id: 'BTP/REG/CSE/003',
        title: 'a registrar CSE takes the CSE-ID from From',
        asset: 'authorization',
        framework: 'none',
        verdict: 'error',
        reason: 'the recording is empty',
      }),
    ],
    { topology: flawed, mutants: mutants() },
  )
}

export function mutants(): readonly MutantRecord[] {
  return [
    {
      misbehaviour: 'transit-drops-silently',
      summary: 'A transit CSE reports success for a request it never sent on.',
      origin: 'W17',
      killed: true,
      outcomes: [
        {
          purpose: 'BTP/HOP/PATH/001',
          node: 'CSE1',
          verdict: 'fail',
          killed: true,
          reason: 'the request was never seen on CSE1-CSE2',
        },
      ],
    },
    {
      misbehaviour: 'compressed-copy',
      summary: 'A transit CSE also sends the content compressed, outside the association.',
      killed: false,
      outcomes: [
        {
          purpose: 'BTP/HOP/PATH/004',
          node: 'CSE1',
          verdict: 'pass',
          killed: false,
          reason: 'the copy was not found',
        },
      ],
    },
    {
      misbehaviour: 'default-admin',
      summary: 'The originator CAdmin may do anything.',
      origin: 'W19',
      killed: false,
      outcomes: [],
    },
  ]
}

/** Nothing was selected. */
export function emptyRun(): RunRecord {
  const topology = { name: 'none', nodes: [], links: [] }
  return record([], { topology, artefacts: [], durationMs: 3 })
}

/** Ended by Ctrl-C after three of twenty-five. */
export function interruptedRun(): RunRecord {
  const purposes = goodRun().purposes.slice(0, 3)
  return record(purposes, {
    summary: summarise(purposes, 25),
    interrupted: 'SIGINT after 2.1 s, during BTP/HOP/PATH/001',
  })
}

const assets = [
  'content confidentiality',
  'content integrity',
  'anonymity',
  'traffic efficiency',
  'authentication',
  'authorization',
]

/** 300 purposes of all assets on a network of 111 nodes. */
export function largeRun(): RunRecord {
  const verdicts: readonly Verdict[] = [
    'pass',
    'pass',
    'pass',
    'pass',
    'pass',
    'pass',
    'fail',
    'none',
  ]
  const purposes = Array.from({ length: 300 }, (_, index) => {
    const verdict = verdicts[(index * 7) % verdicts.length] ?? 'pass'
    return purpose({
      id: `BTP/HOP/LOAD/${String(index + 1).padStart(3, '0')}`,
      title: `a transit CSE forwards request ${index + 1} unchanged`,
      asset: assets[index % assets.length] ?? 'anonymity',
      framework: index % 4 === 0 ? 'none' : 'SAEF/PSK',
      verdict,
      reason: verdict === 'pass' ? 'as expected' : 'the content was changed on the way',
      journeys: [journey()],
      knowledge: [knowledge],
    })
  })
  return record(purposes, { topology: treeNetwork() })
}

/** 100 ADNs on 10 MNs on one IN. */
export function treeNetwork(): RecordedTopology {
  const middle = Array.from({ length: 10 }, (_, index) => `MN${index + 1}`)
  const devices = middle.flatMap((mn) =>
    Array.from({ length: 10 }, (_, index) => ({ name: `${mn}-ADN${index + 1}`, mn })),
  )
  return {
    name: 'tree',
    nodes: [
      ...devices.map(({ name }) => node(name, 'adn', 'field', ['AE'])),
      ...middle.map((name) => node(name, 'mn', 'field', [`/${name.toLowerCase()}`])),
      node('IN', 'in', 'infrastructure', ['/in']),
      node('AE2', 'in-ae', 'infrastructure', ['AE2']),
    ],
    links: [
      ...devices.map(({ name, mn }) => link(name, mn, 'Mca', `kpsa-${name}@sp.example`)),
      ...middle.map((name) => link(name, 'IN', 'Mcc', `kpsa-${name}@sp.example`)),
      link('AE2', 'IN', 'Mca', 'kpsa-CAE2@sp.example'),
    ],
  }
}
