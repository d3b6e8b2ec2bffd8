import { BenchError } from '../../protocol/errors.ts'

export interface Bound {
  /** What is waited for, for the message. */
  readonly what: string
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}

/** Waits for a promise, but not longer than told. @throws BenchError TIMED_OUT, INTERRUPTED, and what the promise rejects with */
export async function bounded<T>(promise: Promise<T>, bound: Bound): Promise<T> {
  const { what, timeoutMs, signal } = bound
  const { promise: given, reject } = Promise.withResolvers<never>()
  const interrupted = () => reject(interruption(what))
  const timer = setTimeout(() => {
    reject(new BenchError('TIMED_OUT', `waited ${timeoutMs} ms for ${what}`))
  }, timeoutMs)
  signal?.addEventListener('abort', interrupted, { once: true })
  if (signal?.aborted === true) {
    interrupted()
  }
  try {
    return await Promise.race([promise, given])
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', interrupted)
  }
}

export function interruption(what: string): BenchError {
  return new BenchError('INTERRUPTED', `interrupted while waiting for ${what}`)
}
