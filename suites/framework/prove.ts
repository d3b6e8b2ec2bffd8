/** The tester tested: every purpose once without a mutant, and once against each mutant it names. */
import type { Bench, MutantAt } from './bench.ts'
import { executePurpose, type PurposeResult } from './execute.ts'
import type { TestPurpose } from './testPurpose.ts'
import type { Verdict } from './verdict.ts'

export interface MisbehaviourInfo {
  readonly name: string
  /** One sentence: what is broken. */
  readonly summary: string
  /** The hole of a real product it is modelled on, e.g. `W17`. */
  readonly origin?: string
}

export interface KillOptions {
  /** Every misbehaviour the nodes offer (nodes/misbehaviours.ts). */
  readonly misbehaviours: readonly MisbehaviourInfo[]
  readonly strict?: boolean
  /** Ends the proof after the execution under way. */
  readonly signal?: AbortSignal
  /** Called after each execution. */
  readonly onResult?: (result: PurposeResult) => void
  /** How one purpose is run; default executePurpose on the bench. */
  readonly execute?: typeof executePurpose
}

export interface KillOutcome {
  readonly purpose: string
  readonly node: string
  readonly verdict: Verdict
  readonly killed: boolean
  readonly reason: string
}

/** A misbehaviour with what came of it. */
export interface MutantRow extends MisbehaviourInfo {
  readonly outcomes: readonly KillOutcome[]
  /** Every purpose that names it killed it, and at least one names it. */
  readonly killed: boolean
}

export interface KillMatrix {
  /** One row per misbehaviour, also those nobody names. */
  readonly mutants: readonly MutantRow[]
  /** Runs without a mutant: each must pass, or its kills prove nothing. */
  readonly unmutated: readonly PurposeResult[]
  readonly mutated: readonly PurposeResult[]
  /** One line per defect of the bench: survivor, mutant nobody names, unknown mutant, purpose without a kill. */
  readonly defects: readonly string[]
}

/**
 * A mutant is killed only by a `fail`: an `inconc` or `error` would also come from a broken bench. Where the purpose does
 * not pass without the mutant, its fails prove nothing and kill nobody.
 */
export async function killMatrix(
  purposes: readonly TestPurpose[],
  bench: Bench,
  options: KillOptions,
): Promise<KillMatrix> {
  const unmutated: PurposeResult[] = []
  const mutated: Mutated[] = []
  for (const purpose of purposes) {
    if (isAborted(options)) break
    const honest = await runOnce(purpose, bench, [], options)
    unmutated.push(honest)
    for (const use of purpose.mutants) {
      if (isAborted(options)) break
      const mutant = { node: use.node ?? purpose.iut.node, misbehaviour: use.misbehaviour }
      const result = await runOnce(purpose, bench, [mutant], options)
      mutated.push({ mutant, result, outcome: outcomeOf(result, mutant, honest) })
    }
  }
  const mutants = options.misbehaviours.map((info) => rowOf(info, mutated))
  return {
    mutants,
    unmutated,
    mutated: mutated.map(({ result }) => result),
    defects: defectsOf(mutants, unmutated, mutated, options),
  }
}

function isAborted({ signal }: KillOptions): boolean {
  return signal?.aborted === true
}

interface Mutated {
  readonly mutant: MutantAt
  readonly result: PurposeResult
  readonly outcome: KillOutcome
}

async function runOnce(
  purpose: TestPurpose,
  bench: Bench,
  mutants: readonly MutantAt[],
  { strict, signal, onResult, execute = executePurpose }: KillOptions,
): Promise<PurposeResult> {
  const result = await execute(purpose, bench, { strict, signal, mutants })
  onResult?.(result)
  return result
}

function outcomeOf(
  { purpose, verdict, reason }: PurposeResult,
  { node }: MutantAt,
  honest: PurposeResult,
): KillOutcome {
  const proven = honest.verdict === 'pass'
  const caveat = `${reason} (proves nothing: without the mutant the verdict is ${honest.verdict})`
  return {
    purpose: purpose.id,
    node,
    verdict,
    killed: proven && verdict === 'fail',
    reason: proven ? reason : caveat,
  }
}

function rowOf(info: MisbehaviourInfo, mutated: readonly Mutated[]): MutantRow {
  const outcomes = mutated
    .filter(({ mutant }) => mutant.misbehaviour === info.name)
    .map(({ outcome }) => outcome)
  const killed = outcomes.length > 0 && outcomes.every((outcome) => outcome.killed)
  const { name, summary, origin } = info
  return { name, summary, ...(origin !== undefined && { origin }), outcomes, killed }
}

function defectsOf(
  mutants: readonly MutantRow[],
  unmutated: readonly PurposeResult[],
  mutated: readonly Mutated[],
  options: KillOptions,
): string[] {
  const interrupted = isAborted(options)
  const known = new Set(options.misbehaviours.map(({ name }) => name))
  return [
    ...unmutated
      .filter(({ verdict }) => verdict !== 'pass')
      .map(
        ({ purpose, verdict, reason }) =>
          `${purpose.id} does not pass without a mutant: ${verdict}, ${reason}`,
      ),
    ...mutated
      .filter(({ outcome }) => !outcome.killed)
      .map(({ mutant, outcome }) => survivor(mutant, outcome)),
    ...mutated
      .filter(({ mutant }) => !known.has(mutant.misbehaviour))
      .map(
        ({ mutant, outcome }) =>
          `${outcome.purpose} names ${mutant.misbehaviour}, which no node offers`,
      ),
    ...mutants
      .filter(({ outcomes }) => outcomes.length === 0 && !interrupted)
      .map(({ name }) => `${name} is named by no purpose that was run`),
    ...unmutated
      .filter(
        ({ purpose }) =>
          !mutated.some(
            ({ result, outcome }) => result.purpose.id === purpose.id && outcome.killed,
          ),
      )
      .map(({ purpose }) => `${purpose.id} was failed by no mutant: it may be unable to fail`),
  ]
}

function survivor(mutant: MutantAt, { purpose, verdict, reason }: KillOutcome): string {
  return `${mutant.misbehaviour} on ${mutant.node} survives ${purpose}: ${verdict}, ${reason}`
}
