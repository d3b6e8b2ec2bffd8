/** The acting half of a purpose: what is sent and what the body, control and judge make of it. */
import type { BenchSession } from './bench.ts'
import type { Deadline } from './deadline.ts'
import { CutShort } from './deadline.ts'
import type { Phase } from './evidence.ts'
import type { StoredOutcome } from './judgeEvidence.ts'
import type { Judgement, NegativePurpose, PositivePurpose, TestPurpose } from './testPurpose.ts'
import { outcomeOfThrown } from './thrown.ts'
import type { ControlResult, Outcome } from './verdict.ts'
import { type WatchedTester, watchTester } from './watch.ts'

export type Acted = Omit<StoredOutcome, 'purposeId'>

/** Never rejects. On a time-out or abort what was begun is cut off and the outcome stays open. */
export async function act(
  purpose: TestPurpose,
  session: BenchSession,
  deadline: Deadline,
): Promise<Acted> {
  session.enter('preamble')
  const refusal = await probe(purpose, session, deadline)
  if (refusal !== undefined) return { controls: [], trouble: refusal }
  const watched = watchTester(session.tester)
  const stage: Stage = { session, deadline, watched }
  try {
    return purpose.behaviour === 'BV'
      ? await actPositive(purpose, stage)
      : await actNegative(purpose, stage)
  } finally {
    watched.close()
  }
}

interface Stage {
  readonly session: BenchSession
  readonly deadline: Deadline
  readonly watched: WatchedTester
}

/** A node that passes nonsense is not judged (architecture section 7). */
async function probe(
  { iut }: TestPurpose,
  session: BenchSession,
  deadline: Deadline,
): Promise<Outcome | undefined> {
  try {
    const probing = session.probe(iut.node)
    const { answer, because } = await deadline.bound(
      probing,
      () => `${iut.node} to refuse what cannot exist`,
    )
    if (answer === 'unsupported') return undefined
    const text = `${iut.node} is not judged: asked for what cannot exist, it answered ${because}`
    return { kind: 'inconclusive', because: text }
  } catch (thrown) {
    return troubleOf(thrown)
  }
}

async function actPositive(purpose: PositivePurpose, stage: Stage): Promise<Acted> {
  try {
    const judgement = await during(stage, 'body', () => purpose.body(stage.watched.tester))
    return { controls: [], outcome: outcomeOfJudgement(judgement) }
  } catch (thrown) {
    return { controls: [], ...outcomeOrTrouble(thrown) }
  }
}

/** Control, fault, control. Without a clean control before it, the fault is not sent: there could be no verdict. */
async function actNegative(purpose: NegativePurpose, stage: Stage): Promise<Acted> {
  const before = await control(purpose, stage, 'before')
  if (before.control?.clean !== true) return controlled([before])
  const fault = await judgeFault(purpose, stage)
  if (fault.trouble !== undefined) return controlled([before], fault)
  const after = await control(purpose, stage, 'after')
  return controlled([before, after], fault)
}

type Ended = Pick<Acted, 'outcome' | 'trouble'>

interface Controlled extends Ended {
  readonly control?: ControlResult
}

/** A defect of the bench in a control outweighs whatever the fault came to. */
function controlled(parts: readonly Controlled[], fault: Ended = {}): Acted {
  const controls = parts.flatMap((part) => part.control ?? [])
  const defect = parts.find((part) => part.outcome !== undefined)?.outcome
  const trouble = parts.find((part) => part.trouble !== undefined)?.trouble ?? fault.trouble
  const outcome = defect ?? fault.outcome
  return { controls, ...(outcome && { outcome }), ...(trouble && { trouble }) }
}

async function control(
  purpose: NegativePurpose,
  stage: Stage,
  when: ControlResult['when'],
): Promise<Controlled> {
  try {
    const observed = await stimulate(purpose, stage, `control-${when}`, false)
    purpose.control(observed)
    return { control: { when, clean: true, because: 'handled as it must be' } }
  } catch (thrown) {
    if (thrown instanceof CutShort) return { trouble: troubleOf(thrown) }
    const { kind, because } = outcomeOfThrown(thrown)
    if (kind !== 'bench-error') return { control: { when, clean: false, because } }
    return { outcome: { kind, because: `in the control ${when}: ${because}` } }
  }
}

async function judgeFault(purpose: NegativePurpose, stage: Stage): Promise<Ended> {
  try {
    const observed = await stimulate(purpose, stage, 'fault', true)
    return { outcome: outcomeOfJudgement(purpose.judge(observed)) }
  } catch (thrown) {
    return outcomeOrTrouble(thrown)
  }
}

async function stimulate(
  purpose: NegativePurpose,
  stage: Stage,
  phase: Phase,
  fault: boolean,
): Promise<unknown> {
  const observed = await during(stage, phase, () => purpose.stimulus(stage.watched.tester, fault))
  if (observed === undefined) throw new TypeError('the stimulus returned no observation')
  return observed
}

function during<T>(stage: Stage, phase: Phase, run: () => Promise<T>): Promise<T> {
  const { session, deadline, watched } = stage
  session.enter(phase)
  // An async wrapper, so that a synchronous throw is an outcome like any other.
  return deadline.bound(
    (async () => run())(),
    () => watched.pending().join(', ') || `the ${phase} to end`,
  )
}

function outcomeOfJudgement(judgement: Judgement): Outcome {
  if (judgement === undefined) return { kind: 'as-expected', because: 'as expected' }
  // Spec files of other people may return what the type forbids; nothing but a judgement may become a pass.
  const { grade, because } = Object(judgement) as Partial<Exclude<Judgement, undefined>>
  if (grade === 'conceptual' && typeof because === 'string') return { kind: grade, because }
  return { kind: 'bench-error', because: 'the body ended with something that is no judgement' }
}

function outcomeOrTrouble(thrown: unknown): Ended {
  return thrown instanceof CutShort
    ? { trouble: troubleOf(thrown) }
    : { outcome: outcomeOfThrown(thrown) }
}

/** Trouble never speaks against the IUT: it leaves the purpose open, or is a defect of the bench. */
export function troubleOf(thrown: unknown): Outcome {
  if (thrown instanceof CutShort) return { kind: 'inconclusive', because: thrown.message }
  const { kind, because } = outcomeOfThrown(thrown)
  return { kind: kind === 'inconclusive' ? kind : 'bench-error', because }
}
