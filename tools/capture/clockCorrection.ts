/** How far another machine's clock was ahead of the one that all times are given in. */
export interface ClockOffset {
  /** When it was measured, in milliseconds since the epoch, by the clock that counts. */
  readonly atMs: number
  readonly aheadMs: number
  /** It is that, give or take this much. */
  readonly uncertaintyMs: number
}

/** Times of a machine as the clock that counts would have told them; clocks drift, evenly as far as anybody knows. */
export function correctTime(first: ClockOffset, last: ClockOffset): (thereMs: number) => number {
  const spanMs = last.atMs - first.atMs
  const drift = spanMs > 0 ? (last.aheadMs - first.aheadMs) / spanMs : 0
  return (thereMs) => {
    const sinceMs = thereMs - first.aheadMs - first.atMs
    return thereMs - first.aheadMs - drift * sinceMs
  }
}

/** For people, e.g. `clock of machine-2: 0.07 ms behind (± 0.36 ms), at the end 0.09 ms behind (± 0.40 ms); corrected`. */
export function describeClock(machine: string, first: ClockOffset, last: ClockOffset): string {
  const said = ({ aheadMs, uncertaintyMs }: ClockOffset) =>
    `${Math.abs(aheadMs).toFixed(2)} ms ${aheadMs < 0 ? 'behind' : 'ahead'} (± ${uncertaintyMs.toFixed(2)} ms)`
  return `clock of ${machine}: ${said(first)}, at the end ${said(last)}; corrected`
}
