import { HTTPParser } from 'http-parser-js'

/** One HTTP/1.1 message, framing taken off. */
export interface HttpMessage {
  /** Of a request. */
  readonly method: string
  readonly target: string
  /** Of a response; 0 for a request. */
  readonly status: number
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** Own copy, transfer encoding taken off. */
  readonly body: Buffer
}

export interface HttpMessageSink {
  message(message: HttpMessage): void
  /** Whether the response now starting has no body although its headers say so (RFC 9110 9.3.2). */
  answersHead(): boolean
}

export const messageLimits = { headerBytes: 80 * 1024, bodyBytes: 8 * 1024 * 1024 } as const

/** Pieces the library is fed in: it counts header bytes by the piece. */
const pieceLength = 4 * 1024

/** The part of the library's parser that is used, some of which its types leave out. */
interface LibraryParser {
  maxHeaderSize: number
  readonly state: string
  /** A line read in part. */
  readonly line: string
  /** Left of the body or chunk; NaN or negative after a size that is none. */
  readonly body_bytes: number | null
  BODY_CHUNKHEAD(): void
  execute(chunk: Buffer): number | Error
  finish(): Error | undefined
  [HTTPParser.kOnHeadersComplete]: (info: HeaderInfo) => number
  [HTTPParser.kOnBody]: (chunk: Buffer, offset: number, length: number) => void
  [HTTPParser.kOnMessageComplete]: () => void
}

/** Method and target of a request, or the status of a response. */
interface HeaderInfo {
  readonly headers: readonly string[]
  readonly method?: number
  readonly url?: string
  readonly statusCode?: number
}

// The library decodes header lines with this; as Latin-1 no octet is lost.
HTTPParser.encoding = 'latin1'

/**
 * HTTP/1.1 messages of one direction of a connection. The library parses; this refuses what the library would take
 * loosely (lengths that are no numbers), bounds what is kept, and never throws: `push` returns why the stream is no
 * HTTP, after which the rest is ignored.
 */
export class BoundedHttpParser {
  readonly #parser: LibraryParser
  readonly #sink: HttpMessageSink
  #method = ''
  #target = ''
  #status = 0
  #headers: readonly (readonly [string, string])[] = []
  #body: Buffer[] = []
  #bodyBytes = 0
  #failure: string | undefined

  constructor(kind: 'request' | 'response', sink: HttpMessageSink) {
    this.#sink = sink
    const type = kind === 'request' ? HTTPParser.REQUEST : HTTPParser.RESPONSE
    const parser: unknown = new HTTPParser(type)
    this.#parser = parser as LibraryParser
    this.#parser.maxHeaderSize = messageLimits.headerBytes
    refuseBadChunkSizes(this.#parser)
    this.#parser[HTTPParser.kOnHeadersComplete] = (info) => this.#headersComplete(info)
    this.#parser[HTTPParser.kOnBody] = (chunk, offset, length) =>
      this.#bodyPiece(chunk, offset, length)
    this.#parser[HTTPParser.kOnMessageComplete] = () => this.#messageComplete()
  }

  get failure(): string | undefined {
    return this.#failure
  }

  /** Between two messages: no byte of the next one was seen. */
  get idle(): boolean {
    return /_LINE$/.test(this.#parser.state) && this.#parser.line === ''
  }

  /** Request or status line of the message under way, as far as it is known. */
  get begun(): string {
    return this.#status > 0 ? `${this.#status}` : `${this.#method} ${this.#target}`.trim()
  }

  /** Returns why the bytes are no HTTP, the first time they are not. */
  push(bytes: Buffer): string | undefined {
    if (this.#failure !== undefined) return undefined
    for (let at = 0; at < bytes.length; at += pieceLength) {
      this.#failure = this.#execute(bytes.subarray(at, at + pieceLength))
      if (this.#failure !== undefined) return this.#failure
    }
    return undefined
  }

  /** The sender closed its direction. Returns why what was begun is no whole message. */
  end(): string | undefined {
    if (this.#failure !== undefined || this.idle) return undefined
    // The library allows an end within the first line.
    const whole = !/_LINE$/.test(this.#parser.state)
    const error = whole ? this.#guarded(() => this.#parser.finish()) : 'first line'
    this.#failure = error === undefined ? undefined : 'it ends within a message'
    return this.#failure
  }

  #execute(piece: Buffer): string | undefined {
    const framing = this.#framingProblem(piece)
    if (framing !== undefined) return framing
    const result = this.#guarded(() => this.#parser.execute(piece))
    if (result instanceof Error) return result.message
    return typeof result === 'number' && result < piece.length
      ? 'bytes after a message that switches protocols'
      : undefined
  }

  /** The library takes chunk lines of any length. */
  #framingProblem(piece: Buffer): string | undefined {
    const { state, line } = this.#parser
    if (!/^BODY_CHUNK(HEAD|TRAILERS|EMPTYLINE)$/.test(state)) return undefined
    return line.length + piece.length > messageLimits.headerBytes
      ? 'a chunk line too long'
      : undefined
  }

  #guarded(call: () => unknown): unknown {
    try {
      return call()
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error))
    }
  }

  #headersComplete(info: HeaderInfo): number {
    this.#headers = pairs(info.headers)
    this.#method = HTTPParser.methods[info.method ?? -1] ?? ''
    this.#target = info.url ?? ''
    this.#status = info.statusCode ?? 0
    for (const [name, value] of this.#headers) checkFraming(name.toLowerCase(), value)
    return this.#status > 0 && this.#sink.answersHead() ? 1 : 0
  }

  #bodyPiece(chunk: Buffer, offset: number, length: number): void {
    if (!(length >= 0)) throw new Error('a chunk size that is no number')
    this.#bodyBytes += length
    if (this.#bodyBytes > messageLimits.bodyBytes) throw new Error('a body larger than is kept')
    this.#body.push(Buffer.from(chunk.subarray(offset, offset + length)))
  }

  #messageComplete(): void {
    const message: HttpMessage = {
      method: this.#method,
      target: this.#target,
      status: this.#status,
      headers: this.#headers,
      body: Buffer.concat(this.#body),
    }
    this.#method = ''
    this.#target = ''
    this.#status = 0
    this.#headers = []
    this.#body = []
    this.#bodyBytes = 0
    this.#sink.message(message)
  }
}

/** The library takes a chunk size that is no number for the end of the body. */
function refuseBadChunkSizes(parser: LibraryParser): void {
  const readChunkHead = parser.BODY_CHUNKHEAD
  parser.BODY_CHUNKHEAD = () => {
    readChunkHead.call(parser)
    const size = parser.body_bytes
    if (size !== null && !(size >= 0)) throw new Error('a chunk size that is no number')
  }
}

function pairs(flat: readonly string[]): (readonly [string, string])[] {
  return Array.from(
    { length: flat.length >> 1 },
    (_, index) => [flat[2 * index] ?? '', flat[2 * index + 1] ?? ''] as const,
  )
}

function checkFraming(name: string, value: string): void {
  if (name === 'content-length' && !/^\d{1,15}$/.test(value))
    throw new Error('a content length that is no number')
  if (name === 'transfer-encoding' && value.trim().toLowerCase() !== 'chunked')
    throw new Error('a transfer encoding that is not known')
}
