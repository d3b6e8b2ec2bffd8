import { parseHttpRequest } from '../../../protocol/http/request.ts'
import { parseHttpResponse } from '../../../protocol/http/response.ts'
import { framesOf, type Seen } from '../seen.ts'
import type { Connection, EndPoint, Side, TracedPrimitive } from '../trace.ts'
import { BoundedHttpParser, type HttpMessage } from './boundedParser.ts'

/** A primitive as it is put together; what is settled only at the end of the connection is filled in then. */
export type DraftPrimitive = { -readonly [K in keyof TracedPrimitive]: TracedPrimitive[K] }

export interface ExchangeSink {
  primitive(primitive: DraftPrimitive, answers?: DraftPrimitive): void
  /** Every message, for whoever looks into its content. */
  message(from: Side, message: HttpMessage, seen: readonly Seen[]): void
}

/** HTTP over one connection and one layer of it (inside or outside the association): messages into primitives. */
export class HttpExchange {
  readonly #connection: Connection
  readonly #sink: ExchangeSink
  readonly #directions: Record<Side, Direction>
  /** Requests without a final answer yet, oldest first. */
  readonly #open: { readonly head: boolean; readonly primitive: DraftPrimitive }[] = []
  #ordered = true

  constructor(connection: Connection, sink: ExchangeSink) {
    this.#connection = connection
    this.#sink = sink
    this.#directions = { client: this.#direction('client'), server: this.#direction('server') }
  }

  data(from: Side, bytes: Buffer, seen: readonly Seen[]): void {
    const direction = this.#directions[from]
    direction.seen.push(...seen)
    direction.completed = false
    const failure = direction.parser.push(bytes)
    if (failure !== undefined) this.#malformed(from, failure, bytes)
    if (direction.parser.idle || direction.parser.failure !== undefined) direction.seen.length = 0
    // The piece that ended a message can begin the next one.
    else if (direction.completed) direction.seen.splice(0, direction.seen.length, ...seen)
  }

  /** Octets of one side are missing: from here on requests and answers cannot be told to belong together. */
  gap(): void {
    this.#ordered = false
    this.#open.length = 0
  }

  end(): void {
    for (const from of ['client', 'server'] as const) {
      const failure = this.#directions[from].parser.end()
      if (failure !== undefined) this.#malformed(from, failure, Buffer.alloc(0))
    }
  }

  #direction(from: Side): Direction {
    const parser = new BoundedHttpParser(from === 'client' ? 'request' : 'response', {
      message: (message) => this.#message(from, message),
      answersHead: () => this.#open[0]?.head ?? false,
    })
    return { parser, seen: [], completed: false }
  }

  #message(from: Side, message: HttpMessage): void {
    const direction = this.#directions[from]
    const seen = [...direction.seen]
    direction.completed = true
    // What follows in the same piece belongs to the next message.
    direction.seen.splice(0, Math.max(0, direction.seen.length - 1))
    this.#sink.message(from, message, seen)
    if (from === 'client') this.#request(message, seen)
    else if (message.status >= 200) this.#response(message, seen)
  }

  #request(message: HttpMessage, seen: readonly Seen[]): void {
    const parsed = parseHttpRequest(message)
    const primitive = this.#primitive('client', message.body, seen, {
      bindingSummary: `${message.method} ${message.target}`,
      ...(parsed.ok ? { request: parsed.value } : { malformed: parsed.error.message }),
    })
    if (this.#ordered && this.#open.length < mostOpen)
      this.#open.push({ head: message.method === 'HEAD', primitive })
    this.#sink.primitive(primitive)
  }

  #response(message: HttpMessage, seen: readonly Seen[]): void {
    const asked = this.#open.shift()?.primitive
    const rqi = asked?.request?.rqi
    const parsed = parseHttpResponse(message, rqi === undefined ? {} : { rqi })
    const primitive = this.#primitive('server', message.body, seen, {
      bindingSummary: `${message.status}`,
      ...(parsed.ok ? { response: parsed.value } : { malformed: parsed.error.message }),
    })
    this.#sink.primitive(primitive, asked)
  }

  #malformed(from: Side, because: string, bytes: Buffer): void {
    const { parser, seen } = this.#directions[from]
    const begun = parser.begun
    const shown = begun === '' ? printable(bytes) : begun
    const primitive = this.#primitive(from, Buffer.from(bytes), seen, {
      bindingSummary: shown,
      malformed: `not HTTP: ${because}`,
    })
    this.gap()
    this.#sink.primitive(primitive)
  }

  #primitive(
    from: Side,
    body: Uint8Array,
    seen: readonly Seen[],
    content: Pick<DraftPrimitive, 'bindingSummary' | 'request' | 'response' | 'malformed'>,
  ): DraftPrimitive {
    const { client, server } = this.#connection
    const [sender, receiver] = from === 'client' ? [client, server] : [server, client]
    return {
      kind: from === 'client' ? 'request' : 'response',
      wire: this.#connection.wire,
      connection: this.#connection,
      from: nodeName(sender),
      to: nodeName(receiver),
      atMs: seen[seen.length - 1]?.atMs ?? this.#connection.openedAtMs,
      frames: framesOf(seen),
      protected: false,
      // An own copy: a view would keep the pool it lies in.
      body: body.length === 0 ? noBody : new Uint8Array(body),
      ...content,
    }
  }
}

interface Direction {
  readonly parser: BoundedHttpParser
  /** Frames since the last message ended. */
  readonly seen: Seen[]
  /** A message ended in the piece under way. */
  completed: boolean
}

const noBody = new Uint8Array()

/** Requests kept that wait for their answer; more is somebody's flood. */
const mostOpen = 10_000

export function nodeName(end: EndPoint): string {
  return end.node ?? end.address
}

function printable(bytes: Buffer): string {
  return bytes
    .subarray(0, 40)
    .toString('latin1')
    .replace(/[^\x20-\x7e]/g, '.')
}
