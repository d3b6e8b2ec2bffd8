import type { ResponsePrimitive } from '../primitive.ts'
import { type Result, refusal } from '../result.ts'
import type { HttpResponse, IncomingHttpResponse } from './message.ts'

/** The HTTP form of a response primitive (TS-0009). `locationPrefix` goes before the resource id in Content-Location of 2001. */
export function buildHttpResponse(
  _response: ResponsePrimitive,
  _options: { readonly locationPrefix?: string } = {},
): HttpResponse {
  throw new Error('later')
}

/** Takes the primitive out of an HTTP response. `rqi`: identifier of the request it answers, used where the header is missing. */
export function parseHttpResponse(
  _http: IncomingHttpResponse,
  _options: { readonly rqi?: string } = {},
): Result<ResponsePrimitive> {
  return refusal('later', 'later')
}
