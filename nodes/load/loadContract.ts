/** The part of the node contract that `./bench load` uses: a node offers requests by itself, and says what became of them. */
import type { NoResponseCause, OutgoingRequest } from '../../protocol/exchange.ts'
import type { BucketCounts } from '../../protocol/latencyHistogram.ts'

/**
 * What an entity is to offer. Requests are due at times that follow from the plan alone, whatever becomes of the earlier
 * ones (open loop): first a ramp, then a warm-up at the full rate, then the part that is measured.
 */
export interface LoadPlan {
  /** When it begins, by this node's clock (`atMs` of `resources`). */
  readonly startAtMs: number
  /** The rate rises evenly from nothing. */
  readonly rampMs: number
  /** At the full rate, but not measured. */
  readonly warmUpMs: number
  readonly durationMs: number
  /** Requests of this entity per second. */
  readonly ratePerS: number
  readonly arrival: 'poisson' | 'constant'
  /** Due times follow from it. */
  readonly seed: number
  /** What is sent each time; the request identifier is filled in. */
  readonly request: OutgoingRequest
  /** Requests that wait for an answer at most; those due beyond it are shed: counted, and not sent. */
  readonly mostInFlight: number
  /** A new association after so many requests; absent = one for all. */
  readonly reconnectEvery?: number
  /** Width of the slots of the report. */
  readonly slotMs: number
}

export interface LoadReport {
  /** `draining`: everything is offered, some answers are still out. `stopped`: told to end early. */
  readonly state: 'waiting' | 'running' | 'draining' | 'ended' | 'stopped'
  /** Requests without an outcome so far. */
  readonly inFlight: number
  /** In order of time; those with nothing in them are left out. */
  readonly slots: readonly LoadSlot[]
}

/** What was due within a stretch of time. Slot 0 begins with the measured part; ramp and warm-up are negative. */
export interface LoadSlot {
  readonly slot: number
  /** Requests that were due, shed ones included. */
  readonly offered: number
  /** Due beyond `mostInFlight`: never sent. */
  readonly shed: number
  /** Outcomes of the requests due here: answers by response status code … */
  readonly responses: Readonly<Record<string, number>>
  /** … and what had no answer, by cause. */
  readonly failures: Readonly<Partial<Record<NoResponseCause, number>>>
  /** Successful answers that came within this slot, whenever their requests were due. */
  readonly answered: number
  /** From due to answered, microseconds: successes, and what timed out with the time that it was waited for. */
  readonly latency: BucketCounts
  /** From due to handed over for sending, microseconds: how late the node itself was. */
  readonly lag: BucketCounts
}

/** What the node's process has used; several nodes in one process say the same. */
export interface NodeResources {
  /** The same for all that share a process, and for nobody else. */
  readonly process: string
  /** The clock that `startAtMs` of a load plan is measured by. */
  readonly atMs: number
  /** User and system time since the process began. */
  readonly cpuMs: number
  readonly rssBytes: number
  /** Time its event loop was busy, and idle, since the process began. */
  readonly busyMs: number
  readonly idleMs: number
  /** How long events had to wait for the event loop since this was last asked: 99th percentile and worst. */
  readonly delayMs: { readonly p99: number; readonly most: number }
}
