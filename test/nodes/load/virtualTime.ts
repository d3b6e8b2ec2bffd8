/** A clock that stands still until it is told to go on, with timers that ring on it. */
export class VirtualTime {
  nowMs = 1_000_000
  readonly #timers = new Set<{ readonly atMs: number; readonly wake: () => void }>()

  now = (): number => this.nowMs

  wakeAt = (atMs: number, wake: () => void): (() => void) => {
    const timer = { atMs, wake }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  after = (ms: number): Promise<void> =>
    new Promise((resolve) => void this.wakeAt(this.nowMs + ms, resolve))

  /** Rings everything up to that time, in order; what is due while `busy` holds rings when it is over. */
  async runUntil(untilMs: number): Promise<void> {
    for (let next = this.#next(untilMs); next !== undefined; next = this.#next(untilMs)) {
      this.#timers.delete(next)
      this.nowMs = Math.max(this.nowMs, next.atMs)
      next.wake()
      await settle()
    }
    this.nowMs = Math.max(this.nowMs, untilMs)
  }

  #next(untilMs: number) {
    return [...this.#timers]
      .filter(({ atMs }) => atMs <= untilMs)
      .toSorted((a, b) => a.atMs - b.atMs)[0]
  }
}

/** Lets promises that are settled have their say. */
export function settle(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve))
}
