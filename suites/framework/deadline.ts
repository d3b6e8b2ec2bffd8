/** One bound for several waits: a time-out or an abort ends them all. */

export interface Deadline extends Disposable {
  /** Aborted on time-out, on abort from outside, and on disposal. */
  readonly signal: AbortSignal
  /** Settles as `promise` does, unless the deadline passes first: then rejects with CutShort. */
  bound<T>(promise: Promise<T>, what: () => string): Promise<T>
}

/** Why a wait was ended before it was over. */
export class CutShort extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'CutShort'
  }
}

export function startDeadline(timeoutMs: number, outer?: AbortSignal): Deadline {
  const controller = new AbortController()
  const expire = (why: string) => controller.abort(why)
  const timer = setTimeout(() => expire(`timed out after ${timeoutMs} ms`), timeoutMs)
  const onOuterAbort = () => expire('interrupted')
  outer?.addEventListener('abort', onOuterAbort, { once: true })
  if (outer?.aborted === true) onOuterAbort()
  return {
    signal: controller.signal,
    bound: (promise, what) => bound(controller.signal, promise, what),
    [Symbol.dispose]: () => {
      clearTimeout(timer)
      outer?.removeEventListener('abort', onOuterAbort)
      expire('over')
    },
  }
}

async function bound<T>(signal: AbortSignal, promise: Promise<T>, what: () => string): Promise<T> {
  let cut = () => {}
  const expired = new Promise<never>((_resolve, reject) => {
    cut = () => reject(new CutShort(`${signal.reason} while waiting for ${what()}`))
  })
  // Whichever loses the race must not surface as an unhandled rejection.
  promise.catch(() => {})
  expired.catch(() => {})
  if (signal.aborted) cut()
  else signal.addEventListener('abort', cut, { once: true })
  try {
    return await Promise.race([expired, promise])
  } finally {
    signal.removeEventListener('abort', cut)
  }
}
