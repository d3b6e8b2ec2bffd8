/** One response status code (TS-0004 6.6.3) with its HTTP (TS-0009 6.3.2) and CoAP (TS-0008 6.2.4) codes. */
export interface StatusCode {
  readonly rsc: number
  readonly name: string
  readonly http: number
  /** e.g. `4.03`; absent where no mapping is given. */
  readonly coap?: string
}
export const statusCodes: readonly StatusCode[] = []

export function statusOf(_rsc: number): StatusCode | undefined {
  return undefined
}

/** HTTP status of a response status code; an unknown code maps by its first digit. */
export function httpStatusOf(_rsc: number): number {
  return 500
}

/** 2xxx; acknowledgements (1xxx) are not success. */
export function isSuccess(rsc: number): boolean {
  return rsc >= 2000 && rsc < 3000
}
