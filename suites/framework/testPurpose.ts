/** The test purpose contract: data first, then a short body (docs/write-a-purpose.md). */
import type { Property } from './evidence.ts'
import type { TestSystem } from './testSystem.ts'

/** The four assets of a secured service layer, and the two questions before them. Reports group by these. */
export type Asset =
  | 'content confidentiality'
  | 'content integrity'
  | 'anonymity'
  | 'traffic efficiency'
  | 'authentication'
  | 'authorization'

export type Profile = 'smoke' | 'ci' | 'full' | 'plugfest'

/** `BV` valid behaviour (must be handled), `BI` invalid behaviour (must be refused). */
export type Behaviour = 'BV' | 'BI'

export type IutRole = 'registrarCse' | 'transitCse' | 'hostingCse' | 'registreeAe' | 'registreeCse'

export interface TestPurposeData {
  /** `BTP/<group>/<subgroup>/<nnn>`. */
  readonly id: string
  /** A sentence about the IUT in the present tense, e.g. `a registrar CSE refuses a wrong key`. */
  readonly title: string
  /** What is checked and why, in one or two sentences. */
  readonly objective: string
  /** Clause, e.g. `TS-0003 8.2.2.1`. */
  readonly requirement: string
  /** Official description implemented as written, e.g. `TS-0013 8.4 TD_M2M_SE_01`; never invented. */
  readonly cites?: string
  readonly asset: Asset
  readonly framework: 'SAEF/PSK' | 'none'
  readonly behaviour: Behaviour
  /** The smallest profile it belongs to; larger profiles include it. */
  readonly profile: Profile
  /** Boolean expression over ICS items, e.g. `ICS_MN_CSE and ICS_SAEF_PSK_TLS`. */
  readonly selection: string
  readonly iut: { readonly role: IutRole; readonly node: string }
  readonly topology: TopologyUse
  readonly properties: readonly Property[]
  /** Misbehaviours of the IUT that this purpose must fail; at least one. */
  readonly mutants: readonly MutantUse[]
  /** Bound for the whole purpose; default 10000. */
  readonly timeoutMs?: number
}

export interface TopologyUse {
  /** File name under topologies/. */
  readonly file: string
  readonly parameters?: Readonly<Record<string, number | string | boolean>>
  /** Nodes that must not register by themselves. */
  readonly manual?: readonly string[]
}

export interface MutantUse {
  readonly misbehaviour: string
  /** Node that misbehaves; default the IUT's. */
  readonly node?: string
}

/**
 * What a judging function may say besides throwing a chai AssertionError: right outcome, but another code or alert than the
 * clause names.
 */
export type Judgement = undefined | { readonly grade: 'conceptual'; readonly because: string }

/** Right input must be handled: one body that acts and asserts. */
export interface PositivePurpose extends TestPurposeData {
  readonly behaviour: 'BV'
  readonly body: (tester: TestSystem) => Promise<Judgement>
}

/**
 * Wrong input must be refused. The same stimulus is sent three times: without the fault (control), with it, without it
 * again. Without two clean controls there is no verdict.
 */
export interface NegativePurpose<Observation = unknown> extends TestPurposeData {
  readonly behaviour: 'BI'
  readonly stimulus: (tester: TestSystem, fault: boolean) => Promise<Observation>
  /** Asserts that the stimulus without the fault succeeded. */
  readonly control: (observed: Observation) => void
  /** Asserts that the stimulus with the fault was refused. */
  readonly judge: (observed: Observation) => Judgement
}

export type TestPurpose = PositivePurpose | NegativePurpose
