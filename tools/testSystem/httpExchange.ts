import { Agent, type IncomingMessage, request as sendHttp } from 'node:http'
import type { Duplex } from 'node:stream'
import type { NoResponseCause, RequestOutcome } from '../../protocol/exchange.ts'
import { buildHttpRequest } from '../../protocol/http/request.ts'
import { parseHttpResponse } from '../../protocol/http/response.ts'
import type { RequestPrimitive } from '../../protocol/primitive.ts'

export interface HttpExchange {
  /** Sends one request over the connection and reports how it ended; never throws. */
  request(request: RequestPrimitive): Promise<RequestOutcome>
  close(): void
}

export interface HttpExchangeOptions {
  /** Value of the Host header. */
  readonly host: string
  readonly timeoutMs: number
}

/** No answer of a node under test is longer than this. */
const maximumBodyBytes = 4 * 1024 * 1024

/** One oneM2M HTTP client over one connection that is already there. */
export function makeHttpExchange(stream: Duplex, options: HttpExchangeOptions): HttpExchange {
  const agent = new OneConnection(stream)
  return {
    request: (request) =>
      stream.destroyed
        ? Promise.resolve(noResponse(request.rqi, 'closed', 'the connection was closed before'))
        : exchange(agent, request, options),
    close: () => {
      agent.destroy()
      stream.destroy()
    },
  }
}

/** Keeps the stream it is given, whatever lies below it: of a socket it has only what every stream has. */
class OneConnection extends Agent {
  readonly #stream: Duplex

  constructor(stream: Duplex) {
    super({ keepAlive: true, maxSockets: 1 })
    this.#stream = stream
  }

  override createConnection(): Duplex {
    return this.#stream
  }

  override keepSocketAlive(): boolean {
    return true
  }

  override reuseSocket(): void {}
}

function exchange(
  agent: Agent,
  request: RequestPrimitive,
  options: HttpExchangeOptions,
): Promise<RequestOutcome> {
  const built = buildHttpRequest(request, { host: options.host })
  const { promise, resolve } = Promise.withResolvers<RequestOutcome>()
  const outgoing = sendHttp(
    {
      agent,
      method: built.method,
      path: built.target,
      setHost: false,
      headers: headersOf(built.headers, built.body.length),
    },
    (incoming) => {
      readAnswer(incoming, request.rqi).then(resolve)
    },
  )
  const bound = setTimeout(() => {
    resolve(noResponse(request.rqi, 'timeout', `no answer within ${options.timeoutMs} ms`))
    outgoing.destroy()
  }, options.timeoutMs)
  outgoing.on('error', (error) => {
    resolve(noResponse(request.rqi, causeOf(error), error.message))
  })
  outgoing.end(built.body)
  return promise.finally(() => clearTimeout(bound))
}

async function readAnswer(incoming: IncomingMessage, rqi: string): Promise<RequestOutcome> {
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of incoming) {
      const bytes = chunk as Buffer
      length += bytes.length
      if (length > maximumBodyBytes) {
        incoming.destroy()
        return noResponse(rqi, 'malformed', `the answer is longer than ${maximumBodyBytes} bytes`)
      }
      chunks.push(bytes)
    }
  } catch (error) {
    return noResponse(rqi, 'closed', `the answer broke off: ${messageOf(error)}`)
  }
  const parsed = parseHttpResponse({
    status: incoming.statusCode ?? 0,
    headers: pairsOf(incoming.rawHeaders),
    body: Buffer.concat(chunks),
  })
  if (!parsed.ok) return noResponse(rqi, 'malformed', parsed.error.message)
  return { outcome: 'response', rqi, response: parsed.value }
}

function headersOf(
  headers: readonly (readonly [string, string])[],
  bodyLength: number,
): Record<string, string> {
  const all = Object.fromEntries(headers)
  if (bodyLength > 0) all['Content-Length'] = String(bodyLength)
  return all
}

function pairsOf(raw: readonly string[]): [string, string][] {
  return Array.from({ length: raw.length / 2 }, (_, index) => [
    raw[2 * index] ?? '',
    raw[2 * index + 1] ?? '',
  ])
}

/** The parser's complaints mean that something came which is not HTTP; everything else is a lost connection. */
function causeOf(error: Error & { code?: string }): NoResponseCause {
  return error.code?.startsWith('HPE_') === true ? 'malformed' : 'closed'
}

function noResponse(rqi: string, cause: NoResponseCause, because: string): RequestOutcome {
  return { outcome: 'no-response', rqi, cause, because }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
