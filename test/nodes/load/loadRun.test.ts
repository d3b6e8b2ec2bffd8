import { expect } from 'chai'
import { describe, it } from 'mocha'
import type { LoadPlan, LoadReport, LoadSlot } from '../../../nodes/load/loadContract.ts'
import { startLoad } from '../../../nodes/load/loadRun.ts'
import type { RequestOutcome } from '../../../protocol/exchange.ts'
import { LatencyHistogram } from '../../../protocol/latencyHistogram.ts'
import { settle, VirtualTime } from './virtualTime.ts'

const answer = (rsc = 2001): RequestOutcome => ({
  outcome: 'response',
  rqi: 'r',
  response: { rsc, rqi: 'r' },
})
const silence = (cause: 'timeout' | 'closed'): RequestOutcome => ({
  outcome: 'no-response',
  rqi: 'r',
  because: 'test',
  cause,
})

/** A peer that takes one request after the other, as over one connection; it stands still from `fromMs` to `toMs`. */
function stallingPeer(time: VirtualTime, stall: { fromMs: number; toMs: number }, serviceMs = 1) {
  let free = Promise.resolve()
  return () => {
    const answered = free.then(async () => {
      const { nowMs } = time
      if (nowMs >= stall.fromMs && nowMs < stall.toMs) await time.after(stall.toMs - nowMs)
      await time.after(serviceMs)
    })
    free = answered
    return answered.then(() => answer())
  }
}

const begin = 1_000_000

function plan(changes: Partial<LoadPlan> = {}): LoadPlan {
  return {
    startAtMs: begin,
    rampMs: 0,
    warmUpMs: 0,
    durationMs: 10_000,
    ratePerS: 100,
    arrival: 'constant',
    seed: 1,
    request: { op: 1, to: '/cse1/base/load' },
    mostInFlight: 10_000,
    slotMs: 1000,
    ...changes,
  }
}

async function offered(
  changes: Partial<LoadPlan>,
  send: (time: VirtualTime) => () => Promise<RequestOutcome>,
) {
  const time = new VirtualTime()
  const ends: LoadReport[] = []
  let disconnects = 0
  const run = startLoad(plan(changes), {
    now: time.now,
    wakeAt: time.wakeAt,
    send: send(time),
    disconnect: () => {
      disconnects += 1
    },
    ended: (report) => void ends.push(report),
  })
  await time.runUntil(begin + 60_000)
  return { report: run.report(), ends, disconnects, time, run }
}

const sum = (slots: readonly LoadSlot[], of: (slot: LoadSlot) => number) =>
  slots.reduce((total, slot) => total + of(slot), 0)

function latencyOf(slots: readonly LoadSlot[]): LatencyHistogram {
  const all = new LatencyHistogram()
  for (const { latency } of slots) all.merge(latency)
  return all
}

describe('a load', () => {
  it('offers what the plan says, ends once, and measures from the due time', async () => {
    const { report, ends } = await offered({}, (time) => async () => {
      await time.after(5)
      return answer()
    })
    expect(ends).to.deep.equal([report])
    expect(report.state).to.equal('ended')
    expect(report.inFlight).to.equal(0)
    expect(report.slots.map(({ offered: count }) => count)).to.deep.equal(Array(10).fill(100))
    expect(sum(report.slots, ({ responses }) => responses['2001'] ?? 0)).to.equal(1000)
    const latency = latencyOf(report.slots)
    expect(latency.percentile(0)).to.be.within(5000, 5100)
    expect(latency.percentile(1)).to.be.within(5000, 5100)
  })

  it('shows a stall in its percentiles: nothing that should have been sent is left out', async () => {
    // One stall of 2 s in 10 s at 100/s: a fifth of the requests wait for it, on average half as long.
    const stall = { fromMs: begin + 3000, toMs: begin + 5000 }
    const { report } = await offered({}, (time) => stallingPeer(time, stall))
    const latency = latencyOf(report.slots)
    expect(latency.total).to.equal(1000)
    expect(latency.percentile(0.5)).to.be.below(1200)
    expect(latency.percentile(0.8) / 1000).to.be.above(100)
    expect(latency.percentile(0.9) / 1000).to.be.within(1000, 1300)
    expect(latency.percentile(0.99) / 1000).to.be.within(1850, 2000)
    // What was answered late counts where it was answered, what was due where it was due.
    expect(report.slots.map(({ offered: count }) => count)).to.deep.equal(Array(10).fill(100))
    const answered = report.slots.map((slot) => slot.answered)
    expect(answered[3]).to.be.at.most(1)
    expect(answered[4]).to.equal(0)
    expect(answered[5]).to.be.above(250)
  })

  it('keeps offering while nothing is answered', async () => {
    const { report, ends, time, run } = await offered({}, () => () => new Promise(() => {}))
    expect(sum(report.slots, (slot) => slot.offered)).to.equal(1000)
    expect(report.inFlight).to.equal(1000)
    expect(report.state).to.equal('draining')
    expect(ends).to.have.length(0)
    run.stop()
    expect(ends.map(({ state, inFlight }) => [state, inFlight])).to.deep.equal([['stopped', 1000]])
    run.stop()
    await time.runUntil(time.nowMs + 1000)
    expect(ends).to.have.length(1)
  })

  it('counts as shed what is due beyond the bound, and sends it never', async () => {
    let sent = 0
    const { report } = await offered({ mostInFlight: 30 }, (time) => async () => {
      sent += 1
      await time.after(1000)
      return answer()
    })
    // 30 at a time, each for a second: 300 of the 1000 at most go out.
    expect(sent).to.be.within(290, 310)
    expect(sum(report.slots, ({ shed }) => shed)).to.equal(1000 - sent)
    expect(sum(report.slots, (slot) => slot.offered)).to.equal(1000)
    expect(latencyOf(report.slots).total).to.equal(sent)
  })

  it('counts refusals and failures apart; only a time-out is as slow as it was waited for', async () => {
    const outcomes = [answer(), answer(4103), silence('closed'), silence('timeout')]
    let turn = 0
    const { report } = await offered({}, (time) => async () => {
      const outcome = outcomes[turn % 4] ?? answer()
      turn += 1
      if (outcome.outcome === 'no-response' && outcome.cause === 'timeout') await time.after(5000)
      return outcome
    })
    const responses = (rsc: string) => sum(report.slots, (slot) => slot.responses[rsc] ?? 0)
    expect([responses('2001'), responses('4103')]).to.deep.equal([250, 250])
    expect(sum(report.slots, ({ failures }) => failures.closed ?? 0)).to.equal(250)
    expect(sum(report.slots, ({ failures }) => failures.timeout ?? 0)).to.equal(250)
    expect(sum(report.slots, ({ answered }) => answered)).to.equal(250)
    const latency = latencyOf(report.slots)
    expect(latency.total).to.equal(500)
    expect(latency.percentile(0.9)).to.be.at.least(5_000_000)
  })

  it('says how late it was itself when its own process was busy', async () => {
    let sent = 0
    const { report } = await offered({ durationMs: 2000 }, (time) => async () => {
      sent += 1
      // The tenth request keeps the whole process for half a second.
      if (sent === 10) time.nowMs += 500
      return answer()
    })
    const lag = new LatencyHistogram()
    for (const slot of report.slots) lag.merge(slot.lag)
    expect(lag.total).to.equal(200)
    expect(lag.percentile(0.5)).to.be.below(1000)
    expect(lag.percentile(1) / 1000).to.be.within(480, 510)
    expect(latencyOf(report.slots).percentile(1) / 1000).to.be.within(480, 510)
  })

  it('leaves ramp and warm-up in slots before the first', async () => {
    const { report } = await offered({ rampMs: 2000, warmUpMs: 1000 }, () => async () => answer())
    const offeredIn = new Map(report.slots.map(({ slot, offered: count }) => [slot, count]))
    expect([...offeredIn.keys()]).to.deep.equal(Array.from({ length: 13 }, (_, index) => index - 3))
    // The phase of the first request may move one into the next slot.
    expect(offeredIn.get(-3)).to.be.closeTo(25, 1)
    expect(offeredIn.get(-2)).to.be.closeTo(75, 1)
    expect(offeredIn.get(-1)).to.be.closeTo(100, 1)
    expect(offeredIn.get(0)).to.be.closeTo(100, 1)
  })

  it('makes a new association after so many requests, and never ends one that is in use', async () => {
    let out = 0
    const disconnectedWith: number[] = []
    const time = new VirtualTime()
    let ended = false
    startLoad(plan({ reconnectEvery: 50, durationMs: 5000 }), {
      now: time.now,
      wakeAt: time.wakeAt,
      send: async () => {
        out += 1
        await time.after(25)
        out -= 1
        return answer()
      },
      disconnect: () => void disconnectedWith.push(out),
      ended: () => {
        ended = true
      },
    })
    await time.runUntil(begin + 20_000)
    await settle()
    expect(ended).to.equal(true)
    expect(disconnectedWith).to.deep.equal(Array(9).fill(0))
  })
})
