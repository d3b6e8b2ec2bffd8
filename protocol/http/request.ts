import { BenchError } from '../errors.ts'
import { isJsonObject, parseJsonBytes } from '../json.ts'
import type { Json, JsonObject, RequestPrimitive } from '../primitive.ts'
import { Operation } from '../primitive.ts'
import { isText, isTexts } from '../primitives/parameters.ts'
import { parseRequest } from '../primitives/request.ts'
import { type Result, refusal, success } from '../result.ts'
import { type Headers, numberHeader, readHeaders, textHeader } from './headers.ts'
import { checkAccept, parseContentType } from './mediaType.ts'
import { type HttpRequest, httpLimits, type IncomingHttpRequest } from './message.ts'
import { buildQuery, parseQuery, type Query } from './query.ts'
import { pathOf, toOfPath } from './target.ts'

/** Headers that carry one text parameter each (TS-0009 6.4). */
const textHeaders = {
  fr: 'X-M2M-Origin',
  rqi: 'X-M2M-RI',
  rvi: 'X-M2M-RVI',
  gid: 'X-M2M-GID',
  ot: 'X-M2M-OT',
  rset: 'X-M2M-RST',
  rqet: 'X-M2M-RET',
  oet: 'X-M2M-OET',
  vsi: 'X-M2M-VSI',
} as const

const methods: Readonly<Record<Operation, string>> = {
  [Operation.create]: 'POST',
  [Operation.retrieve]: 'GET',
  [Operation.update]: 'PUT',
  [Operation.delete]: 'DELETE',
  [Operation.notify]: 'POST',
}

/**
 * The HTTP form of a request primitive (TS-0009). `host`: authority of the next hop. Throws USAGE on a parameter that no
 * header field can carry as it is.
 */
export function buildHttpRequest(
  request: RequestPrimitive,
  options: { readonly host: string },
): HttpRequest {
  if (!isText(request.to) || /^[~_](?:\/|$)/.test(request.to)) {
    throw new BenchError('USAGE', `no path can carry ${JSON.stringify(request.to.slice(0, 80))}`)
  }
  const hash = request.to.indexOf('#')
  const path = hash < 0 ? request.to : request.to.slice(0, hash)
  const listed = hash < 0 ? attributeListOf(request) : [request.to.slice(hash + 1)]
  const query = buildQuery(request, listed)
  const content = listed !== undefined && hash < 0 ? undefined : request.pc
  const body = content === undefined ? noBody : utf8.encode(JSON.stringify(content))
  return {
    method: methods[request.op],
    target: query === '' ? pathOf(path) : `${pathOf(path)}?${query}`,
    headers: [
      ['Host', options.host],
      ...parameterHeaders(request),
      ['Accept', 'application/json'],
      ...contentHeaders(request, body),
    ],
    body,
  }
}

const utf8 = new TextEncoder()
const noBody = new Uint8Array(0)

/** Attributes of a partial retrieve given in the content, `{"m2m:atrl": [...]}`. */
function attributeListOf(request: RequestPrimitive): readonly string[] | undefined {
  const list = request.op === Operation.retrieve ? request.pc?.['m2m:atrl'] : undefined
  return Array.isArray(list) && isTexts(list) && Object.keys(request.pc ?? {}).length === 1
    ? list.map(String)
    : undefined
}

function parameterHeaders(request: RequestPrimitive): (readonly [string, string])[] {
  const headers: (readonly [string, string])[] = []
  const add = (name: string, value: string | undefined) => {
    if (value === undefined) return
    if (!isText(value)) {
      throw new BenchError('USAGE', `${name} cannot carry ${JSON.stringify(value.slice(0, 80))}`, {
        remedy: 'Use printable ASCII without blanks at the ends.',
      })
    }
    headers.push([name, value])
  }
  for (const [parameter, name] of Object.entries(textHeaders)) {
    add(name, request[parameter as keyof typeof textHeaders])
  }
  add('X-M2M-EC', request.ec?.toString())
  add('X-M2M-RTU', request.rt?.nu?.map(encodeURIComponent).join('&'))
  add('Authorization', request.tkns?.map(encodeURIComponent).join('+'))
  return headers
}

function contentHeaders(
  request: RequestPrimitive,
  body: Uint8Array,
): (readonly [string, string])[] {
  const creates = request.op === Operation.create
  if (body.length === 0 && !creates) {
    return request.op === Operation.retrieve || request.op === Operation.delete
      ? []
      : [['Content-Length', '0']]
  }
  const ty = creates && request.ty !== undefined ? `;ty=${request.ty}` : ''
  return [
    ['Content-Type', `application/json${ty}`],
    ['Content-Length', String(body.length)],
  ]
}

/** Takes the primitive out of an HTTP request; refused with the response status code to answer with. */
export function parseHttpRequest(http: IncomingHttpRequest): Result<RequestPrimitive> {
  if (http.target.length > httpLimits.targetCharacters) {
    return refusal('HTTP_MALFORMED', 'the request target is too long')
  }
  const headers = readHeaders(http.headers)
  if (!headers.ok) return headers
  const mark = http.target.indexOf('?')
  const to = toOfPath(mark < 0 ? http.target : http.target.slice(0, mark))
  if (!to.ok) return to
  const query = parseQuery(mark < 0 ? '' : http.target.slice(mark + 1))
  if (!query.ok) return query
  const accept = checkAccept(headers.value.get('accept') || '*/*')
  if (!accept.ok) return accept
  const content = readContent(headers.value, http.body)
  if (!content.ok) return content
  const op = operationOf(http.method, content.value.ty)
  if (op === undefined) {
    return refusal('HTTP_MALFORMED', `method ${http.method.slice(0, 20)} is no operation`, 4005)
  }
  const parameters = readParameters(headers.value, query.value)
  if (!parameters.ok) return parameters
  const { ty, pc } = content.value
  return parseRequest({
    op,
    ...addressOf(to.value, query.value, pc),
    ...parameters.value,
    ...(op === Operation.create ? { ty } : {}),
  })
}

/** POST creates where the content type names a resource type, and notifies where it does not (TS-0009). */
function operationOf(method: string, ty: number | undefined): Operation | undefined {
  if (method === 'POST') return ty === undefined ? Operation.notify : Operation.create
  const found = Object.entries(methods).find(([, name]) => name === method)
  return found && (Number(found[0]) as Operation)
}

/** One listed attribute is the fragment of `to`; several are content. */
function addressOf(to: string, query: Query, pc: JsonObject | undefined): JsonObject {
  const list = query.atrl
  if (list === undefined) return pc === undefined ? { to } : { to, pc }
  if (list.length === 1) return { to: `${to}#${list[0]}`, ...(pc === undefined ? {} : { pc }) }
  return { to, pc: { ...pc, 'm2m:atrl': [...list] } }
}

function readParameters(headers: Headers, query: Query): Result<JsonObject> {
  const parameters: JsonObject = { ...query.parameters }
  for (const [parameter, name] of Object.entries(textHeaders)) {
    const value = textHeader(headers, name.toLowerCase())
    if (!value.ok) return value
    if (value.value !== undefined) parameters[parameter] = value.value
  }
  const ec = numberHeader(headers, 'x-m2m-ec')
  if (!ec.ok) return ec
  if (ec.value !== undefined) parameters.ec = ec.value
  const nu = readList(headers.get('x-m2m-rtu'), '&')
  if (!nu.ok) return nu
  const rt = responseTypeOf(query.rtv, nu.value)
  if (rt !== undefined) parameters.rt = rt
  const authorization = headers.get('authorization')
  // A value with a blank is a scheme of HTTP itself (Basic, Bearer), not a list of tokens.
  if (authorization !== undefined && !authorization.includes(' ')) {
    const tkns = readList(authorization, '+')
    if (!tkns.ok) return tkns
    if (tkns.value !== undefined) parameters.tkns = [...tkns.value]
  }
  return success(parameters)
}

/** Notification targets without a response type belong to the default, which is blocking: 3. */
function responseTypeOf(
  rtv: number | undefined,
  nu: readonly string[] | undefined,
): Json | undefined {
  if (rtv === undefined && nu === undefined) return undefined
  return { rtv: rtv ?? 3, ...(nu === undefined ? {} : { nu: [...nu] }) }
}

function readList(
  text: string | undefined,
  separator: string,
): Result<readonly string[] | undefined> {
  if (text === undefined || text === '') return success(undefined)
  try {
    return success(text.split(separator).map(decodeURIComponent))
  } catch {
    return refusal('HTTP_MALFORMED', 'a list in a header is malformed')
  }
}

function readContent(
  headers: Headers,
  body: Uint8Array,
): Result<{ readonly ty?: number; readonly pc?: JsonObject }> {
  if (body.length > httpLimits.bodyBytes) {
    return refusal('HTTP_MALFORMED', `the content is longer than ${httpLimits.bodyBytes} bytes`)
  }
  const header = headers.get('content-type') ?? ''
  if (header === '' && body.length === 0) return success({})
  const type = parseContentType(header)
  if (!type.ok) return type
  const ty = type.value.ty === undefined ? {} : { ty: type.value.ty }
  if (body.length === 0) return success(ty)
  const json = parseJsonBytes(body)
  if (!json.ok) return json
  return isJsonObject(json.value)
    ? success({ ...ty, pc: json.value })
    : refusal('HTTP_MALFORMED', 'the content is not a JSON object')
}
