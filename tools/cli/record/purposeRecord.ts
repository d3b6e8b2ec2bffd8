import type { PurposeRecord } from '../../../reports/model/runRecord.ts'
import type { PurposeResult } from '../../../suites/framework/execute.ts'
import { toJourneyRecords, toKnowledgeRecord } from './journeys.ts'
import { toRecordedTopology } from './topology.ts'

/** What a run record keeps of one executed purpose. */
export function toPurposeRecord(result: PurposeResult, seed: number): PurposeRecord {
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
    reproduce: reproduceLine(result, seed),
    mutants: result.mutants.map(({ node, misbehaviour }) => ({ node, misbehaviour })),
  }
}

function reproduceLine(result: PurposeResult, seed: number): string {
  const mutants = result.mutants
    .map(({ node, misbehaviour }) => ` --mutant ${node}:${misbehaviour}`)
    .join('')
  return `./bench run --only ${result.purpose.id} --seed ${seed}${mutants}`
}
