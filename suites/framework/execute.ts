/** Runs one purpose: bring-up, probe, body or control–fault–control, stop, evidence, properties, verdict. */
import { type Acted, act, troubleOf } from './act.ts'
import type { Bench, BenchSession, EvidenceArtefact, FinishedSession, MutantAt } from './bench.ts'
import { type Deadline, startDeadline } from './deadline.ts'
import type { Evidence } from './evidence.ts'
import { judgeEvidence, type StoredOutcome } from './judgeEvidence.ts'
import type { TestPurpose } from './testPurpose.ts'
import type { ControlResult, Grade, JudgedProperty, Outcome, Verdict } from './verdict.ts'

export interface ExecuteOptions {
  /** Turns conceptual passes into fails. Default false. */
  readonly strict?: boolean
  /** Misbehaviours to switch on. Default none. */
  readonly mutants?: readonly MutantAt[]
  /** Ends the purpose early; the verdict is then `inconc` and says so. */
  readonly signal?: AbortSignal
  /** Milliseconds since the epoch; default the real clock. */
  readonly now?: () => number
}

export interface PurposeResult {
  readonly purpose: TestPurpose
  readonly verdict: Verdict
  readonly grade: Grade
  readonly reason: string
  readonly startedAtMs: number
  readonly durationMs: number
  readonly controls: readonly ControlResult[]
  readonly properties: readonly JudgedProperty[]
  readonly mutants: readonly MutantAt[]
  /** Absent when the network never came up or the recording could not be read. */
  readonly evidence?: Evidence
  readonly artefacts: readonly EvidenceArtefact[]
  /** To be stored beside the recording, so that `bench verify` comes to the same verdict. */
  readonly stored: StoredOutcome
}

export const defaultTimeoutMs = 10_000

/**
 * Never rejects: whatever goes wrong becomes the verdict. The purpose's bound holds for bring-up and acting together,
 * and once more for stopping and reading the recording; a bench that is slow to bring up adds to it.
 */
export async function executePurpose(
  purpose: TestPurpose,
  bench: Bench,
  options: ExecuteOptions = {},
): Promise<PurposeResult> {
  const now = options.now ?? Date.now
  const startedAtMs = now()
  const mutants = options.mutants ?? []
  const { acted, finished } = await run(purpose, bench, mutants, options.signal)
  const stored: StoredOutcome = {
    purposeId: purpose.id,
    ...(options.strict === true && { strict: true }),
    ...acted,
  }
  const evidence = finished?.evidence
  const judged = judgeEvidence(purpose, evidence, stored)
  return {
    purpose,
    ...judged,
    startedAtMs,
    durationMs: now() - startedAtMs,
    controls: stored.controls,
    mutants,
    ...(evidence && { evidence }),
    artefacts: finished?.artefacts ?? [],
    stored,
  }
}

/** The result of a purpose that was not run, with the reason why not. */
export function notSelected(purpose: TestPurpose, because: string, atMs: number): PurposeResult {
  return {
    purpose,
    verdict: 'none',
    grade: 'strict',
    reason: because,
    startedAtMs: atMs,
    durationMs: 0,
    controls: [],
    properties: [],
    mutants: [],
    artefacts: [],
    stored: { purposeId: purpose.id, controls: [] },
  }
}

interface Ran {
  readonly acted: Acted
  readonly finished?: FinishedSession
}

async function run(
  purpose: TestPurpose,
  bench: Bench,
  mutants: readonly MutantAt[],
  signal: AbortSignal | undefined,
): Promise<Ran> {
  const timeoutMs = (purpose.timeoutMs ?? defaultTimeoutMs) + (bench.extraTimeMs ?? 0)
  using deadline = startDeadline(timeoutMs, signal)
  let session: BenchSession
  try {
    session = await bringUp(purpose, bench, mutants, deadline)
  } catch (thrown) {
    return { acted: { controls: [], trouble: prefixed('bring-up: ', troubleOf(thrown)) } }
  }
  const acted = await act(purpose, session, deadline)
    .then((ended) => explained(ended, session))
    .catch((thrown): Acted => ({ controls: [], trouble: troubleOf(thrown) }))
  return finish(session, acted, timeoutMs)
}

/** A bring-up that ends after its bound is still torn down. */
async function bringUp(
  purpose: TestPurpose,
  bench: Bench,
  mutants: readonly MutantAt[],
  deadline: Deadline,
): Promise<BenchSession> {
  const { id, topology } = purpose
  const options = { purposeId: id, mutants, signal: deadline.signal }
  const rising = (async () => bench.bringUp(topology, options))()
  try {
    return await deadline.bound(rising, () => `${topology.file} to come up`)
  } catch (thrown) {
    if (deadline.signal.aborted) {
      const torn = rising.then(
        (late) => late.abandon(),
        () => {},
      )
      await within(shutdownMs, torn, 'the network to be torn down').catch(() => {})
    }
    throw thrown
  }
}

/** Interrupted or not, what was recorded is read: the shutdown has a bound of its own. */
async function finish(session: BenchSession, acted: Acted, timeoutMs: number): Promise<Ran> {
  try {
    const finishing = (async () => session.finish())()
    const bound = Math.max(timeoutMs, shutdownMs)
    return { acted, finished: await within(bound, finishing, 'the recording to be read') }
  } catch (thrown) {
    await within(shutdownMs, session.abandon(), 'the network to stop').catch(() => {})
    const trouble = worse(acted.trouble, prefixed('shutdown: ', troubleOf(thrown)))
    return { acted: { ...acted, trouble } }
  }
}

const shutdownMs = 5000

async function within<T>(timeoutMs: number, promise: Promise<T>, what: string): Promise<T> {
  using deadline = startDeadline(timeoutMs)
  return await deadline.bound(promise, () => what)
}

const linesInReason = 5

/** What was left open, or failed in the bench, is easier to understand with the nodes' last words. */
function explained(acted: Acted, session: BenchSession): Acted {
  const lines = session.lastLines().slice(-linesInReason)
  if (lines.length === 0) return acted
  const tail = `; last lines: ${lines.map((line) => line.slice(0, 200)).join(' | ')}`
  const extend = (outcome: Outcome): Outcome => {
    const open = outcome.kind === 'inconclusive' || outcome.kind === 'bench-error'
    return open ? { ...outcome, because: outcome.because + tail } : outcome
  }
  return {
    ...acted,
    ...(acted.outcome && { outcome: extend(acted.outcome) }),
    ...(acted.trouble && { trouble: extend(acted.trouble) }),
  }
}

function prefixed(prefix: string, outcome: Outcome): Outcome {
  return { ...outcome, because: prefix + outcome.because }
}

function worse(a: Outcome | undefined, b: Outcome): Outcome {
  return a === undefined || b.kind === 'bench-error' ? b : a
}
