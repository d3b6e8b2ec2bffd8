/**
 * The run record: the only thing between running and reporting. Paths are relative to the record's folder. JSON schema:
 * reports/model/runRecord.schema.json.
 */
export const runRecordVersion = 1

export type Verdict = 'none' | 'pass' | 'inconc' | 'fail' | 'error'
export type Grade = 'strict' | 'conceptual'

export interface RunRecord {
  readonly schemaVersion: typeof runRecordVersion
  readonly bench: { readonly version: string; readonly commit: string }
  readonly seed: number
  /** ISO 8601, UTC. */
  readonly startedAt: string
  readonly durationMs: number
  readonly runtime: string
  /** The network of the first purpose, for the picture on top; each purpose carries its own. */
  readonly topology: RecordedTopology
  readonly iut: RecordedIut | null
  readonly summary: RunSummary
  readonly purposes: readonly PurposeRecord[]
  readonly artefacts: readonly Artefact[]
  /** Set when the run was ended before all selected purposes ran. */
  readonly interrupted?: string
  /** Set when the run is one of mutants (`bench prove`): the kill matrix. */
  readonly mutants?: readonly MutantRecord[]
}

export interface RecordedIut {
  readonly name: string
  readonly role: string
  readonly version: string
  readonly ics: string
  readonly address: string
}

export interface RecordedTopology {
  readonly name: string
  readonly nodes: readonly {
    readonly name: string
    readonly kind: string
    readonly domain: string
    readonly entities: readonly string[]
    /** Named deviations switched on. */
    readonly misbehaviours: readonly string[]
  }[]
  readonly links: readonly RecordedLink[]
}

export interface RecordedLink {
  readonly wire: string
  readonly referencePoint: string
  /** Registree node, (D)TLS client of the first association. */
  readonly from: string
  /** Registrar node. */
  readonly to: string
  /** What was planned, e.g. `SAEF/PSK over TLS`; `none` = plain on purpose. */
  readonly planned: string
  /** What the recording showed. */
  readonly seen: 'protected' | 'plain' | 'mixed' | 'broken' | 'idle'
  readonly version?: string
  readonly suite?: string
  readonly identities: readonly string[]
}

export interface RunSummary {
  readonly selected: number
  readonly executed: number
  readonly pass: number
  readonly fail: number
  readonly inconc: number
  readonly error: number
  readonly none: number
  /** Passed, but with another code or alert than the clause names, or a suite beyond the profile. */
  readonly deviations: number
}

export interface PurposeRecord {
  readonly id: string
  readonly title: string
  readonly objective: string
  readonly requirement: string
  readonly cites?: string
  readonly asset: string
  readonly framework: string
  readonly tags: readonly string[]
  readonly verdict: Verdict
  readonly grade: Grade
  readonly reason: string
  readonly startedAt: string
  readonly durationMs: number
  readonly variants: readonly {
    readonly name: string
    readonly verdict: Verdict
    readonly reason: string
  }[]
  /** Controls of a negative purpose, in order. */
  readonly controls: readonly {
    readonly when: 'before' | 'after'
    readonly clean: boolean
    readonly because: string
  }[]
  readonly properties: readonly PropertyRecord[]
  readonly journeys: readonly JourneyRecord[]
  readonly knowledge: readonly KnowledgeRecord[]
  readonly topology?: RecordedTopology
  readonly evidence: readonly Artefact[]
  readonly reproduce: string
  /** Mutants switched on for this execution. */
  readonly mutants: readonly { readonly node: string; readonly misbehaviour: string }[]
}

export interface FrameRecord {
  readonly wire: string
  readonly frame: number
}

export interface PropertyRecord {
  readonly name: string
  readonly claim: string
  readonly requirement: string
  readonly result: 'holds' | 'violated' | 'not-observed'
  readonly because: string
  readonly frames: readonly FrameRecord[]
}

export interface JourneyRecord {
  readonly rqi: string
  readonly expectedPath?: readonly string[]
  /** Node names, originator first. */
  readonly path: readonly string[]
  readonly hops: readonly HopRecord[]
}

export interface HopRecord {
  readonly wire: string
  readonly from: string
  readonly to: string
  /** Milliseconds since the journey's first frame. */
  readonly requestAtMs: number
  readonly responseAtMs?: number
  /** Absent = plain. */
  readonly security?: {
    readonly version: string
    readonly suite: string
    readonly identity?: string
  }
  /** What an eavesdropper on this wire saw, e.g. `TLS 1.2 application data, 412 bytes` or the plain request line. */
  readonly onTheWire: string
  /** What was inside, e.g. `CREATE /cse2/base fr=CAE1 rqi=…`. */
  readonly inside: string
  /** Response status code of this hop, when it was answered. */
  readonly rsc?: number
  readonly responseOnTheWire?: string
  readonly responseInside?: string
  readonly frames: readonly FrameRecord[]
}

export interface KnowledgeRecord {
  readonly canary: string
  readonly readers: readonly string[]
  readonly inClear: readonly {
    readonly wire: string
    readonly encoding: string
    readonly frame: number
  }[]
  readonly searched: readonly string[]
  readonly unreadable: number
}

export interface Artefact {
  /** capture, log, keys, plan, notes, page, junit … */
  readonly kind: string
  readonly path: string
  readonly title?: string
  /** Of the file as it was judged, hexadecimal; only of what a verdict is made from. */
  readonly sha256?: string
}

export interface MutantRecord {
  readonly misbehaviour: string
  readonly summary: string
  /** Hole of a real product it is modelled on, e.g. `W17`; absent = from the clause itself. */
  readonly origin?: string
  /** Per purpose that names it. */
  readonly outcomes: readonly {
    readonly purpose: string
    readonly node: string
    readonly verdict: Verdict
    readonly killed: boolean
    readonly reason: string
  }[]
  readonly killed: boolean
}
