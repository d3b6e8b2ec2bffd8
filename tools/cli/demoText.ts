import { join } from 'node:path'
import type {
  FrameRecord,
  HopRecord,
  KnowledgeRecord,
  PurposeRecord,
} from '../../reports/model/runRecord.ts'
import { shownPath } from './run/outFolder.ts'

/** The longest journey that some purpose announced, hop by hop, and who could read what it carried. */
export function describePath(purposes: readonly PurposeRecord[]): string[] {
  const announced = purposes.flatMap((purpose) =>
    purpose.journeys
      .filter((journey) => journey.expectedPath !== undefined)
      .map((journey) => ({ purpose, journey })),
  )
  const [longest] = announced.toSorted((a, b) => b.journey.hops.length - a.journey.hops.length)
  if (longest === undefined) return ['no journey was recorded']
  const { purpose, journey } = longest
  const entities = new Map(
    purpose.topology?.nodes.map((node) => [node.name, node.entities.join(', ')]),
  )
  const named = (node: string) => `${node} (${entities.get(node) ?? '?'})`
  return [
    named(journey.path[0] ?? '?'),
    ...journey.hops.flatMap((hop) => [...describeHop(hop), named(hop.to)]),
    ...purpose.knowledge.flatMap((knowledge) => ['', ...describeKnowledge(knowledge)]),
  ]
}

function describeHop(hop: HopRecord): string[] {
  const { security } = hop
  const identity = security?.identity
  return [
    security === undefined ? '  │ IN CLEAR' : `  │ ${security.version}, ${security.suite}`,
    ...(identity === undefined ? [] : [`  │ ${hop.from} authenticated as ${identity}`]),
    `  │ inside: ${hop.inside} → ${hop.rsc ?? 'no answer'}`,
    `  ▼ ${describeFrames(hop.frames)}`,
  ]
}

/** Says no more than was seen: what could not be opened may hide a reader. */
function describeKnowledge({ readers, inClear, unreadable }: KnowledgeRecord): string[] {
  const by = readers.length === 0 ? 'nobody was seen to' : readers.join(', ')
  const clear = inClear.map(({ wire, frame }) => `${wire} (frame ${frame})`).join(', ')
  const limits = unreadable === 0 ? '' : `; ${unreadable} pieces could not be opened`
  return [
    `could read the content: ${by}${unreadable === 0 ? ', nobody else' : ''}`,
    `carried it in clear: ${clear === '' ? 'no wire' : clear}${limits}`,
  ]
}

/** Where the recording shows what is violated, and how to look at it. */
export function describeEvidence(purposes: readonly PurposeRecord[], folder: string): string[] {
  return purposes.flatMap(({ properties, evidence }) => [
    ...properties
      .filter(({ result }) => result === 'violated')
      .map(({ name, frames }) => `evidence: ${name}, ${describeFrames(frames)}`),
    ...evidence
      .filter(({ kind }) => kind === 'capture')
      .map(
        ({ path }) =>
          `look at it: ./bench verify ${shownPath(join(folder, path))} (Wireshark opens it decrypted)`,
      ),
  ])
}

/** `frames 32, 34 on wire ae1-cse1; frame 40 on wire cse1-cse2`. */
function describeFrames(frames: readonly FrameRecord[]): string {
  if (frames.length === 0) return 'no frame to show: what is missing was on no wire'
  return [...Map.groupBy(frames, ({ wire }) => wire)]
    .map(([wire, same]) => {
      const numbers = same.map(({ frame }) => frame).join(', ')
      return `${same.length === 1 ? 'frame' : 'frames'} ${numbers} on wire ${wire}`
    })
    .join('; ')
}
