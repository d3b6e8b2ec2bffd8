import type { FrameRecord, PurposeRecord } from '../model/runRecord.ts'
import { anchorOf } from './escape.ts'

/** Milliseconds below one second, then seconds, then minutes. */
export function durationText(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`
}

/** `AE1-CSE1 frames 12, 14`, one piece per wire. */
export function framesText(frames: readonly FrameRecord[]): string {
  const wires = Map.groupBy(frames, (frame) => frame.wire)
  return [...wires]
    .map(([wire, list]) => {
      const numbers = list.slice(0, frameLimit).map((frame) => frame.frame)
      const more = list.length > frameLimit ? ` and ${list.length - frameLimit} more` : ''
      return `${wire} ${list.length === 1 ? 'frame' : 'frames'} ${numbers.join(', ')}${more}`
    })
    .join('; ')
}

const frameLimit = 8

/** Fragment of a purpose; the same purpose run with different mutants has different ones. */
export function purposeAnchor(purpose: PurposeRecord): string {
  const mutants = purpose.mutants.map((m) => `/${m.node}/${m.misbehaviour}`).join('')
  return anchorOf('p', purpose.id + mutants)
}

export function assetAnchor(asset: string): string {
  return anchorOf('asset', asset)
}

export function frameworkTitle(framework: string): string {
  return framework === 'none' ? 'no framework' : framework
}
