import type { Readable, Writable } from 'node:stream'
import { BenchError, type ErrorCode, errorCodes } from '../../protocol/errors.ts'
import { parseJson } from '../../protocol/json.ts'
import { MuxChannel } from './muxChannel.ts'
import { encodeFrame, foreign, type MuxFrame, makeFrameDecoder } from './muxFrames.ts'

/** JSON messages and byte channels over one byte stream, in the order in which they were sent. */
export interface Mux {
  /** Asks the other side. Rejects with its error, TIMED_OUT, or FABRIC_LOST when the stream is gone. */
  request(body: object, bound: { readonly timeoutMs: number }): Promise<unknown>
  /** Tells the other side; nobody answers. */
  tell(body: object): void
  /** A channel of this side's numbering: its number is to be told to the other side before anything is written. */
  open(options?: ChannelChoice): MuxChannel
  /** The end here of a channel that the other side opened; called before anything else from there is looked at. */
  accept(number: number, options?: ChannelChoice): MuxChannel
  /** Resolves when the stream is gone: with the reason, or with nothing when it ended in order. */
  readonly ended: Promise<BenchError | undefined>
  /** Ends the stream in order; what is still under way is lost. */
  close(): void
}

export interface ChannelChoice {
  /** Default false: when the other side ends its half, this one ends as well. */
  readonly allowHalfOpen?: boolean
}

export interface MuxOptions {
  readonly input: Readable
  readonly output: Writable
  /** Each side numbers its own channels, so that they never clash. */
  readonly side: 'bench' | 'agent'
  /** What it returns, or resolves with, is the answer; what it throws, the other side's error. */
  readonly onRequest: (body: unknown) => unknown
  /** What it throws ends the stream. */
  readonly onTold: (body: unknown) => void
}

const mostChannels = 4096

interface Pending {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

export function openMux(options: MuxOptions): Mux {
  return new MuxEnd(options)
}

class MuxEnd implements Mux {
  readonly ended: Promise<BenchError | undefined>
  readonly #options: MuxOptions
  readonly #end: (reason: BenchError | undefined) => void
  readonly #channels = new Map<number, MuxChannel>()
  readonly #pending = new Map<number, Pending>()
  /** Channels that this side opens have odd numbers on the bench's side, even ones on the agent's. */
  readonly #ownParity: 0 | 1
  #highestOwn: number
  #highestOther = 0
  #requests = 0
  #isOver = false

  constructor(options: MuxOptions) {
    this.#options = options
    this.#ownParity = options.side === 'bench' ? 1 : 0
    this.#highestOwn = options.side === 'bench' ? -1 : 0
    const { promise, resolve } = Promise.withResolvers<BenchError | undefined>()
    this.ended = promise
    this.#end = resolve
    this.#listen()
    this.#send({ kind: 'hello' })
  }

  async request(body: object, { timeoutMs }: { readonly timeoutMs: number }): Promise<unknown> {
    if (this.#isOver) throw lost('it is gone already')
    this.#requests += 1
    const number = this.#requests
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    this.#pending.set(number, { resolve, reject })
    const timer = setTimeout(() => {
      this.#pending.delete(number)
      reject(new BenchError('TIMED_OUT', `no answer of the fabric's agent within ${timeoutMs} ms`))
    }, timeoutMs)
    this.#say({ request: number, body })
    return await promise.finally(() => clearTimeout(timer))
  }

  tell(body: object): void {
    this.#say({ body })
  }

  open(options: ChannelChoice = {}): MuxChannel {
    this.#highestOwn += 2
    return this.#add(this.#highestOwn, options)
  }

  accept(number: number, options: ChannelChoice = {}): MuxChannel {
    const isOthers = Number.isSafeInteger(number) && number % 2 !== this.#ownParity
    if (!isOthers || number <= this.#highestOther) throw foreign(`channel ${number} opened again`)
    this.#highestOther = number
    return this.#add(number, options)
  }

  close(): void {
    this.#finish(undefined)
  }

  #listen(): void {
    const { input, output } = this.#options
    const decoder = makeFrameDecoder()
    input.on('data', (bytes: Buffer) => {
      try {
        for (const frame of decoder.push(bytes)) {
          if (!this.#isOver) this.#take(frame)
        }
      } catch (error) {
        this.#finish(error instanceof BenchError ? error : lost(String(error)))
      }
    })
    input.once('end', () => this.#finish(undefined))
    input.once('close', () => this.#finish(undefined))
    input.once('error', (error) => this.#finish(lost(error.message)))
    output.on('error', (error) => this.#finish(lost(error.message)))
  }

  #send(frame: MuxFrame): void {
    // Not held back by the stream below: credit bounds the data, and messages are few and small.
    if (!this.#isOver) this.#options.output.write(encodeFrame(frame))
  }

  #say(message: object): void {
    this.#send({ kind: 'message', text: JSON.stringify(message) })
  }

  #finish(reason: BenchError | undefined): void {
    if (this.#isOver) return
    this.#isOver = true
    const error = reason ?? lost('it ended')
    for (const { reject } of this.#pending.values()) reject(error)
    this.#pending.clear()
    for (const channel of [...this.#channels.values()]) channel.lose(error)
    this.#options.output.end()
    this.#options.input.destroy()
    this.#end(reason)
  }

  #add(number: number, { allowHalfOpen = false }: ChannelChoice): MuxChannel {
    if (this.#channels.size >= mostChannels) {
      throw new BenchError('INTERNAL', `more than ${mostChannels} connections of the tester`)
    }
    const channel = new MuxChannel({
      number,
      allowHalfOpen,
      send: (frame) => this.#send(frame),
      onClosed: () => void this.#channels.delete(number),
    })
    this.#channels.set(number, channel)
    return channel
  }

  #take(frame: MuxFrame): void {
    if (frame.kind === 'hello') return
    if (frame.kind === 'message') {
      this.#takeMessage(frame.text)
      return
    }
    const { channel } = frame
    const highest = channel % 2 === this.#ownParity ? this.#highestOwn : this.#highestOther
    if (channel > highest) throw foreign(`channel ${channel} was never opened`)
    // For one that is closed here already, the other side does not know yet.
    this.#channels.get(channel)?.takeFrame(frame)
  }

  #takeMessage(text: string): void {
    const parsed = parseJson(text)
    if (!parsed.ok || !isRecord(parsed.value)) throw foreign('a message that is no JSON object')
    const { request, reply, body, error } = parsed.value as Record<string, unknown>
    if (typeof request === 'number') void this.#answer(request, body)
    else if (typeof reply === 'number') this.#settle(reply, { body, error })
    else this.#options.onTold(body)
  }

  #settle(reply: number, { body, error }: { readonly body: unknown; readonly error: unknown }) {
    const asked = this.#pending.get(reply)
    this.#pending.delete(reply)
    if (error === undefined) asked?.resolve(body)
    else asked?.reject(readError(error))
  }

  async #answer(request: number, body: unknown): Promise<void> {
    try {
      const value = await this.#options.onRequest(body)
      this.#say({ reply: request, body: value ?? null })
    } catch (error) {
      this.#say({ reply: request, error: writeError(error) })
    }
  }
}

function lost(because: string): BenchError {
  return new BenchError('FABRIC_LOST', `the stream of the fabric's agent is gone: ${because}`, {
    remedy: 'the agent was ended, or the machine it runs on; run again',
  })
}

/** An error as it travels: what tells one from the other, and what is for people. */
function writeError(error: unknown): object {
  const { message, code, remedy } = error instanceof Error ? withMembers(error) : withMembers({})
  return { message: message ?? String(error), code, remedy }
}

function readError(value: unknown): Error {
  const { message, code, remedy } = withMembers(value)
  if (isErrorCode(code)) {
    return new BenchError(code, message ?? '', remedy === undefined ? {} : { remedy })
  }
  return Object.assign(new Error(message), code === undefined ? {} : { code })
}

interface ErrorMembers {
  readonly message: string | undefined
  readonly code: string | undefined
  readonly remedy: string | undefined
}

function withMembers(value: unknown): ErrorMembers {
  const of = (name: string) => {
    const member: unknown = isRecord(value) || value instanceof Error ? Reflect.get(value, name) : 0
    return typeof member === 'string' ? member : undefined
  }
  return { message: of('message'), code: of('code'), remedy: of('remedy') }
}

function isErrorCode(code: string | undefined): code is ErrorCode {
  return code !== undefined && Object.hasOwn(errorCodes, code)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
