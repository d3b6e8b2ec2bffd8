/** Who could read the content: the nodes on its path, all of them and nobody else. */
import type { Json } from '../../protocol/primitive.ts'
import type { Canary, CanaryKnowledge, Journey } from '../../tools/dissect/trace.ts'
import type { Evidence, Property } from '../framework/evidence.ts'
import { type Breach, breach, counted, holds, notObserved, violated } from './result.ts'
import { watchedJourneys } from './views.ts'

export const onlyPathNodesRead: Property = {
  name: 'only-path-nodes-read',
  claim: 'Exactly the nodes on the expected paths of a canary could read it.',
  requirement: 'TS-0003 7.2.2',
  check: (evidence) => {
    const rows = evidence.knowledge.map((knowledge) => ({
      knowledge,
      allowed: allowedReaders(evidence, knowledge.canary),
    }))
    if (rows.length === 0) return notObserved('no canary was put into content')
    // A journey that was not seen may be the one that brought the canary to a node: nobody is a stranger then.
    const unseen = watchedJourneys(evidence).find(({ seen }) => seen.length === 0)
    if (unseen !== undefined) return notObserved(`${unseen.expected.rqi} was seen on no wire`)
    const breaches = rows.flatMap(({ knowledge, allowed }) => strangers(knowledge, allowed))
    if (breaches.length > 0) return violated(breaches)
    const open = rows.flatMap(({ knowledge, allowed }) => whyOpen(knowledge, allowed) ?? [])
    if (open.length > 0) return notObserved(open.join('; '))
    const read = rows.map(({ knowledge, allowed }) => {
      return `${knowledge.canary.label}: ${[...allowed].join(', ')}`
    })
    return holds(`read by the nodes on the path only (${read.join('; ')})`, {
      frames: rows.flatMap(({ knowledge }) => knowledge.readers.map(({ frame }) => frame)),
    })
  },
}

/** Nodes on the expected paths of those journeys that carried the canary. */
function allowedReaders(evidence: Evidence, canary: Canary): ReadonlySet<string> {
  const carriers = watchedJourneys(evidence).filter(({ seen }) =>
    seen.some((journey) => carries(journey, canary)),
  )
  return new Set(carriers.flatMap(({ expected }) => expected.path))
}

function carries({ hops }: Journey, { text }: Canary): boolean {
  return hops.some(
    ({ request, response }) =>
      holdsText(request.request?.pc, text) || holdsText(response?.response?.pc, text),
  )
}

function holdsText(value: Json | undefined, text: string): boolean {
  if (typeof value === 'string') return value.includes(text)
  if (typeof value !== 'object' || value === null) return false
  return Object.values(value).some((member: Json) => holdsText(member, text))
}

function strangers(
  { canary, readers }: CanaryKnowledge,
  allowed: ReadonlySet<string>,
): readonly Breach[] {
  // Without a path nobody can be called a stranger: that is left open below.
  if (allowed.size === 0) return []
  return readers
    .filter(({ node }) => !allowed.has(node))
    .map(({ node, wire, frame }) =>
      breach(`${node} could read canary ${canary.label} on ${wire} and is not on its path`, frame),
    )
}

function whyOpen(
  { canary, readers, unreadable }: CanaryKnowledge,
  allowed: ReadonlySet<string>,
): string | undefined {
  if (allowed.size === 0) return `canary ${canary.label} was seen in no expected journey`
  const nodes = new Set(readers.map(({ node }) => node))
  const missing = [...allowed].filter((node) => !nodes.has(node))
  if (missing.length > 0) {
    return `canary ${canary.label} was not seen to reach ${missing.join(', ')}`
  }
  return unreadable.length > 0
    ? `canary ${canary.label}: ${counted(unreadable.length, 'protected place')} could not be opened`
    : undefined
}
