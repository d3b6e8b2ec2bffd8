import type { RequestPrimitive } from '../primitive.ts'
import { type Result, refusal } from '../result.ts'
import type { HttpRequest, IncomingHttpRequest } from './message.ts'

/** The HTTP form of a request primitive (TS-0009). `host`: authority of the next hop. */
export function buildHttpRequest(
  _request: RequestPrimitive,
  _options: { readonly host: string },
): HttpRequest {
  throw new Error('later')
}

/** Takes the primitive out of an HTTP request; refused with the response status code to answer with. */
export function parseHttpRequest(_http: IncomingHttpRequest): Result<RequestPrimitive> {
  return refusal('later', 'later')
}
