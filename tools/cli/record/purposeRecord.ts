import type { PurposeRecord } from '../../../reports/model/runRecord.ts'
import type { PurposeResult } from '../../../suites/framework/execute.ts'
import { defaultRuntime } from '../run/runtimes.ts'
import { toJourneyRecords, toKnowledgeRecord } from './journeys.ts'
import { toRecordedTopology } from './topology.ts'

/** How it was run, as far as it takes to run it again. */
export interface RanWith {
  readonly seed: number
  readonly runtime: string
}

/** What a run record keeps of one executed purpose. */
export function toPurposeRecord(result: PurposeResult, ran: RanWith): PurposeRecord {
  const { purpose, evidence } = result
  return {
    id: purpose.id,
    title: purpose.title,
    objective: purpose.objective,
    requirement: purpose.requirement,
    ...(purpose.cites === undefined ? {} : { cites: purpose.cites }),
    asset: purpose.asset,
    framework: purpose.framework,
    tags: [purpose.behaviour, purpose.profile, `IUT ${purpose.iut.role} ${purpose.iut.node}`],
    verdict: result.verdict,
    grade: result.grade,
    reason: result.reason,
    startedAt: new Date(result.startedAtMs).toISOString(),
    durationMs: Math.round(result.durationMs),
    variants: [],
    controls: result.controls.map(({ when, clean, because }) => ({ when, clean, because })),
    properties: result.properties.map((property) => ({
      name: property.name,
      claim: property.claim,
      requirement: property.requirement,
      result: property.result,
      because: property.because,
      frames: property.frames.map(({ wire, frame }) => ({ wire, frame })),
    })),
    journeys: evidence === undefined ? [] : toJourneyRecords(evidence),
    knowledge: evidence === undefined ? [] : evidence.knowledge.map(toKnowledgeRecord),
    ...(evidence === undefined
      ? {}
      : { topology: toRecordedTopology(evidence.plan, evidence.trace) }),
    evidence: result.artefacts.map((artefact) => ({ ...artefact })),
    reproduce: reproduceLine(result, ran),
    mutants: result.mutants.map(({ node, misbehaviour }) => ({ node, misbehaviour })),
  }
}

function reproduceLine(result: PurposeResult, { seed, runtime }: RanWith): string {
  const mutants = result.mutants
    .map(({ node, misbehaviour }) => ` --mutant ${node}:${misbehaviour}`)
    .join('')
  const where = runtime === defaultRuntime ? '' : ` --runtime ${runtime}`
  return `./bench run --only ${result.purpose.id}${where} --seed ${seed}${mutants}`
}
