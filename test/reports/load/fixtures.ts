import type { LoadMoment, LoadRecord, NodeLoad } from '../../../reports/load/loadRecord.ts'

const moment = (fromS: number, phase: LoadMoment['phase'], perS: number): LoadMoment => ({
  fromS,
  lengthS: 1,
  phase,
  offeredPerS: perS,
  answeredPerS: perS,
  errors: 0,
  shed: 0,
  latencyMs: { p50: 2, p90: 4, p99: 11 + Math.abs(fromS), most: 20 },
})

const node = (name: string, kind: string, changes: Partial<NodeLoad> = {}): NodeLoad => ({
  name,
  kind,
  process: 0,
  sent: 0,
  received: 0,
  forwarded: 0,
  errors: 0,
  handshakes: { asClient: 0, asServer: 0, failed: 0 },
  ...changes,
})

/** A hundred devices whose requests were all answered, in one process with the bench. */
export function keptLoad(changes: Partial<LoadRecord> = {}): LoadRecord {
  const devices = Array.from({ length: 100 }, (_, index) =>
    node(`adn${index + 1}`, 'adn', {
      sent: 70,
      handshakes: { asClient: 1, asServer: 0, failed: 0 },
    }),
  )
  return {
    schemaVersion: 1,
    bench: { version: '0.1.0', commit: '0123456789abcdef' },
    name: 'hundred',
    description: 'A hundred devices.',
    runtime: 'local',
    seed: 1,
    startedAt: '2026-01-02T03:04:05.678Z',
    durationMs: 15_000,
    problems: [],
    topology: { name: 'hundred', parameters: { middle: 1 }, nodes: 102, links: 101 },
    load: {
      devices: 100,
      operation: 'create',
      target: 'registrar',
      arrival: 'poisson',
      ratePerS: 500,
      durationS: 10,
      rampS: 2,
      warmUpS: 1,
      payloadBytes: 64,
      mostInFlight: 100,
    },
    totals: {
      seconds: 10,
      offered: 5000,
      answered: 5000,
      refused: 0,
      failed: 0,
      unfinished: 0,
      shed: 0,
      offeredPerS: 500,
      answeredPerS: 499,
      responses: { '2001': 5000 },
      failures: {},
      latencyMs: { p50: 3.1, p90: 6, p99: 12.2, p999: 40, most: 55 },
      lagMs: { p50: 0.6, p90: 1, p99: 2, p999: 3, most: 4 },
      handshakes: { made: 100, failed: 0 },
    },
    distribution: [
      { fromMs: 1, toMs: 1.02, count: 1000 },
      { fromMs: 3.1, toMs: 3.15, count: 3900 },
      { fromMs: 54, toMs: 55, count: 100 },
    ],
    timeline: [
      moment(-3, 'ramp', 100),
      moment(-2, 'ramp', 350),
      moment(-1, 'warm-up', 500),
      ...Array.from({ length: 10 }, (_, second) => moment(second, 'measured', 480 + second)),
      moment(10, 'drain', 0),
    ],
    nodes: [node('cse1', 'in', { received: 7000 }), node('ae1', 'in-ae'), ...devices],
    processes: [
      {
        nodes: ['cse1', 'ae1', ...devices.map(({ name }) => name)],
        holdsBench: true,
        cpuShare: 0.8,
        busyShare: 0.75,
        rssMaxBytes: 2 ** 27,
        delayMostMs: 12,
        samples: Array.from({ length: 13 }, (_, index) => ({
          atS: index - 2,
          cpuShare: 0.7,
          busyShare: 0.6,
          rssBytes: 2 ** 27,
          delayMostMs: 5,
        })),
      },
    ],
    recording: { path: 'recording.pcapng', bytes: 2 ** 24, wireBytes: 2 ** 23, connections: 101 },
    ...changes,
  }
}

/** A network that was offered more than it could take, each node in a process of its own. */
export function shortLoad(): LoadRecord {
  const kept = keptLoad()
  return {
    ...kept,
    totals: {
      ...kept.totals,
      answered: 3800,
      refused: 10,
      failed: 190,
      shed: 1000,
      answeredPerS: 320,
      responses: { '2001': 3800, '4103': 10 },
      failures: { timeout: 150, closed: 40 },
    },
    nodes: kept.nodes.map((one, index) => ({ ...one, process: index + 1 })),
    processes: [
      { ...processOf([]), holdsBench: true },
      ...kept.nodes.map(({ name }) => processOf([name])),
    ],
  }
}

/** Nothing fell due before it was ended. */
export function emptyLoad(): LoadRecord {
  const kept = keptLoad()
  return {
    ...kept,
    interrupted: 'ended from outside',
    totals: {
      ...kept.totals,
      seconds: 0,
      offered: 0,
      answered: 0,
      offeredPerS: 0,
      answeredPerS: 0,
      responses: {},
      latencyMs: null,
      lagMs: null,
    },
    distribution: [],
    timeline: [],
    processes: [],
    nodes: [],
  }
}

function processOf(nodes: readonly string[]): LoadRecord['processes'][number] {
  const [process] = keptLoad().processes
  if (process === undefined) throw new TypeError('the fixture has a process')
  return { ...process, nodes, holdsBench: false, cpuShare: nodes.length === 0 ? 0.3 : 0.01 }
}
