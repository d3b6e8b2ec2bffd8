import { expect } from 'chai'
import fc from 'fast-check'
import { describe, it } from 'mocha'
import {
  boundsOf,
  bucketOf,
  LatencyHistogram,
  largestUs,
  lastBucket,
} from '../../protocol/latencyHistogram.ts'

describe('latency histogram', () => {
  it('puts every latency between the bounds of its bucket, kept to within one part in 64', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: largestUs, noNaN: true }), (us) => {
        const { fromUs, toUs } = boundsOf(bucketOf(us))
        expect(us).to.be.at.least(fromUs)
        expect(us).to.be.below(toUs)
        expect(toUs - fromUs).to.be.at.most(Math.max(1, fromUs / 64))
      }),
    )
  })

  it('joins its buckets without gap or overlap', () => {
    for (let bucket = 0; bucket < lastBucket; bucket += 1) {
      expect(boundsOf(bucket).toUs, `bucket ${bucket}`).to.equal(boundsOf(bucket + 1).fromUs)
    }
  })

  it('keeps what is out of range in its first or last bucket', () => {
    expect(bucketOf(-5)).to.equal(0)
    expect(bucketOf(1e15)).to.equal(lastBucket)
  })

  it('tells percentiles as sorting all values would, within the precision', () => {
    const values = fc.array(fc.integer({ min: 0, max: 10_000_000 }), { minLength: 1 })
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (latencies, share) => {
        const histogram = new LatencyHistogram()
        for (const us of latencies) histogram.add(us)
        const sorted = latencies.toSorted((a, b) => a - b)
        const exact = sorted[Math.max(1, Math.ceil(sorted.length * share)) - 1] ?? 0
        expect(histogram.percentile(share)).to.be.within(exact, exact + exact / 64)
      }),
    )
  })

  it('adds up with others bucket by bucket', () => {
    const [one, other, both] = [1, 2, 3].map(() => new LatencyHistogram())
    for (const us of [1, 200, 200, 90_000]) for (const to of [one, both]) to?.add(us)
    for (const us of [0, 200, 1e9]) for (const to of [other, both]) to?.add(us)
    const sum = new LatencyHistogram()
    sum.merge(one?.counts ?? [])
    sum.merge(other?.counts ?? [])
    expect(sum.counts).to.deep.equal(both?.counts)
    expect(sum.total).to.equal(7)
  })

  it('says zero when it is empty', () => {
    expect(new LatencyHistogram().percentile(0.5)).to.equal(0)
  })
})
