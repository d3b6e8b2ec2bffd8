import type {
  HopRecord,
  JourneyRecord,
  PurposeRecord,
  RecordedLink,
  RecordedTopology,
  RunRecord,
} from '../../reports/model/runRecord.ts'
import { summarise } from '../../reports/model/summary.ts'

const suite = 'TLS_PSK_WITH_AES_128_CBC_SHA256'
const startedAt = '2026-03-02T09:15:04.120Z'

/** A record of the given purposes; the summary adds up unless it is overridden. */
export function record(
  purposes: readonly PurposeRecord[],
  changes: Partial<RunRecord> = {},
): RunRecord {
  return {
    schemaVersion: 1,
    bench: { version: '0.1.0', commit: '746ac34d0c1b5b6d0e6f1d6f3a2b9c8d7e6f5a4b' },
    seed: 42,
    startedAt,
    durationMs: 18432.5,
    runtime: 'local',
    topology: referenceNetwork(),
    iut: null,
    summary: summarise(purposes),
    purposes,
    artefacts: [{ kind: 'log', path: 'bench.log', title: 'Log of the run' }],
    ...changes,
  }
}

export function purpose(changes: Partial<PurposeRecord> = {}): PurposeRecord {
  const id = changes.id ?? 'BTP/SAEF/PSK/001'
  return {
    id,
    title: 'a registrar CSE associates with an AE that holds the provisioned key',
    objective:
      'The registrar and the AE establish TLS 1.2 with the mandatory suite, and the registration is granted only after it.',
    requirement: 'TS-0003 8.2.2.1',
    asset: 'authentication',
    framework: 'SAEF/PSK',
    tags: ['BV', 'ci'],
    verdict: 'pass',
    grade: 'strict',
    reason: 'the outcome is as expected and all 3 properties hold',
    startedAt,
    durationMs: 214.8,
    variants: [],
    controls: [],
    properties: [
      property('every-hop-has-its-own-association'),
      property('version-and-suite-allowed'),
      property('no-canary-in-clear'),
    ],
    journeys: [],
    knowledge: [],
    evidence: evidenceOf(id),
    reproduce: `./bench run --only ${id} --seed 42`,
    mutants: [],
    ...changes,
  }
}

export function property(
  name: string,
  changes: Partial<PurposeRecord['properties'][number]> = {},
): PurposeRecord['properties'][number] {
  return {
    name,
    claim: 'Each hop of the journey runs inside an established association of its own.',
    requirement: 'TS-0003 6.1',
    result: 'holds',
    because: '3 hops ran in 3 associations, none of them shared',
    frames: [
      { wire: 'AE1-CSE1', frame: 12 },
      { wire: 'AE1-CSE1', frame: 14 },
      { wire: 'CSE1-CSE2', frame: 31 },
    ],
    ...changes,
  }
}

function evidenceOf(id: string): PurposeRecord['evidence'] {
  const folder = `purposes/${id.replaceAll('/', '-')}`
  return [
    { kind: 'capture', path: `${folder}/recording.pcapng`, title: 'Recording of all links' },
    { kind: 'plan', path: `${folder}/plan.json` },
    { kind: 'log', path: `${folder}/nodes.log` },
  ]
}

/** AE1 – CSE1 – CSE2 – AE2. */
export function referenceNetwork(changes: Partial<RecordedLink> = {}): RecordedTopology {
  return {
    name: 'reference',
    nodes: [
      node('AE1', 'adn', 'field', ['AE1']),
      node('CSE1', 'mn', 'field', ['/cse1']),
      node('CSE2', 'in', 'infrastructure', ['/cse2']),
      node('AE2', 'in-ae', 'infrastructure', ['AE2']),
    ],
    links: [
      link('AE1', 'CSE1', 'Mca', 'kpsa-CAE1@sp.example'),
      { ...link('CSE1', 'CSE2', 'Mcc', 'kpsa-cse1@sp.example'), ...changes },
      link('AE2', 'CSE2', 'Mca', 'kpsa-CAE2@sp.example'),
    ],
  }
}

export function node(
  name: string,
  kind: string,
  domain: string,
  entities: readonly string[],
  misbehaviours: readonly string[] = [],
): RecordedTopology['nodes'][number] {
  return { name, kind, domain, entities, misbehaviours }
}

export function link(
  from: string,
  to: string,
  referencePoint: string,
  identity: string,
): RecordedLink {
  return {
    wire: `${from}-${to}`,
    referencePoint,
    from,
    to,
    planned: 'SAEF/PSK over TLS',
    seen: 'protected',
    version: 'TLS 1.2',
    suite,
    identities: [identity],
  }
}

/** AE1 creates in CSE2 through CSE1; three hops would be the notification. */
export function journey(): JourneyRecord {
  return {
    rqi: 'BTP-HOP-PATH-001-1',
    expectedPath: ['AE1', 'CSE1', 'CSE2', 'AE2'],
    path: ['AE1', 'CSE1', 'CSE2', 'AE2'],
    hops: [
      hop('AE1', 'CSE1', 0, 12.4, 'kpsa-CAE1@sp.example', 12),
      hop('CSE1', 'CSE2', 2.1, 10.3, 'kpsa-cse1@sp.example', 31),
      hop('CSE2', 'AE2', 4.6, 8, 'kpsa-CAE2@sp.example', 52),
    ],
  }
}

function hop(
  from: string,
  to: string,
  requestAtMs: number,
  responseAtMs: number,
  identity: string,
  frame: number,
): HopRecord {
  const wire = from === 'CSE2' ? 'AE2-CSE2' : `${from}-${to}`
  return {
    wire,
    from,
    to,
    requestAtMs,
    responseAtMs,
    security: { version: 'TLS 1.2', suite, identity },
    onTheWire: 'TLS 1.2 application data, 412 bytes',
    inside:
      'NOTIFY /cse2/base/ae2 fr=/cse1/CAE1 rqi=BTP-HOP-PATH-001-1 rvi=3 pc={"m2m:sgn":{"nev":{"rep":{"m2m:cin":{"con":"21.4 °C"}}}}}',
    rsc: 2000,
    responseOnTheWire: 'TLS 1.2 application data, 180 bytes',
    responseInside: 'rsc=2000 rqi=BTP-HOP-PATH-001-1',
    frames: [
      { wire, frame },
      { wire, frame: frame + 3 },
    ],
  }
}
