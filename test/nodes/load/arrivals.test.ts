import { expect } from 'chai'
import { describe, it } from 'mocha'
import { arrivals, type Schedule } from '../../../nodes/load/arrivals.ts'

const schedule = (changes: Partial<Schedule> = {}): Schedule => ({
  rampMs: 0,
  warmUpMs: 0,
  durationMs: 100_000,
  ratePerS: 100,
  arrival: 'poisson',
  seed: 1,
  ...changes,
})

const timesOf = (changes: Partial<Schedule> = {}) => [...arrivals(schedule(changes))]
const gapsOf = (times: readonly number[]) =>
  times.slice(1).map((at, index) => at - (times[index] ?? 0))
const meanOf = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length

describe('arrivals', () => {
  for (const arrival of ['poisson', 'constant'] as const) {
    it(`come at the mean rate, in order, within their time (${arrival})`, () => {
      const times = timesOf({ arrival })
      // Four standard deviations of a Poisson count of 10,000.
      expect(times.length).to.be.within(9600, 10_400)
      expect(times).to.deep.equal(times.toSorted((a, b) => a - b))
      expect(times[0]).to.be.at.least(0)
      expect(times.at(-1)).to.be.below(100_000)
    })

    it(`rise evenly during a ramp (${arrival})`, () => {
      const times = timesOf({ arrival, rampMs: 40_000, warmUpMs: 10_000, durationMs: 50_000 })
      const between = (from: number, to: number) =>
        times.filter((at) => at >= from && at < to).length
      // The rate at the middle of each quarter: 12.5, 37.5, 62.5 and 87.5 per second.
      expect(between(0, 10_000)).to.be.within(85, 165)
      expect(between(10_000, 20_000)).to.be.within(300, 450)
      expect(between(20_000, 30_000)).to.be.within(530, 720)
      expect(between(30_000, 40_000)).to.be.within(760, 990)
      expect(between(40_000, 100_000)).to.be.within(5690, 6310)
    })
  }

  it('are exactly regular when constant', () => {
    for (const gap of gapsOf(timesOf({ arrival: 'constant' }))) expect(gap).to.be.closeTo(10, 1e-6)
  })

  it('begin at a phase of their own for each seed', () => {
    const firsts = [1, 2, 3, 4, 5].map((seed) => timesOf({ arrival: 'constant', seed })[0] ?? -1)
    expect(new Set(firsts).size).to.equal(5)
    for (const first of firsts) expect(first).to.be.within(0, 10)
  })

  it('spread as exponentially distributed gaps do when Poisson', () => {
    const gaps = gapsOf(timesOf())
    const mean = meanOf(gaps)
    const deviation = Math.sqrt(meanOf(gaps.map((gap) => (gap - mean) ** 2)))
    expect(mean).to.be.closeTo(10, 0.4)
    expect(deviation / mean).to.be.closeTo(1, 0.05)
    // Memoryless: one gap in e is longer than the mean, one in e² than twice the mean.
    const longer = (than: number) => gaps.filter((gap) => gap > than).length / gaps.length
    expect(longer(10)).to.be.closeTo(Math.exp(-1), 0.02)
    expect(longer(20)).to.be.closeTo(Math.exp(-2), 0.015)
  })

  it('are the same for the same seed, and others for another', () => {
    expect(timesOf({ seed: 5 })).to.deep.equal(timesOf({ seed: 5 }))
    expect(timesOf({ seed: 5 }).slice(0, 20)).to.not.deep.equal(timesOf({ seed: 6 }).slice(0, 20))
  })
})
