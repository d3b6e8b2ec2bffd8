import { BenchError } from '../../protocol/errors.ts'

/** What travels between the bench and the fabric's agent, several conversations over one byte stream. */
export type MuxFrame =
  /** First of all, each way: says that this is such a stream. */
  | { readonly kind: 'hello' }
  /** UTF-8 JSON. */
  | { readonly kind: 'message'; readonly text: string }
  | { readonly kind: 'data'; readonly channel: number; readonly bytes: Buffer }
  /** The receiver takes so many bytes more. */
  | { readonly kind: 'credit'; readonly channel: number; readonly count: number }
  /** No more data follows on the channel. */
  | { readonly kind: 'end'; readonly channel: number }
  /** The channel broke off, both ways; `code` is an error code as sockets have it, or empty. */
  | { readonly kind: 'reset'; readonly channel: number; readonly code: string }

const types = { hello: 0x6f, message: 1, data: 2, credit: 3, end: 4, reset: 5 } as const

/** Length (4 bytes, of what follows it), type (1 byte), for all but hello and message channel (4 bytes), the rest. */
const lengthBytes = 4
const channelBytes = 4
export const longestMessage = 4 * 1024 * 1024
export const longestData = 64 * 1024
const longestCode = 64
const magic = 'onem2m-bench fabric stream, version 1\n'

/** Longest frame of each type, after its type byte. */
const longest: Readonly<Record<number, number>> = {
  [types.hello]: magic.length,
  [types.message]: longestMessage,
  [types.data]: channelBytes + longestData,
  [types.credit]: channelBytes + 4,
  [types.end]: channelBytes,
  [types.reset]: channelBytes + longestCode,
}

/** @throws BenchError INTERNAL when a message or a piece of data is longer than a frame may be */
export function encodeFrame(frame: MuxFrame): Buffer {
  switch (frame.kind) {
    case 'hello':
      return framed(types.hello, Buffer.from(magic, 'latin1'))
    case 'message':
      return framed(types.message, Buffer.from(frame.text))
    case 'data':
      return framed(types.data, onChannel(frame.channel, frame.bytes))
    case 'credit': {
      const count = Buffer.alloc(4)
      count.writeUInt32BE(frame.count)
      return framed(types.credit, onChannel(frame.channel, count))
    }
    case 'end':
      return framed(types.end, onChannel(frame.channel, Buffer.alloc(0)))
    case 'reset': {
      const code = Buffer.from(frame.code, 'latin1').subarray(0, longestCode)
      return framed(types.reset, onChannel(frame.channel, code))
    }
  }
}

function onChannel(channel: number, rest: Uint8Array): Buffer {
  const head = Buffer.alloc(channelBytes)
  head.writeUInt32BE(channel)
  return Buffer.concat([head, rest])
}

function framed(type: number, body: Buffer): Buffer {
  if (body.length > (longest[type] ?? 0)) {
    throw new BenchError('INTERNAL', `a frame of ${body.length} bytes is too long for type ${type}`)
  }
  const head = Buffer.alloc(lengthBytes + 1)
  head.writeUInt32BE(body.length + 1)
  head[lengthBytes] = type
  return Buffer.concat([head, body])
}

/** Takes bytes as they come and gives the frames that are complete. Keeps at most one frame of the longest kind. */
export interface FrameDecoder {
  /** @throws BenchError FABRIC_LOST when this is not such a stream; it takes nothing more then */
  push(bytes: Buffer): readonly MuxFrame[]
}

export function makeFrameDecoder(): FrameDecoder {
  let pieces: Buffer[] = []
  let held = 0
  let greeted = false

  /** The first `count` bytes of what is held, without taking them. */
  function peek(count: number): Buffer | undefined {
    if (held < count) return undefined
    const [first] = pieces
    if (first === undefined || first.length < count) pieces = [Buffer.concat(pieces)]
    return pieces[0]
  }

  function next(): MuxFrame | undefined {
    const head = peek(lengthBytes + 1)
    if (head === undefined) return undefined
    const type = head[lengthBytes] ?? 0
    const length = head.readUInt32BE() - 1
    // Judged by its head alone, so that a foreign stream ends at its first bytes.
    if (!greeted && (type !== types.hello || length !== magic.length)) throw foreign('no greeting')
    const most = longest[type]
    if (most === undefined) throw foreign(`a frame of type ${type}`)
    if (length < 0 || length > most) throw foreign(`a frame of ${length} bytes of type ${type}`)
    const whole = peek(lengthBytes + 1 + length)
    if (whole === undefined) return undefined
    const size = lengthBytes + 1 + length
    pieces = whole.length === size ? [] : [whole.subarray(size)]
    held -= size
    const frame = readFrame(type, whole.subarray(lengthBytes + 1, size))
    if (greeted && frame.kind === 'hello') throw foreign('a second greeting')
    greeted = true
    return frame
  }

  return {
    push(bytes) {
      pieces.push(bytes)
      held += bytes.length
      const frames: MuxFrame[] = []
      for (let frame = next(); frame !== undefined; frame = next()) frames.push(frame)
      return frames
    },
  }
}

function readFrame(type: number, body: Buffer): MuxFrame {
  if (type === types.hello) {
    if (body.toString('latin1') !== magic) throw foreign('another greeting')
    return { kind: 'hello' }
  }
  if (type === types.message) return { kind: 'message', text: body.toString() }
  if (body.length < channelBytes) throw foreign('a frame without its channel')
  const channel = body.readUInt32BE()
  const rest = body.subarray(channelBytes)
  if (type === types.data) return { kind: 'data', channel, bytes: rest }
  if (type === types.reset) return { kind: 'reset', channel, code: rest.toString('latin1') }
  if (type === types.end) return { kind: 'end', channel }
  if (rest.length !== 4) throw foreign('a credit of the wrong length')
  return { kind: 'credit', channel, count: rest.readUInt32BE() }
}

/** Nothing that comes after is to be believed. */
export function foreign(what: string): BenchError {
  return new BenchError(
    'FABRIC_LOST',
    `the stream of the fabric's agent is not what it should be: ${what}`,
    {
      remedy: 'look for what else writes to standard output where the agent runs',
    },
  )
}
