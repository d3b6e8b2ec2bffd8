/** A request takes the expected path: no hop missing, none extra, none out of order; success is only what the last hop said. */
import type { Hop, Journey } from '../../tools/dissect/trace.ts'
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
    const breaches = watched.flatMap(breachesOf)
    if (breaches.length > 0) return violated(breaches)
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

function breachesOf({ expected, seen }: WatchedJourney): readonly Breach[] {
  const { rqi, path } = expected
  const [journey, second] = seen
  if (journey === undefined) {
    return [breach(`${rqi}: expected ${arrows(path)}, seen on no wire`)]
  }
  const frames = journey.hops.flatMap((hop) => hop.request.frames.slice(0, 1))
  if (second !== undefined) {
    return [breach(`${rqi} was sent by ${seen.length} originators`, ...frames)]
  }
  if (!isSamePath(journey, path)) {
    const hops = journey.hops.map(({ from, to }) => `${from} -> ${to}`).join(', ')
    return [breach(`${rqi}: expected ${arrows(path)}, seen ${hops}`, ...frames)]
  }
  return reportBreaches(expected, journey.hops)
}

function isSamePath(journey: Journey, path: readonly string[]): boolean {
  const { hops } = journey
  const joined = hops.every(({ from }, index) => index === 0 || hops[index - 1]?.to === from)
  return joined && arrows(pathOf(journey)) === arrows(path)
}

/** What the originator was told must be what the last hop answered. */
function reportBreaches(
  { rqi, delivered, path }: ExpectedJourney,
  hops: readonly Hop[],
): readonly Breach[] {
  const first = hops[0]
  const last = hops.at(-1)
  if (first === undefined || last === undefined) return []
  const told = rscOf(first)
  const done = rscOf(last)
  const frames = [...framesOf(first), ...framesOf(last)]
  const receiver = path.at(-1) ?? last.to
  if (delivered && !isSuccess(done)) {
    return [
      breach(`${rqi}: reported as done, but ${receiver} answered ${done ?? 'nothing'}`, ...frames),
    ]
  }
  if (isSuccess(told) && !isSuccess(done)) {
    return [
      breach(
        `${rqi}: ${first.to} told ${told}, ${receiver} answered ${done ?? 'nothing'}`,
        ...frames,
      ),
    ]
  }
  if (delivered && !isSuccess(told)) {
    return [
      breach(`${rqi}: expected as done, the originator was told ${told ?? 'nothing'}`, ...frames),
    ]
  }
  return !delivered && isSuccess(told)
    ? [breach(`${rqi}: expected as not done, the originator was told ${told}`, ...frames)]
    : []
}
