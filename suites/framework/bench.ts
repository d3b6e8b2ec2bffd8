/**
 * What the framework needs of a bench: bring a network up for one purpose, and turn what was recorded into evidence.
 * tools/testSystem implements it; tests of the framework use a fake one.
 */
import type { Evidence, Phase } from './evidence.ts'
import type { TopologyUse } from './testPurpose.ts'
import type { TestSystem } from './testSystem.ts'

export interface Bench {
  /** What the bound of each purpose is longer by, where networks come up slower than inside one process. */
  readonly extraTimeMs?: number
  /**
   * A fresh testbed for one purpose: every link recorded from before its first packet, every node ready and registered.
   * Rejects with a BenchError after tearing everything down; its fault decides between `error` and `inconc`.
   */
  bringUp(use: TopologyUse, options: BringUpOptions): Promise<BenchSession>
}

export interface BringUpOptions {
  readonly purposeId: string
  /** Misbehaviours to switch on, per node; empty = everybody behaves. */
  readonly mutants: readonly MutantAt[]
  /** Abort tears down what is up; `bringUp` then rejects. */
  readonly signal: AbortSignal
}

export interface MutantAt {
  readonly node: string
  readonly misbehaviour: string
}

/** A testbed that is up. Exactly one of `finish` and `abandon` is called, once. */
export interface BenchSession {
  readonly tester: TestSystem
  /** Called before each part of the purpose; the session stamps it on its notes and annotates the recording. */
  enter(phase: Phase): void
  /** Asks the upper tester of a node for something that cannot exist (architecture section 7): an honest one says 127. */
  probe(node: string): Promise<ProbeAnswer>
  /** Last lines of the nodes' logs, newest last; they go into the reason of an inconclusive or erroneous purpose. */
  lastLines(): readonly string[]
  /** Stops the testbed, reads the recording, and leaves plan and notes beside it so that it can be judged again. */
  finish(): Promise<FinishedSession>
  /** Stops the testbed without evidence. Never rejects. */
  abandon(): Promise<void>
}

export interface ProbeAnswer {
  /** `accepted`: the node claims to have done it. `other`: it refused, but not as unsupported, or did not answer. */
  readonly answer: 'unsupported' | 'accepted' | 'other'
  readonly because: string
}

export interface FinishedSession {
  readonly evidence: Evidence
  readonly artefacts: readonly EvidenceArtefact[]
}

/** A file of this purpose; `path` as the run record is to carry it. */
export interface EvidenceArtefact {
  readonly kind: string
  readonly path: string
  readonly title?: string
  /** Of the file as it was judged, hexadecimal; only of what a verdict is made from. */
  readonly sha256?: string
}
