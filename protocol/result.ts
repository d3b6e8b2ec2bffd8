/** Outcome of parsing something from outside: a typed value, or why it is refused. Parsers never throw on bad input. */
export type Result<T, E = ParseError> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E }

/** Why input was refused. `rsc` is the response status code a receiver answers with (TS-0004 6.6.3). */
export interface ParseError {
  readonly code: string
  readonly message: string
  readonly rsc: number
}

export function success<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value }
}

export function refusal(code: string, message: string, rsc = 4000): Result<never> {
  return { ok: false, error: { code, message, rsc } }
}
