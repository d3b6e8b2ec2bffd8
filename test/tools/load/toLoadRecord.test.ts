import { expect } from 'chai'
import { describe, it } from 'mocha'
import type { LoadSlot } from '../../../nodes/load/loadContract.ts'
import { bucketOf } from '../../../protocol/latencyHistogram.ts'
import { countEvents } from '../../../tools/load/countEvents.ts'
import type { LoadParts } from '../../../tools/load/driveLoad.ts'
import { loadDefaults } from '../../../tools/load/loadFile.ts'
import { toLoadRecord } from '../../../tools/load/toLoadRecord.ts'
import { planOf } from '../runtimes/plans.ts'
import { resources } from './stubTestbed.ts'

const slot = (number: number, changes: Partial<LoadSlot> = {}): LoadSlot => ({
  slot: number,
  offered: 10,
  shed: 0,
  responses: { '2001': 10 },
  failures: {},
  answered: 10,
  latency: [[bucketOf(1000), 10]],
  lag: [[bucketOf(100), 10]],
  ...changes,
})

/** Two seconds measured after a ramp of one and a warm-up of one. */
function parts(slots: readonly LoadSlot[], changes: Partial<LoadParts['outcome']> = {}): LoadParts {
  return {
    bench: { version: '0', commit: 'x' },
    runtime: 'local',
    startedAt: '2026-01-01T00:00:00Z',
    durationMs: 5000,
    load: {
      ...loadDefaults,
      name: 'test',
      topology: 'x',
      rate: { perS: 10, of: 'each' },
      durationS: 2,
      rampS: 1,
    },
    plan: planOf('smallest'),
    devices: [{ node: 'ae1', entity: 'AE1', home: '/cse1/base/ae1' }],
    outcome: {
      timing: { rampMs: 1000, warmUpMs: 1000, durationMs: 2000, slotMs: 1000 },
      startAtMs: 100_000,
      endAtMs: 104_000,
      reports: new Map([['AE1', { state: 'ended', inFlight: 0, slots }]]),
      processes: [],
      events: new Map(),
      problems: [],
      ...changes,
    },
    recording: { path: 'recording.pcapng', bytes: 1, wireBytes: 1, connections: 1 },
  }
}

describe('the record of a load', () => {
  it('measures only the measured part', () => {
    const slow = { latency: [[bucketOf(5_000_000), 10]] } as const
    const { totals, distribution } = toLoadRecord(
      parts([slot(-2, slow), slot(-1, slow), slot(0), slot(1), slot(2, slow)]),
    )
    expect(totals).to.include({
      seconds: 2,
      offered: 20,
      answered: 20,
      offeredPerS: 10,
      answeredPerS: 10,
    })
    expect(totals.latencyMs?.most).to.be.below(1.1)
    expect(distribution.reduce((sum, { count }) => sum + count, 0)).to.equal(20)
  })

  it('takes every request that was offered to one of five outcomes', () => {
    const mixed = slot(0, {
      offered: 30,
      shed: 4,
      responses: { '2001': 10, '4103': 3 },
      failures: { timeout: 5, closed: 2 },
      answered: 9,
    })
    const { totals } = toLoadRecord(parts([mixed]))
    const { answered, refused, failed, unfinished, shed } = totals
    expect({ answered, refused, failed, unfinished, shed }).to.deep.equal({
      answered: 10,
      refused: 3,
      failed: 7,
      unfinished: 6,
      shed: 4,
    })
    expect(answered + refused + failed + unfinished + shed).to.equal(totals.offered)
    expect(totals.answeredPerS).to.equal(4.5)
  })

  it('goes as far as it was measured when it was interrupted', () => {
    const { totals, timeline } = toLoadRecord(
      parts([slot(-2), slot(-1), slot(0, { offered: 5 })], { endAtMs: 102_500, interrupted: 'x' }),
    )
    expect(totals.seconds).to.equal(0.5)
    expect(totals.offeredPerS).to.equal(10)
    expect(timeline.map(({ fromS, lengthS, phase }) => [fromS, lengthS, phase])).to.deep.equal([
      [-2, 1, 'ramp'],
      [-1, 1, 'warm-up'],
      [0, 0.5, 'measured'],
    ])
  })

  it('leaves no gap in the time line, and keeps the width of the drain', () => {
    const { timeline } = toLoadRecord(
      parts([slot(-2), slot(2, { offered: 0 })], { endAtMs: 104_003 }),
    )
    expect(
      timeline.map(({ fromS, phase, answeredPerS }) => [fromS, phase, answeredPerS]),
    ).to.deep.equal([
      [-2, 'ramp', 10],
      [-1, 'warm-up', 0],
      [0, 'measured', 0],
      [1, 'measured', 0],
      [2, 'drain', 10],
    ])
    expect(timeline[1]?.latencyMs).to.equal(null)
  })

  it('takes what a process used over the measured part', () => {
    const at = (atMs: number, cpuMs: number) =>
      resources({ atMs, cpuMs, busyMs: cpuMs, idleMs: atMs - 100_000 - cpuMs, rssBytes: cpuMs })
    const samples = [
      at(100_000, 0),
      at(102_000, 100),
      at(103_000, 600),
      at(104_000, 1100),
      at(105_000, 1100),
    ]
    const { processes, nodes } = toLoadRecord(
      parts([slot(0)], { processes: [{ nodes: ['ae1'], holdsBench: false, samples }] }),
    )
    expect(processes[0]?.cpuShare).to.equal(0.5)
    expect(processes[0]?.busyShare).to.equal(0.5)
    expect(processes[0]?.samples.map(({ atS, cpuShare }) => [atS, cpuShare])).to.deep.equal([
      [0, 0.05],
      [1, 0.5],
      [2, 0.5],
      [3, 0],
    ])
    expect(nodes.map(({ name, process }) => [name, process])).to.deep.equal([
      ['cse1', undefined],
      ['ae1', 0],
    ])
  })

  it('counts what nodes said by node', () => {
    const about = { entity: 'cse', op: 1, from: 'C', to: '/x', rqi: 'r', atMs: 0 }
    const handshake = { pskIdentity: 'p', peer: 'p', suite: 's', version: 'v', atMs: 0 }
    const counts = countEvents([
      { event: 'request', node: 'a', ...about },
      { event: 'response', node: 'a', ...about, rsc: 4103 },
      { event: 'response', node: 'a', ...about, rsc: 2001 },
      { event: 'forward', node: 'b', ...about },
      { event: 'association', node: 'b', role: 'client', ...handshake },
      { event: 'association', node: 'a', role: 'server', ...handshake },
      { event: 'association-failed', node: 'b', role: 'client', because: 'x', atMs: 0 },
    ])
    expect(counts.get('a')).to.deep.include({ received: 1, refused: 1, forwarded: 0 })
    expect(counts.get('a')?.handshakes).to.include({ asServer: 1, asClient: 0 })
    expect(counts.get('b')).to.deep.include({ received: 0, refused: 0, forwarded: 1 })
    expect(counts.get('b')?.handshakes).to.include({ asClient: 1, failedAsClient: 1 })
  })
})
