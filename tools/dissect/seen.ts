import type { FrameRef } from './trace.ts'

/** The frame some bytes were seen in, and when. */
export interface Seen {
  readonly ref: FrameRef
  readonly atMs: number
}

/** The frames in order, each once. */
export function framesOf(seen: readonly Seen[]): FrameRef[] {
  return seen.map(({ ref }) => ref).filter((ref, index, all) => all[index - 1] !== ref)
}
