/**
 * Latencies in logarithmic buckets: a value is kept to within one part in 64, whatever its size, so that a record of
 * millions of requests stays small, and two records add up bucket by bucket. Whole microseconds, up to an hour.
 */

/** Buckets that hold something, in order: number of the bucket, how many values. */
export type BucketCounts = readonly (readonly [bucket: number, count: number])[]

/** Values from `fromUs`, included, to `toUs`, not included. */
export interface BucketBounds {
  readonly fromUs: number
  readonly toUs: number
}

const precisionBits = 7
/** Each power of two above this is cut into half as many buckets. */
const linear = 2 ** precisionBits
const half = linear / 2
/** One hour. */
export const largestUs = 3_600_000_000
export const lastBucket = bucketOf(largestUs)

/** Bucket of a latency; what is below zero or above an hour goes into the first or the last one. */
export function bucketOf(us: number): number {
  const value = Math.floor(Math.min(Math.max(us, 0), largestUs))
  if (value < linear) return value
  const shift = Math.floor(Math.log2(value)) - (precisionBits - 1)
  return shift * half + Math.floor(value / 2 ** shift)
}

export function boundsOf(bucket: number): BucketBounds {
  if (bucket < linear) return { fromUs: bucket, toUs: bucket + 1 }
  const shift = Math.floor(bucket / half) - 1
  const first = bucket - shift * half
  return { fromUs: first * 2 ** shift, toUs: (first + 1) * 2 ** shift }
}

/** Latencies as they come in. */
export class LatencyHistogram {
  readonly #counts = new Map<number, number>()
  #total = 0

  add(us: number): void {
    this.addAt(bucketOf(us), 1)
  }

  merge(counts: BucketCounts): void {
    for (const [bucket, count] of counts) this.addAt(bucket, count)
  }

  addAt(bucket: number, count: number): void {
    this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + count)
    this.#total += count
  }

  get total(): number {
    return this.#total
  }

  get counts(): BucketCounts {
    return [...this.#counts].sort(([a], [b]) => a - b)
  }

  /** The latency that this share (0 … 1) of the values does not exceed; 0 when there is none. Never too small. */
  percentile(share: number): number {
    const rank = Math.max(1, Math.ceil(this.#total * share))
    let seen = 0
    for (const [bucket, count] of this.counts) {
      seen += count
      if (seen >= rank) return boundsOf(bucket).toUs - 1
    }
    return 0
  }
}
