import type { Timers } from './timers.ts'

/** When a flight that got no answer is sent again; the defaults are those of RFC 6347 4.2.4.1. */
export interface RetransmissionOptions {
  /** Wait before the first repetition, in milliseconds; default 1000. Each further wait is twice as long. */
  readonly firstMs?: number
  /** Longest wait; default 60,000. */
  readonly longestMs?: number
  /** A handshake that is not complete after this long is given up; default 60,000. */
  readonly giveUpMs?: number
}

export interface Retransmission {
  /** A new flight went out: its answer is waited for from now on. */
  flightSent(): void
  /** Nothing is awaited for now; the time until giving up runs on. */
  pause(): void
  /** The handshake is over. */
  stop(): void
}

/** The schedule of one handshake. `resend` and `giveUp` are called by the timers, never at once. */
export function retransmission(
  timers: Timers,
  { firstMs = 1000, longestMs = 60_000, giveUpMs = 60_000 }: RetransmissionOptions,
  { resend, giveUp }: { readonly resend: () => void; readonly giveUp: () => void },
): Retransmission {
  let cancelResend = () => {}
  const arm = (waitMs: number) => {
    cancelResend()
    cancelResend = timers.after(waitMs, () => {
      arm(Math.min(waitMs * 2, longestMs))
      resend()
    })
  }
  const cancelGiveUp = timers.after(giveUpMs, () => {
    cancelResend()
    giveUp()
  })
  return {
    flightSent: () => arm(firstMs),
    pause: () => cancelResend(),
    stop: () => {
      cancelResend()
      cancelGiveUp()
    },
  }
}
