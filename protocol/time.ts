import { type Result, refusal } from './result.ts'

/** `20261122T130000` or `20261122T130000,250` (UTC) -> milliseconds since the epoch. */
export function parseTimestamp(text: string): Result<number> {
  return refusal('TIME_MALFORMED', text)
}

/** Milliseconds since the epoch -> `20261122T130000`, with `,250` where there is a fraction. */
export function formatTimestamp(_ms: number): string {
  throw new Error('later')
}

/** When a time parameter (`rqet`, `rset`, `oet`) falls due: a timestamp, or a positive whole number of milliseconds from `nowMs`. */
export function parseExpiry(text: string, _nowMs: number): Result<number> {
  return refusal('TIME_MALFORMED', text)
}
