/** Where an association gets its time from; a test or a simulation passes its own. */
export interface Timers {
  /** Calls back once after so many milliseconds; returns what cancels it. */
  after(ms: number, callback: () => void): () => void
  /** Milliseconds since any fixed moment. */
  now(): number
}

/** The clock of the process. A pending timer does not keep the process alive: the socket does. */
export const processTimers: Timers = {
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms)
    timer.unref()
    return () => clearTimeout(timer)
  },
  now: () => performance.now(),
}
