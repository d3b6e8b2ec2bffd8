import {
  createServer as createHttpServer,
  type Server as HttpServer,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import type { Duplex } from 'node:stream'
import { createServer as createTlsServer, type TLSSocket } from 'node:tls'
import { BenchError } from '../../protocol/errors.ts'
import { httpLimits } from '../../protocol/http/message.ts'
import { parseHttpRequest } from '../../protocol/http/request.ts'
import { buildHttpResponse } from '../../protocol/http/response.ts'
import {
  Operation,
  type RequestPrimitive,
  type ResponsePrimitive,
} from '../../protocol/primitive.ts'
import type { RogueRegistrar } from '../../suites/framework/testSystem.ts'
import type { TesterListener, TesterNetwork } from '../fabric/testerNetwork.ts'
import type { KeyAndCertificate } from './selfSigned.ts'
import type { TlsSettings } from './tlsSettings.ts'

/** How a server of the tester stands in for a registrar. */
export interface RogueOptions {
  readonly network: TesterNetwork
  /** Address it listens on; the port is any free one. */
  readonly address: string
  /** The wire that will lead to it. */
  readonly wire?: string
  /** Absent = plain HTTP. */
  readonly tls?: {
    readonly settings: TlsSettings
    /** The key for an identity; the rogue with a wrong key accepts every identity. */
    readonly psk?: (identity: string) => Uint8Array | null
    readonly certificate?: KeyAndCertificate
    readonly onKeyLog: (line: string) => void
  }
  readonly answer?: (request: RequestPrimitive) => ResponsePrimitive
  readonly timeoutMs: number
  /** Has the true registrar back in its place. */
  readonly onStop: () => Promise<void>
}

export interface RunningRogue {
  readonly port: number
  readonly handle: RogueRegistrar
}

type Handshake = RogueRegistrar['handshakes'][number]

/** What the rogue has seen so far, and who waits to hear about it. */
interface Sightings {
  readonly read: RequestPrimitive[]
  readonly handshakes: Handshake[]
  readonly waiting: Set<() => void>
}

/** Starts the rogue; resolves when it accepts connections. */
export async function startRogueRegistrar(options: RogueOptions): Promise<RunningRogue> {
  const seen: Sightings = { read: [], handshakes: [], waiting: new Set() }
  const http = createHttpServer((incoming, outgoing) => {
    void answerRequest(incoming, outgoing, seen, options)
  })
  const take =
    options.tls === undefined ? plainTaker(http, seen) : tlsTaker(http, seen, options.tls)
  const listener = await options.network.listen({
    address: options.address,
    ...(options.wire === undefined ? {} : { wire: options.wire }),
  })
  const connections = new Set<Duplex>()
  listener.onConnection((connection) => {
    connections.add(connection)
    connection.once('close', () => connections.delete(connection))
    connection.on('error', () => {})
    take(connection)
  })
  let stopped: Promise<void> | undefined
  const stop = () => {
    stopped ??= end(listener, connections, options.onStop)
    return stopped
  }
  return { port: listener.port, handle: handleOf(seen, stop, options.timeoutMs) }
}

async function end(
  listener: TesterListener,
  connections: ReadonlySet<Duplex>,
  onStop: () => Promise<void>,
): Promise<void> {
  try {
    await onStop()
  } finally {
    for (const connection of connections) connection.destroy()
    await listener.close()
  }
}

function handleOf(seen: Sightings, stop: () => Promise<void>, timeoutMs: number): RogueRegistrar {
  return {
    read: seen.read,
    handshakes: seen.handshakes,
    awaitAttempt: async () => {
      if (seen.handshakes.length > 0) return
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const bound = setTimeout(
        () =>
          reject(
            new BenchError(
              'TIMED_OUT',
              `no node connected to the rogue registrar within ${timeoutMs} ms`,
            ),
          ),
        timeoutMs,
      )
      seen.waiting.add(resolve)
      await promise.finally(() => {
        clearTimeout(bound)
        seen.waiting.delete(resolve)
      })
    },
    stop,
  }
}

type TakeConnection = (connection: Duplex) => void

/** A plain connection is established as soon as it is there. */
function plainTaker(http: HttpServer, seen: Sightings): TakeConnection {
  return (connection) => {
    decided(seen, { outcome: 'established' })
    http.emit('connection', connection)
  }
}

function tlsTaker(
  http: HttpServer,
  seen: Sightings,
  tls: NonNullable<RogueOptions['tls']>,
): TakeConnection {
  const server = createTlsServer({
    ...tls.settings,
    // The first of its own suites that the client offers too, in the order of the settings.
    honorCipherOrder: true,
    ...(tls.certificate === undefined
      ? {}
      : { key: tls.certificate.key, cert: tls.certificate.certificate }),
    ...(tls.psk === undefined
      ? {}
      : { pskCallback: (_socket: TLSSocket, identity: string) => tls.psk?.(identity) ?? null }),
  })
  server.on('keylog', (line: Buffer) => tls.onKeyLog(line.toString('ascii').trimEnd()))
  server.on('tlsClientError', (error) =>
    decided(seen, { outcome: 'refused', because: error.message }),
  )
  server.on('secureConnection', (socket) => {
    socket.on('error', () => {})
    decided(seen, { outcome: 'established' })
    http.emit('connection', socket)
  })
  // It listens nowhere: it is given connections that are there.
  return (connection) => void server.emit('connection', connection)
}

function decided(seen: Sightings, handshake: Handshake): void {
  seen.handshakes.push(handshake)
  for (const wake of seen.waiting) wake()
}

async function answerRequest(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  seen: Sightings,
  options: RogueOptions,
): Promise<void> {
  const body = await readBody(incoming)
  const parsed = parseHttpRequest({
    method: incoming.method ?? '',
    target: incoming.url ?? '',
    headers: incoming.headers,
    body,
  })
  if (!parsed.ok) {
    outgoing.writeHead(400).end()
    return
  }
  seen.read.push(parsed.value)
  const response = buildHttpResponse((options.answer ?? defaultAnswer)(parsed.value))
  outgoing.writeHead(response.status, response.headers.flat())
  outgoing.end(response.body)
}

async function readBody(incoming: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of incoming) {
      const bytes = chunk as Buffer
      length += bytes.length
      if (length > httpLimits.bodyBytes) break
      chunks.push(bytes)
    }
  } catch {
    // The node went away in the middle: what came so far is judged like a short body.
  }
  return Buffer.concat(chunks)
}

function defaultAnswer(request: RequestPrimitive): ResponsePrimitive {
  return { rsc: request.op === Operation.create ? 2001 : 2000, rqi: request.rqi, rvi: '3' }
}
