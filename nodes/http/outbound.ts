import http from 'node:http'
import net from 'node:net'
import type { Duplex } from 'node:stream'
import tls from 'node:tls'
import type { NoResponseCause, RequestOutcome } from '../../protocol/exchange.ts'
import { httpLimits } from '../../protocol/http/message.ts'
import { buildHttpRequest } from '../../protocol/http/request.ts'
import { parseHttpResponse } from '../../protocol/http/response.ts'
import type { RequestPrimitive } from '../../protocol/primitive.ts'
import type { NodeContext } from '../nodeContext.ts'
import type { LoadedOutbound } from '../security/credentials.ts'
import { clientOptions } from '../security/tlsProfile.ts'

export interface OutboundOptions {
  /** Absolute id of the peer, for events. */
  readonly peer: string
  /** URL of the wire that leads to it. */
  readonly pointOfAccess: string
  /** Name for server_name; left out when absent (RFC 6066 3 forbids addresses there). */
  readonly serverName?: string
  /** Absent = plain HTTP. */
  readonly security?: LoadedOutbound
}

/** The one way from an entity to a neighbour: a single kept connection, made when needed and again when lost. */
export interface Outbound {
  readonly options: OutboundOptions
  /** Sends and waits at most `timeoutMs`. Rejects only with USAGE, on a request that HTTP cannot carry. */
  send(request: RequestPrimitive, timeoutMs: number): Promise<RequestOutcome>
  /** Ends the connection, and what is under way on it; the next request makes a new one. */
  disconnect(): void
}

/** How far a connection got; decides what a failure means. */
interface Progress {
  phase: 'connecting' | 'handshaking' | 'open'
}

export function makeOutbound(context: NodeContext, options: OutboundOptions): Outbound {
  const url = new URL(options.pointOfAccess)
  const progress = new WeakMap<Duplex, Progress>()
  const agent = new OneConnection(() => {
    const [socket, state] = connect(context, options, url)
    progress.set(socket, state)
    return socket
  })
  return {
    options,
    send: async (request, timeoutMs) => {
      const outcome = await exchange(request, { url, agent, progress, timeoutMs })
      const refused = outcome.outcome === 'no-response' && outcome.cause === 'handshake'
      if (!refused || !context.misbehaves('plaintext-fallback', request.rqi)) return outcome
      const plain = makeOutbound(context, { peer: options.peer, pointOfAccess: url.href })
      return plain.send(request, timeoutMs).finally(() => plain.disconnect())
    },
    disconnect: () => agent.destroy(),
  }
}

const limits = {
  /** Shorter than a listener keeps idle connections. */
  idleMs: 60_000,
} as const

/** Everything over one connection at a time: an association belongs to one pair of entities. */
class OneConnection extends http.Agent {
  readonly #connect: () => net.Socket

  constructor(connect: () => net.Socket) {
    super({ keepAlive: true, maxSockets: 1, maxFreeSockets: 1, timeout: limits.idleMs })
    this.#connect = connect
  }

  override createConnection(): net.Socket {
    return this.#connect()
  }
}

function connect(context: NodeContext, options: OutboundOptions, url: URL): [net.Socket, Progress] {
  const { security } = options
  const state: Progress = { phase: 'connecting' }
  const target = {
    host: url.hostname,
    port: Number(url.port || (security ? 443 : 80)),
    localAddress: context.address,
    noDelay: true,
  }
  if (security === undefined) {
    const socket = net.connect(target)
    socket.once('connect', () => {
      state.phase = 'open'
    })
    return [socket, state]
  }
  const name = options.serverName === undefined ? {} : { servername: options.serverName }
  const socket = tls.connect({ ...target, ...name, ...clientOptions(context, security) })
  socket.setNoDelay(true)
  socket.once('connect', () => {
    state.phase = 'handshaking'
  })
  announce(context, { socket, state, security, peer: options.peer })
  return [socket, state]
}

function announce(
  context: NodeContext,
  {
    socket,
    state,
    security,
    peer,
  }: { socket: tls.TLSSocket; state: Progress; security: LoadedOutbound; peer: string },
): void {
  const role = 'client'
  const pskIdentity = security.credential.id
  let because = 'closed during the handshake'
  socket.on('keylog', (line: Buffer) => context.keyLog(line.toString('latin1').trimEnd()))
  socket.once('secureConnect', () => {
    state.phase = 'open'
    const { standardName: suite } = socket.getCipher()
    const version = (socket.getProtocol() ?? '').replace('TLSv', 'TLS ')
    context.emit({ event: 'association', role, peer, pskIdentity, suite, version })
  })
  socket.on('error', (error) => {
    because = error.message
  })
  socket.once('close', () => {
    if (state.phase === 'handshaking')
      context.emit({ event: 'association-failed', role, because, pskIdentity })
  })
}

interface Route {
  readonly url: URL
  readonly agent: http.Agent
  readonly progress: WeakMap<Duplex, Progress>
  readonly timeoutMs: number
}

function exchange(request: RequestPrimitive, route: Route): Promise<RequestOutcome> {
  const { rqi } = request
  const { method, target, headers, body } = buildHttpRequest(request, { host: route.url.host })
  return new Promise((resolve) => {
    const failed = (cause: NoResponseCause, because: string) =>
      resolve({ outcome: 'no-response', rqi, because, cause })
    let timedOut = false
    const sent = http.request({
      agent: route.agent,
      host: route.url.hostname,
      port: route.url.port,
      method,
      path: target,
      headers: Object.fromEntries(headers),
    })
    const timer = setTimeout(() => {
      timedOut = true
      sent.destroy(new Error(`no answer within ${route.timeoutMs} ms`))
    }, route.timeoutMs)
    sent.on('error', (error) => {
      clearTimeout(timer)
      failed(timedOut ? 'timeout' : causeOf(error, sent, route), error.message)
    })
    sent.on('response', (response) => {
      readBody(response)
        .then((bytes) => {
          const { statusCode: status = 0, headers: names } = response
          const parsed = parseHttpResponse({ status, headers: names, body: bytes }, { rqi })
          if (!parsed.ok) failed('malformed', parsed.error.message)
          else resolve({ outcome: 'response', rqi, response: parsed.value })
        })
        .catch((error: Error) => {
          sent.destroy()
          failed(timedOut ? 'timeout' : 'closed', error.message)
        })
        .finally(() => clearTimeout(timer))
    })
    sent.end(body)
  })
}

/** What a failure of a request means, from how far its connection had got. */
function causeOf(
  error: NodeJS.ErrnoException,
  sent: http.ClientRequest,
  route: Route,
): NoResponseCause {
  if (error.code?.startsWith('HPE_')) return 'malformed'
  const phase = sent.socket ? route.progress.get(sent.socket)?.phase : undefined
  if (phase === 'open') return 'closed'
  return phase === 'handshaking' ? 'handshake' : 'unreachable'
}

async function readBody(response: http.IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > httpLimits.bodyBytes) throw new Error('the answer is too long')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
