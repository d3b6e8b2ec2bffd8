import { BenchError } from '../errors.ts'
import { isJsonObject, parseJsonBytes } from '../json.ts'
import type { Json, JsonObject, ResponsePrimitive } from '../primitive.ts'
import { isText } from '../primitives/parameters.ts'
import { parseResponse } from '../primitives/response.ts'
import { type Result, refusal, success } from '../result.ts'
import { httpStatusOf } from '../statusCodes.ts'
import { type Headers, numberHeader, readHeaders, textHeader } from './headers.ts'
import { parseContentType } from './mediaType.ts'
import { type HttpResponse, httpLimits, type IncomingHttpResponse } from './message.ts'
import { pathOf } from './target.ts'

/** Headers that carry one text parameter each (TS-0009 6.4). `to` has no header and stays behind. */
const textHeaders = {
  rqi: 'X-M2M-RI',
  rvi: 'X-M2M-RVI',
  fr: 'X-M2M-Origin',
  ot: 'X-M2M-OT',
  rset: 'X-M2M-RST',
} as const

/** Headers that carry one number each. */
const numberHeaders = {
  rsc: 'X-M2M-RSC',
  ec: 'X-M2M-EC',
  cnst: 'X-M2M-CTS',
  cnot: 'X-M2M-CTO',
} as const

/**
 * The HTTP form of a response primitive (TS-0009). `locationPrefix` goes before the resource id in Content-Location of
 * 2001, e.g. `/cse1/` for an SP-relative address; without it the address is CSE-relative. Throws USAGE on a parameter that
 * no header field can carry as it is.
 */
export function buildHttpResponse(
  response: ResponsePrimitive,
  options: { readonly locationPrefix?: string } = {},
): HttpResponse {
  const headers: (readonly [string, string])[] = []
  for (const [parameter, name] of Object.entries(numberHeaders)) {
    const value = response[parameter as keyof typeof numberHeaders]
    if (value !== undefined) headers.push([name, String(value)])
  }
  for (const [parameter, name] of Object.entries(textHeaders)) {
    const value = response[parameter as keyof typeof textHeaders]
    if (value !== undefined && !isText(value)) {
      throw new BenchError('USAGE', `${name} cannot carry ${JSON.stringify(value.slice(0, 80))}`)
    }
    if (value !== undefined) headers.push([name, value])
  }
  const created = response.rsc === 2001 ? createdAddressOf(response.pc, options) : undefined
  if (created !== undefined && isText(created)) headers.push(['Content-Location', pathOf(created)])
  const body =
    response.pc === undefined ? new Uint8Array(0) : utf8.encode(JSON.stringify(response.pc))
  if (response.pc !== undefined) headers.push(['Content-Type', 'application/json'])
  headers.push(['Content-Length', String(body.length)])
  return { status: httpStatusOf(response.rsc), headers, body }
}

const utf8 = new TextEncoder()

/** Address of what was created: the `m2m:uri` of the content, or prefix and `ri` of the representation. */
function createdAddressOf(
  pc: Json | undefined,
  options: { readonly locationPrefix?: string },
): string | undefined {
  if (!isJsonObject(pc)) return undefined
  const uri = pc['m2m:uri']
  if (typeof uri === 'string') return uri
  const representation = Object.values(pc)[0]
  const ri = isJsonObject(representation) ? representation.ri : undefined
  return typeof ri === 'string' ? `${options.locationPrefix ?? ''}${ri}` : undefined
}

/**
 * Takes the primitive out of an HTTP response. `rqi`: identifier of the request it answers, used where the header is
 * missing. A response without X-M2M-RSC is refused: the HTTP status alone is no response status code.
 */
export function parseHttpResponse(
  http: IncomingHttpResponse,
  options: { readonly rqi?: string } = {},
): Result<ResponsePrimitive> {
  const headers = readHeaders(http.headers)
  if (!headers.ok) return headers
  const parameters = readParameters(headers.value)
  if (!parameters.ok) return parameters
  if (parameters.value.rsc === undefined) {
    return refusal('HTTP_MALFORMED', 'header X-M2M-RSC is missing')
  }
  const content = readContent(headers.value, http.body)
  if (!content.ok) return content
  const rqi = parameters.value.rqi ?? options.rqi
  return parseResponse({
    ...parameters.value,
    ...(rqi === undefined ? {} : { rqi }),
    ...(content.value === undefined ? {} : { pc: content.value }),
  })
}

function readParameters(headers: Headers): Result<JsonObject> {
  const parameters: JsonObject = {}
  for (const [parameter, name] of Object.entries(numberHeaders)) {
    const value = numberHeader(headers, name.toLowerCase())
    if (!value.ok) return value
    if (value.value !== undefined) parameters[parameter] = value.value
  }
  for (const [parameter, name] of Object.entries(textHeaders)) {
    const value = textHeader(headers, name.toLowerCase())
    if (!value.ok) return value
    if (value.value !== undefined) parameters[parameter] = value.value
  }
  return success(parameters)
}

function readContent(headers: Headers, body: Uint8Array): Result<Json | undefined> {
  if (body.length > httpLimits.bodyBytes) {
    return refusal('HTTP_MALFORMED', `the content is longer than ${httpLimits.bodyBytes} bytes`)
  }
  if (body.length === 0) return success(undefined)
  const type = parseContentType(headers.get('content-type') ?? '')
  return type.ok ? parseJsonBytes(body) : type
}
