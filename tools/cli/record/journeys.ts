import type { HopRecord, JourneyRecord, KnowledgeRecord } from '../../../reports/model/runRecord.ts'
import type { Evidence } from '../../../suites/framework/evidence.ts'
import type { CanaryKnowledge, Hop, Journey, TracedPrimitive } from '../../dissect/trace.ts'

/** Journeys that the purpose announced come first and carry their expected path; then all others of the recording. */
export function toJourneyRecords(evidence: Evidence): JourneyRecord[] {
  const expected = new Map(
    evidence.notes.expectedJourneys.map((journey) => [journey.rqi, journey.path]),
  )
  const records = evidence.trace.journeys.map((journey) =>
    toJourneyRecord(journey, expected.get(journey.rqi)),
  )
  const seen = new Set(records.map((record) => record.rqi))
  const unseen = evidence.notes.expectedJourneys
    .filter((journey) => !seen.has(journey.rqi))
    .map((journey) => ({ rqi: journey.rqi, expectedPath: journey.path, path: [], hops: [] }))
  const announced = records.filter((record) => record.expectedPath !== undefined)
  const others = records.filter((record) => record.expectedPath === undefined)
  return [...announced, ...unseen, ...others]
}

function toJourneyRecord(
  journey: Journey,
  expectedPath: readonly string[] | undefined,
): JourneyRecord {
  const startMs = journey.hops[0]?.request.atMs ?? 0
  const path = journey.hops.map((hop) => hop.to)
  const first = journey.hops[0]?.from
  return {
    rqi: journey.rqi,
    ...(expectedPath === undefined ? {} : { expectedPath }),
    path: first === undefined ? path : [first, ...path],
    hops: journey.hops.map((hop) => toHopRecord(hop, startMs)),
  }
}

function toHopRecord(hop: Hop, startMs: number): HopRecord {
  const association = hop.request.connection.association
  const security =
    hop.request.protected && association !== undefined
      ? {
          version: association.version ?? 'unknown version',
          suite: association.suite?.name ?? 'unknown suite',
          ...(hop.authenticatedAs === undefined ? {} : { identity: hop.authenticatedAs }),
        }
      : undefined
  const response = hop.response
  return {
    wire: hop.wire,
    from: hop.from,
    to: hop.to,
    requestAtMs: roundMs(hop.request.atMs - startMs),
    ...(security === undefined ? {} : { security }),
    onTheWire: onTheWire(hop.request),
    inside: describeInside(hop.request),
    ...(response === undefined
      ? {}
      : {
          responseAtMs: roundMs(response.atMs - startMs),
          responseOnTheWire: onTheWire(response),
          responseInside: describeInside(response),
          ...(response.response === undefined ? {} : { rsc: response.response.rsc }),
        }),
    frames: [...hop.request.frames, ...(response?.frames ?? [])],
  }
}

/** Microseconds are what a recording resolves. */
function roundMs(ms: number): number {
  return Math.round(ms * 1000) / 1000
}

/** What somebody who listens on the wire gets to see of a message. */
export function onTheWire(primitive: TracedPrimitive): string {
  const frames = primitive.frames.map((frame) => frame.frame)
  const where =
    frames.length <= 1 ? `frame ${frames[0] ?? '?'}` : `frames ${frames[0]}–${frames.at(-1)}`
  if (!primitive.protected)
    return `in clear: ${primitive.bindingSummary}, ${primitive.body.length} bytes of content, ${where}`
  return `${primitive.connection.association?.version ?? 'TLS'} application data, ${where}`
}

const operationNames = ['', 'CREATE', 'RETRIEVE', 'UPDATE', 'DELETE', 'NOTIFY']

/** A primitive in one line, for a person: operation, target, originator, identifier. */
export function describeInside(primitive: TracedPrimitive): string {
  const { request, response } = primitive
  if (request !== undefined) {
    const type = request.ty === undefined ? '' : ` ty=${request.ty}`
    return `${operationNames[request.op]}${type} ${request.to} fr=${request.fr ?? '(none)'} rqi=${request.rqi}`
  }
  if (response !== undefined) return `rsc=${response.rsc} rqi=${response.rqi}`
  return primitive.malformed ?? 'not a primitive'
}

export function toKnowledgeRecord(knowledge: CanaryKnowledge): KnowledgeRecord {
  return {
    canary: knowledge.canary.label,
    readers: [...new Set(knowledge.readers.map((reader) => reader.node))],
    inClear: knowledge.inClear.map(({ wire, encoding, frame }) => ({
      wire,
      encoding,
      frame: frame.frame,
    })),
    searched: [...knowledge.searched],
    unreadable: knowledge.unreadable.length,
  }
}
