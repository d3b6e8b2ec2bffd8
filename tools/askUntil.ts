import { BenchError } from '../protocol/errors.ts'

export interface AskBound {
  /** What is waited for, for the message. */
  readonly what: string
  readonly timeoutMs: number
  readonly everyMs: number
  readonly signal?: AbortSignal | undefined
  readonly remedy?: string
}

/**
 * For what announces no event: asks until there is an answer. What the question rejects with ends it.
 * @throws BenchError TIMED_OUT, INTERRUPTED
 */
export async function askUntil<T>(ask: () => Promise<T | undefined>, bound: AskBound): Promise<T> {
  const { what, timeoutMs, everyMs, signal, remedy } = bound
  const deadlineMs = performance.now() + timeoutMs
  for (;;) {
    if (signal?.aborted)
      throw new BenchError('INTERRUPTED', `interrupted while waiting for ${what}`)
    const answer = await ask()
    if (answer !== undefined) return answer
    if (performance.now() > deadlineMs) {
      const options = remedy === undefined ? {} : { remedy }
      throw new BenchError('TIMED_OUT', `waited ${timeoutMs} ms for ${what}`, options)
    }
    await pause(everyMs, signal)
  }
}

function pause(forMs: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((goOn) => {
    const end = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
      goOn()
    }
    const timer = setTimeout(end, forMs)
    signal?.addEventListener('abort', end, { once: true })
    if (signal?.aborted) end()
  })
}
