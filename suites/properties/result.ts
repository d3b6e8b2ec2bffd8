/** The three results of a property, and how findings of many places become one of them. */

import type { FrameRef } from '../../tools/dissect/trace.ts'
import type { PropertyResult } from '../framework/evidence.ts'

/** `1 hop`, `2 hops`. */
export function counted(count: number, noun: string, nouns = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : nouns}`
}

/** Something that speaks against a property, with the frames to look at. */
export interface Breach {
  readonly because: string
  readonly frames: readonly FrameRef[]
}

export function breach(because: string, ...frames: readonly (FrameRef | undefined)[]): Breach {
  return { because, frames: frames.filter((frame) => frame !== undefined) }
}

export function holds(
  because: string,
  extra: { readonly frames?: readonly FrameRef[]; readonly deviations?: readonly string[] } = {},
): PropertyResult {
  const deviations = [...new Set(extra.deviations)]
  const frames = bounded(extra.frames ?? [])
  if (deviations.length === 0) return { result: 'holds', because, frames }
  return { result: 'holds', because, frames, deviation: deviations.join('; ') }
}

export function notObserved(because: string, frames: readonly FrameRef[] = []): PropertyResult {
  return { result: 'not-observed', because, frames: bounded(frames) }
}

/** At least one breach; the first few are spelled out. */
export function violated(breaches: readonly Breach[]): PropertyResult {
  const spelled = breaches.slice(0, mostBreaches).map(({ because }) => because)
  const more = breaches.length - spelled.length
  return {
    result: 'violated',
    because: [...spelled, ...(more > 0 ? [`and ${more} more`] : [])].join('; '),
    frames: bounded(breaches.flatMap(({ frames }) => frames)),
  }
}

const mostBreaches = 5
const mostFrames = 20

function bounded(frames: readonly FrameRef[]): readonly FrameRef[] {
  const byNumber = new Map(frames.map((frame) => [frame.frame, frame]))
  return [...byNumber.values()].slice(0, mostFrames)
}
