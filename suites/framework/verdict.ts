/** From what was observed to one verdict with one reason (architecture section 7). Pure. */
import type { Grade, Verdict } from '../../reports/model/runRecord.ts'
import type { PropertyResult } from './evidence.ts'

export type { Grade, Verdict }

/** How a body, or the judging of a fault, ended. Plain data: stored beside the recording. */
export interface Outcome {
  readonly kind:
    | 'as-expected'
    /** Right outcome, but another code or alert than the clause names. */
    | 'conceptual'
    /** An assertion about the IUT failed. */
    | 'contradicted'
    /** Could be neither confirmed nor denied. */
    | 'inconclusive'
    /** The bench itself failed. */
    | 'bench-error'
  readonly because: string
}

export interface ControlResult {
  readonly when: 'before' | 'after'
  readonly clean: boolean
  readonly because: string
}

export interface JudgedProperty extends PropertyResult {
  readonly name: string
  readonly claim: string
  readonly requirement: string
  /** The property itself threw: a defect of the bench. */
  readonly defect?: string
}

export interface VerdictInput {
  readonly behaviour: 'BV' | 'BI'
  /** Absent: the body or the judging ended without an outcome. */
  readonly outcome?: Outcome
  /** Of a negative purpose, in order. */
  readonly controls: readonly ControlResult[]
  readonly properties: readonly JudgedProperty[]
  /** Absent: there is no recording. */
  readonly recording?: { readonly frames: number; readonly problems: readonly string[] }
  /** Associations that carried protected data which could not be opened. */
  readonly undecryptable: readonly string[]
  /** Trouble outside the judged part: bring-up, preamble, postamble, shutdown. */
  readonly trouble?: Outcome
  /** Turns a conceptual pass into a fail. */
  readonly strict: boolean
}

export interface Judged {
  readonly verdict: Verdict
  readonly grade: Grade
  readonly reason: string
}

/** Thrown by a body, stimulus or control that could not find out: the verdict becomes `inconc`. */
export class Inconclusive extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'Inconclusive'
  }
}

/** The worse of two: none < pass < inconc < fail < error. */
export function merge(_a: Verdict, _b: Verdict): Verdict {
  throw new Error('not written yet')
}

export function verdictOf(_input: VerdictInput): Judged {
  throw new Error('not written yet')
}

/** What something thrown by a body, stimulus or judge says about the purpose. */
export function outcomeOfThrown(_thrown: unknown): Outcome {
  throw new Error('not written yet')
}
