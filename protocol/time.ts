import { type Result, refusal, success } from './result.ts'

const timestampForm = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})(?:[,.](\d{1,6}))?$/
/** Relative times reach some 31 years at most. */
const durationForm = /^\d{1,12}$/

/** `20261122T130000` or `20261122T130000,250` (UTC) -> milliseconds since the epoch; finer fractions are cut off. */
export function parseTimestamp(text: string): Result<number> {
  const match = timestampForm.exec(text)
  if (match === null) return malformed(text)
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map(Number)
  const fraction = Number((match[7] ?? '').padEnd(3, '0').slice(0, 3))
  // Date.UTC moves years 0-99 into the 1900s; no timestamp of an M2M system is that old.
  if (year < 100) return malformed(text)
  const ms = Date.UTC(year, month - 1, day, hour, minute, second, fraction)
  // A day or hour that does not exist (31 April, 24:00) rolls over and then reads differently.
  return formatTimestamp(ms).slice(0, 15) === text.slice(0, 15) ? success(ms) : malformed(text)
}

/** Milliseconds since the epoch (years 100 to 9999) -> `20261122T130000`, with `,250` where there is a fraction. */
export function formatTimestamp(ms: number): string {
  const iso = new Date(ms).toISOString()
  const basic = iso.slice(0, 19).replaceAll('-', '').replaceAll(':', '')
  const fraction = iso.slice(20, 23)
  return fraction === '000' ? basic : `${basic},${fraction}`
}

/** When a time parameter (`rqet`, `rset`, `oet`) falls due: a timestamp, or a positive whole number of milliseconds from `nowMs`. */
export function parseExpiry(text: string, nowMs: number): Result<number> {
  if (!durationForm.test(text)) return parseTimestamp(text)
  const duration = Number(text)
  return duration > 0 ? success(nowMs + duration) : malformed(text)
}

function malformed(text: string): Result<never> {
  return refusal('TIME_MALFORMED', `not a time: ${JSON.stringify(text.slice(0, 80))}`)
}
