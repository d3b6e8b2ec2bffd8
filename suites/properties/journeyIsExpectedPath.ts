/** A request takes the expected path: no hop missing, none extra, none out of order; success is only what the last hop said. */
import type { FrameRef, Hop, Journey } from '../../tools/dissect/trace.ts'
import type { Evidence, Property } from '../framework/evidence.ts'
import type { ExpectedJourney } from '../framework/testSystem.ts'
import { type Breach, breach, holds, notObserved, violated } from './result.ts'
import {
  arrows,
  framesOf,
  isSuccess,
  isUndecryptable,
  pathOf,
  rscOf,
  type WatchedJourney,
  watchedJourneys,
} from './views.ts'

export const journeyIsExpectedPath: Property = {
  name: 'journey-is-expected-path',
  claim:
    'Every expected request passes exactly the expected nodes in order, and is reported done only if the last one did it.',
  requirement: 'TS-0004 7.3.2.6',
  check: (evidence) => {
    const watched = watchedJourneys(evidence)
    if (watched.length === 0) return notObserved('no journey was expected')
    const unreadable = whyUnreadable(evidence)
    if (unreadable !== undefined) return notObserved(unreadable)
    const findings = watched.flatMap(findingsOf)
    if (findings.length > 0) return violated(toBreaches(findings))
    const paths = watched.map(({ expected }) => `${expected.rqi}: ${arrows(expected.path)}`)
    return holds(paths.join('; '), {
      frames: watched.flatMap(({ seen }) => seen.flatMap(({ hops }) => hops.flatMap(framesOf))),
    })
  },
}

/** A hop is missing only where everything could be read. */
function whyUnreadable({ trace }: Evidence): string | undefined {
  if (trace.primitives.length === 0) return 'no primitive was recorded'
  const closed = trace.connections.find(isUndecryptable)
  if (closed === undefined) return undefined
  return `connection ${closed.id} on ${closed.wire} could not be decrypted, a hop may be hidden in it`
}

/** What is wrong with the way of one request. */
interface Finding {
  readonly rqi: string
  readonly says: string
  readonly frames: readonly FrameRef[]
}

/** Requests that the same went wrong with are named together. */
function toBreaches(findings: readonly Finding[]): readonly Breach[] {
  const alike = Map.groupBy(findings, ({ says }) => says)
  return [...alike].map(([says, same]) => {
    const rqis = same.map(({ rqi }) => rqi).join(', ')
    const subject = same.length === 1 ? `request ${rqis}` : `${same.length} requests (${rqis})`
    return breach(`${subject}: ${says}`, ...same.flatMap(({ frames }) => frames))
  })
}

function findingsOf({ expected, seen }: WatchedJourney): readonly Finding[] {
  const { rqi, path } = expected
  const [journey, second] = seen
  if (journey === undefined) {
    return [{ rqi, says: `expected ${arrows(path)}, seen on no wire`, frames: [] }]
  }
  const frames = journey.hops.flatMap((hop) => hop.request.frames.slice(0, 1))
  if (second !== undefined) {
    return [{ rqi, says: `sent by ${seen.length} originators`, frames }]
  }
  if (!isSamePath(journey, path)) {
    const says = `expected ${arrows(path)}, seen ${wayOf(journey)}${toldOf(journey, path)}`
    return [{ rqi, says, frames }]
  }
  return reportFindings(expected, journey.hops)
}

/** As one path where the hops join, else hop by hop. */
function wayOf(journey: Journey): string {
  if (isJoined(journey)) return arrows(pathOf(journey))
  return journey.hops.map(({ from, to }) => arrows([from, to])).join(', ')
}

/** A success that was told although the request did not get there is the worse part of a wrong way. */
function toldOf({ hops }: Journey, path: readonly string[]): string {
  const told = hops[0] && rscOf(hops[0])
  const arrived = hops.some(({ to }) => to === path.at(-1))
  return isSuccess(told) && !arrived ? `, yet the originator was told ${told}` : ''
}

function isJoined({ hops }: Journey): boolean {
  return hops.every(({ from }, index) => index === 0 || hops[index - 1]?.to === from)
}

function isSamePath(journey: Journey, path: readonly string[]): boolean {
  return isJoined(journey) && arrows(pathOf(journey)) === arrows(path)
}

/** What the originator was told must be what the last hop answered. */
function reportFindings(
  { rqi, delivered, path }: ExpectedJourney,
  hops: readonly Hop[],
): readonly Finding[] {
  const first = hops[0]
  const last = hops.at(-1)
  if (first === undefined || last === undefined) return []
  const told = rscOf(first)
  const done = rscOf(last)
  const receiver = path.at(-1) ?? last.to
  const finding = (says: string): readonly Finding[] => [
    { rqi, says, frames: [...framesOf(first), ...framesOf(last)] },
  ]
  if (isSuccess(told) && !isSuccess(done)) {
    return finding(`the originator was told ${told}, ${receiver} answered ${done ?? 'nothing'}`)
  }
  if (delivered && !isSuccess(done)) {
    return finding(`expected as done, ${receiver} answered ${done ?? 'nothing'}`)
  }
  if (delivered && !isSuccess(told)) {
    return finding(`expected as done, the originator was told ${told ?? 'nothing'}`)
  }
  if (!delivered && isSuccess(told)) {
    return finding(`expected as not done, the originator was told ${told}`)
  }
  return []
}
