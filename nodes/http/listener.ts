import http from 'node:http'
import https from 'node:https'
import type net from 'node:net'
import type { TLSSocket } from 'node:tls'
import { formatResourceAddress, parseResourceAddress } from '../../protocol/address.ts'
import { BenchError } from '../../protocol/errors.ts'
import { httpLimits } from '../../protocol/http/message.ts'
import { parseHttpRequest } from '../../protocol/http/request.ts'
import { buildHttpResponse } from '../../protocol/http/response.ts'
import type { RequestPrimitive, ResponsePrimitive } from '../../protocol/primitive.ts'
import { httpStatusOf } from '../../protocol/statusCodes.ts'
import type { NodeContext } from '../nodeContext.ts'
import type { LoadedInbound } from '../security/credentials.ts'
import { noAssociation, type Peer } from '../security/peer.ts'
import { makeServerProfile, type ServerProfile } from '../security/tlsProfile.ts'
import { makeFrontDoor } from './frontDoor.ts'

/** Answers a request primitive that arrived on a connection from `peer`. */
export type RequestHandler = (
  request: RequestPrimitive,
  peer: Peer,
) => ResponsePrimitive | Promise<ResponsePrimitive>

export interface ListenerOptions {
  readonly address: string
  /** 0 = any free port. */
  readonly port: number
  /** Absent = plain HTTP. */
  readonly security?: LoadedInbound
  readonly handle: RequestHandler
}

export interface HttpListener {
  readonly address: string
  readonly port: number
  readonly secured: boolean
  /** Ends every connection; resolves when the port is free. */
  close(): Promise<void>
}

const limits = {
  connections: 10_000,
  backlog: 511,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  handshakeTimeoutMs: 10_000,
  /** Longer than clients keep an idle association, so that the client is the one to close it. */
  idleMs: 120_000,
} as const

/** Opens a listener for request primitives over HTTP, protected or plain; resolves when it accepts. */
export async function openListener(
  context: NodeContext,
  options: ListenerOptions,
): Promise<HttpListener> {
  const plain = http.createServer(serverOptions, (request, response) =>
    answer(context, options.handle, noAssociation, { request, response }),
  )
  bound(plain)
  if (options.security === undefined) return listen(plain, plain, options, [])
  const profile = await makeServerProfile(context, options.security)
  const secured = https.createServer(
    { ...serverOptions, ...profile.options, handshakeTimeout: limits.handshakeTimeoutMs },
    (request, response) =>
      answer(context, options.handle, profile.peerOf(request.socket as TLSSocket), {
        request,
        response,
      }),
  )
  bound(secured)
  announceAssociations(context, secured, profile)
  const door = makeFrontDoor(context, { secured, plain, suites: options.security.suites })
  return listen(door ?? secured, secured, options, door === undefined ? [] : [plain])
}

const serverOptions: http.ServerOptions = {
  noDelay: true,
  keepAliveTimeout: limits.idleMs,
  headersTimeout: limits.headersTimeoutMs,
  requestTimeout: limits.requestTimeoutMs,
  maxHeaderSize: 32 * 1024,
}

function bound(server: http.Server): void {
  server.maxHeadersCount = httpLimits.headers
  server.on('clientError', (_error, socket) => {
    if (socket.writable)
      socket.end('HTTP/1.1 400\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
    else socket.destroy()
  })
}

function announceAssociations(
  context: NodeContext,
  server: https.Server,
  profile: ServerProfile,
): void {
  const role = 'server'
  server.on('secureConnection', (socket) => {
    profile.outcome(socket, true)
    const { association, pskIdentity = '' } = profile.peerOf(socket)
    const peer = association.kind === 'cse' ? association.id : associatedAe(association)
    const { standardName: suite } = socket.getCipher()
    const version = (socket.getProtocol() ?? '').replace('TLSv', 'TLS ')
    context.emit({ event: 'association', role, peer, pskIdentity, suite, version })
  })
  server.on('tlsClientError', (error, socket) => {
    profile.outcome(socket, false)
    const pskIdentity = profile.identityOf(socket)
    const because = error.message
    context.emit(
      pskIdentity === undefined
        ? { event: 'association-failed', role, because }
        : { event: 'association-failed', role, because, pskIdentity },
    )
  })
  server.on('keylog', (line: Buffer) => context.keyLog(line.toString('latin1').trimEnd()))
}

function associatedAe(association: Peer['association']): string {
  return association.kind === 'ae' ? (association.allowed[0] ?? '') : ''
}

function listen(
  entrance: net.Server,
  server: http.Server,
  options: ListenerOptions,
  others: readonly http.Server[],
): Promise<HttpListener> {
  const { address, port } = options
  const sockets = new Set<net.Socket>()
  entrance.maxConnections = limits.connections
  entrance.on('connection', (socket: net.Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  const close = async () => {
    const closed = new Promise<void>((resolve) => entrance.close(() => resolve()))
    for (const each of [server, ...others]) each.closeAllConnections()
    for (const socket of sockets) socket.destroy()
    await closed
    // A server that never listened itself still runs its timer for slow connections.
    for (const each of [server, ...others]) if (each !== entrance) each.close()
  }
  return new Promise((resolve, reject) => {
    entrance.once('error', (cause) => reject(cannotListen(options, cause)))
    entrance.listen({ host: address, port, backlog: limits.backlog }, () => {
      const bound = entrance.address() as net.AddressInfo
      resolve({ address, port: bound.port, secured: options.security !== undefined, close })
    })
  })
}

function cannotListen(
  { address, port }: ListenerOptions,
  cause: NodeJS.ErrnoException,
): BenchError {
  return cause.code === 'EADDRINUSE'
    ? new BenchError('ADDRESS_IN_USE', `${address}:${port} is in use`, {
        remedy: 'end what listens there, or choose another port',
        cause,
      })
    : new BenchError('NODE_START_FAILED', `cannot listen on ${address}:${port}: ${cause.message}`, {
        remedy: 'choose an address of this machine and a port this user may listen on',
        cause,
      })
}

interface Exchange {
  readonly request: http.IncomingMessage
  readonly response: http.ServerResponse
}

function answer(
  context: NodeContext,
  handle: RequestHandler,
  peer: Peer,
  exchange: Exchange,
): void {
  const chunks: Buffer[] = []
  let size = 0
  exchange.request.on('error', () => exchange.response.destroy())
  exchange.request.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size <= httpLimits.bodyBytes) chunks.push(chunk)
    else refuseTooLong(exchange)
  })
  exchange.request.on('end', () => {
    if (size > httpLimits.bodyBytes) return
    const body = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)
    respond(handle, peer, exchange, body).catch((error: unknown) => {
      context.emit({ event: 'error', because: String(error) })
      writeRefusal(exchange, { rsc: 5000, status: 500, because: 'internal error' })
    })
  })
}

async function respond(
  handle: RequestHandler,
  peer: Peer,
  exchange: Exchange,
  body: Uint8Array,
): Promise<void> {
  const { method = '', url: target = '', headers } = exchange.request
  const parsed = parseHttpRequest({ method, target, headers, body })
  if (!parsed.ok) {
    const { rsc, message: because } = parsed.error
    writeRefusal(exchange, { rsc, status: httpStatusOf(rsc), because })
    return
  }
  const answered = handle(parsed.value, peer)
  write(exchange, answered instanceof Promise ? await answered : answered, parsed.value)
}

function write(
  { response }: Exchange,
  primitive: ResponsePrimitive,
  request: RequestPrimitive,
): void {
  if (response.headersSent || response.destroyed) return
  const created = primitive.rsc === 2001 ? { locationPrefix: prefixOf(request.to) } : {}
  const { status, headers, body } = buildHttpResponse(primitive, created)
  response.writeHead(status, headers.flat())
  response.end(body)
}

/** What stands before the id of a created resource: the CSE that the request was addressed to, in the form it was. */
function prefixOf(to: string): string {
  const address = parseResourceAddress(to)
  if (!address.ok || address.value.scope === 'cse-relative') return ''
  return `${formatResourceAddress({ ...address.value, segments: [] }).replace(/#.*$/, '')}/`
}

interface Refusal {
  readonly rsc: number
  readonly status: number
  readonly because: string
}

/** Answers what never became a request primitive: it may have no identifier that could be given back. */
function writeRefusal({ request, response }: Exchange, { rsc, status, because }: Refusal): void {
  if (response.headersSent || response.destroyed) return
  const rqi = request.headers['x-m2m-ri']
  const known = typeof rqi === 'string' && /^[\x21-\x7e]{1,256}$/.test(rqi)
  const body = JSON.stringify({ 'm2m:dbg': because })
  response.writeHead(status, {
    'X-M2M-RSC': String(rsc),
    ...(known ? { 'X-M2M-RI': rqi } : {}),
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
  })
  response.end(body)
}

function refuseTooLong(exchange: Exchange): void {
  exchange.response.once('finish', () => exchange.request.destroy())
  exchange.response.setHeader('Connection', 'close')
  writeRefusal(exchange, { rsc: 4000, status: 413, because: 'the content is too long' })
}
