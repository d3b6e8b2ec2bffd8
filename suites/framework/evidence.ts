/**
 * What a verdict is made from: the trace of the recording, and what the tester noted while it acted. Plain data: stored with
 * the run, judged again by `bench verify`.
 */

import type { Canary, CanaryKnowledge, FrameRef, Trace } from '../../tools/dissect/trace.ts'
import type { Plan } from '../../topologies/plan.ts'
import type { ExpectedJourney } from './testSystem.ts'

export interface Evidence {
  readonly plan: Plan
  readonly trace: Trace
  readonly knowledge: readonly CanaryKnowledge[]
  readonly notes: TesterNotes
}

/** What the tester wrote down during a purpose; stored as JSON beside the recording. */
export interface TesterNotes {
  readonly canaries: readonly Canary[]
  readonly expectedJourneys: readonly ExpectedJourney[]
  /** Connections the tester itself made (address and port of the client end): properties about nodes leave them out. */
  readonly testerConnections: readonly TesterConnectionNote[]
  /** Wires on which the tester stood in for the registrar for a while. */
  readonly impersonated: readonly string[]
  readonly timeline: readonly { readonly atMs: number; readonly text: string }[]
}

/**
 * The part of a purpose the framework is in. A positive purpose has `preamble` and `body`; a negative one has `preamble`,
 * then its stimulus three times: `control-before`, `fault`, `control-after`. What was set up before any of it is `preamble`.
 */
export type Phase = 'preamble' | 'body' | 'control-before' | 'fault' | 'control-after'

/** A connection the tester opened: `port` is that of the client end as recorded, `phase` the one it was opened in. */
export interface TesterConnectionNote {
  readonly wire: string
  readonly port: number
  readonly phase: Phase
}

/** A condition over evidence: a pure function. `not-observed` is never a pass. */
export interface Property {
  /** Kebab-case, e.g. `journey-is-expected-path`. */
  readonly name: string
  /** One sentence in the present tense. */
  readonly claim: string
  readonly requirement: string
  check(evidence: Evidence): PropertyResult
}

export interface PropertyResult {
  readonly result: 'holds' | 'violated' | 'not-observed'
  /** What was seen, with names and numbers. */
  readonly because: string
  /** Frames to look at; at least one where the result is `violated` and frames exist. */
  readonly frames: readonly FrameRef[]
  /** Only with `holds`: allowed, but not what the clause names; makes the grade `conceptual`. */
  readonly deviation?: string
}
