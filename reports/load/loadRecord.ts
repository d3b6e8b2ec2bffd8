/** The record of a load: the only thing between driving it and reporting it. loadRecord.schema.json says the same. */
export const loadRecordVersion = 1

export interface LoadRecord {
  readonly schemaVersion: typeof loadRecordVersion
  readonly bench: { readonly version: string; readonly commit: string }
  readonly name: string
  readonly description?: string
  readonly runtime: string
  readonly seed: number
  /** ISO 8601, UTC. */
  readonly startedAt: string
  /** The whole run, from bringing up to teardown. */
  readonly durationMs: number
  /** Why the load ended early. */
  readonly interrupted?: string
  /** What makes the figures less than they should be, in sentences. */
  readonly problems: readonly string[]
  readonly topology: {
    readonly name: string
    readonly parameters: Readonly<Record<string, string | number | boolean>>
    readonly nodes: number
    readonly links: number
  }
  readonly load: LoadAsked
  readonly totals: LoadTotals
  /** Latencies of the measured part, in ascending order. */
  readonly distribution: readonly LatencyBucket[]
  /** From the ramp to the last answer. */
  readonly timeline: readonly LoadMoment[]
  readonly nodes: readonly NodeLoad[]
  readonly processes: readonly ProcessLoad[]
  readonly recording: {
    readonly path: string
    readonly bytes: number
    /** Octets that all wires passed on. */
    readonly wireBytes: number
    readonly connections: number
  }
}

/** What the load file asked for, defaults filled in. */
export interface LoadAsked {
  readonly devices: number
  readonly operation: 'create' | 'retrieve'
  readonly target: 'registrar' | 'infrastructure'
  readonly arrival: 'poisson' | 'constant'
  /** Of all devices together. */
  readonly ratePerS: number
  readonly durationS: number
  readonly rampS: number
  readonly warmUpS: number
  readonly payloadBytes: number
  readonly mostInFlight: number
  readonly reconnectEvery?: number
}

/** Figures of the measured part. What was offered = answered + refused + failed + unfinished + shed. */
export interface LoadTotals {
  /** Length of the measured part as far as it went. */
  readonly seconds: number
  /** Requests that fell due. */
  readonly offered: number
  /** … with a successful answer, whenever it came */
  readonly answered: number
  /** … with another status code */
  readonly refused: number
  /** … without an answer */
  readonly failed: number
  /** … that still waited when the load ended */
  readonly unfinished: number
  /** … that were never sent, because too many waited already */
  readonly shed: number
  readonly offeredPerS: number
  /** Successful answers that came within the measured part, per second: a backlog does not count as throughput. */
  readonly answeredPerS: number
  readonly responses: Readonly<Record<string, number>>
  readonly failures: Readonly<Record<string, number>>
  /** From due to answered; what timed out counts with the time it was waited for. `null`: nothing was measured. */
  readonly latencyMs: Percentiles | null
  /** From due to sent: how late the bench itself was. */
  readonly lagMs: Percentiles | null
  /** Associations that devices made or failed to make, from the ramp on. */
  readonly handshakes: { readonly made: number; readonly failed: number }
}

export interface Percentiles {
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly p999: number
  readonly most: number
}

export interface LatencyBucket {
  readonly fromMs: number
  readonly toMs: number
  readonly count: number
}

/** One slot of time; `fromS` counts from the beginning of the measured part. */
export interface LoadMoment {
  readonly fromS: number
  readonly lengthS: number
  readonly phase: 'ramp' | 'warm-up' | 'measured' | 'drain'
  readonly offeredPerS: number
  readonly answeredPerS: number
  /** Requests due here that were refused or failed; and shed. */
  readonly errors: number
  readonly shed: number
  /** Of the requests due here; `null`: none. */
  readonly latencyMs: Pick<Percentiles, 'p50' | 'p90' | 'p99' | 'most'> | null
}

export interface NodeLoad {
  readonly name: string
  readonly kind: string
  /** Position in `processes`; absent: the node did not say. */
  readonly process?: number
  /** Requests that its AEs sent for the load. */
  readonly sent: number
  /** Requests that it took in, and passed on, as it said. */
  readonly received: number
  readonly forwarded: number
  /** Requests it sent without success, and answers other than success that it gave. */
  readonly errors: number
  readonly handshakes: {
    readonly asClient: number
    readonly asServer: number
    readonly failed: number
  }
}

export interface ProcessLoad {
  /** Nodes that share it. */
  readonly nodes: readonly string[]
  /** The bench itself runs in it as well: driver, wires and recording. */
  readonly holdsBench: boolean
  /** Over the measured part: share of one processor, share of time that the event loop was busy. */
  readonly cpuShare: number
  readonly busyShare: number
  readonly rssMaxBytes: number
  /** Worst wait for the event loop. */
  readonly delayMostMs: number
  readonly samples: readonly ProcessSample[]
}

export interface ProcessSample {
  readonly atS: number
  /** Since the sample before. */
  readonly cpuShare: number
  readonly busyShare: number
  readonly rssBytes: number
  readonly delayMostMs: number
}
