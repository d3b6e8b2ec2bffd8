import type { Timers } from '../../dtls/timers.ts'

/** Time that stands still until the test moves it. */
export interface FakeTimers extends Timers {
  /** Runs everything that is due within so many milliseconds, in order. */
  advance(ms: number): void
  readonly pending: number
}

export function fakeTimers(): FakeTimers {
  const due = new Set<{ readonly at: number; readonly callback: () => void }>()
  let now = 0
  return {
    now: () => now,
    after: (ms, callback) => {
      const entry = { at: now + ms, callback }
      due.add(entry)
      return () => due.delete(entry)
    },
    get pending() {
      return due.size
    },
    advance: (ms) => {
      const end = now + ms
      for (;;) {
        const [next] = [...due].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)
        if (next === undefined) break
        due.delete(next)
        now = next.at
        next.callback()
      }
      now = end
    },
  }
}
