import { Duplex } from 'node:stream'
import { foreign, longestData, type MuxFrame } from './muxFrames.ts'

/** Bytes that may be on their way without having been taken, each way. */
export const channelWindow = 256 * 1024

export interface ChannelOptions {
  readonly number: number
  readonly send: (frame: MuxFrame) => void
  /** Nothing more is sent or taken. */
  readonly onClosed: () => void
  /** False: when the other side ends its half, this one ends as well. */
  readonly allowHalfOpen: boolean
}

type ChannelFrame = Extract<MuxFrame, { channel: number }>

/**
 * One channel as a stream. What the other side sends is handed on as fast as it is read here; for what was handed on, credit
 * goes back. So no more than a window waits here, however slow the reader is.
 */
export class MuxChannel extends Duplex {
  readonly number: number
  readonly #options: ChannelOptions
  readonly #arrived: Buffer[] = []
  #endArrived = false
  #isWanted = false
  #mayArrive = channelWindow
  #maySend = channelWindow
  #writing: { readonly bytes: Buffer; readonly done: (error?: Error | null) => void } | undefined
  #endSent = false
  #isLost = false

  constructor(options: ChannelOptions) {
    super({ allowHalfOpen: options.allowHalfOpen })
    this.number = options.number
    this.#options = options
    // It may break off before anybody has it; nobody needs to listen who does not read or write.
    this.on('error', () => {})
  }

  /** A frame for this channel. @throws BenchError FABRIC_LOST when the other side does not keep the rules */
  takeFrame(frame: ChannelFrame): void {
    if (frame.kind === 'data') this.#takeData(frame.bytes)
    else if (frame.kind === 'credit') this.#takeCredit(frame.count)
    else if (frame.kind === 'end') this.#takeEnd()
    else this.#breakOff(frame.code)
  }

  /** The stream below is gone. */
  lose(error: Error): void {
    this.#isLost = true
    this.destroy(error)
  }

  override _read(): void {
    this.#isWanted = true
    this.#handOn()
  }

  override _write(bytes: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.#writing = { bytes, done }
    this.#sendOn()
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#endSent = true
    this.#options.send({ kind: 'end', channel: this.number })
    done()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    const refuse = this.#writing?.done
    this.#writing = undefined
    refuse?.(error ?? new Error('the channel was closed'))
    if (!this.#isLost && !(this.#endSent && this.#endArrived)) {
      this.#options.send({ kind: 'reset', channel: this.number, code: codeOf(error) })
    }
    this.#options.onClosed()
    done(error)
  }

  #takeData(bytes: Buffer): void {
    if (this.#endArrived) throw foreign(`data after the end of channel ${this.number}`)
    if (bytes.length > this.#mayArrive) throw foreign(`too much data on channel ${this.number}`)
    this.#mayArrive -= bytes.length
    this.#arrived.push(bytes)
    this.#handOn()
  }

  #takeEnd(): void {
    if (this.#endArrived) throw foreign(`a second end of channel ${this.number}`)
    this.#endArrived = true
    this.#handOn()
  }

  #takeCredit(count: number): void {
    if (this.#maySend + count > channelWindow) {
      throw foreign(`too much credit for channel ${this.number}`)
    }
    this.#maySend += count
    this.#sendOn()
  }

  /** Gives the reader what it wants, and the other side credit for it. */
  #handOn(): void {
    let given = 0
    while (this.#isWanted) {
      const bytes = this.#arrived.shift()
      if (bytes === undefined) break
      given += bytes.length
      this.#isWanted = this.push(bytes)
    }
    if (given > 0 && !this.#endArrived && !this.destroyed) {
      this.#mayArrive += given
      this.#options.send({ kind: 'credit', channel: this.number, count: given })
    }
    if (this.#endArrived && this.#arrived.length === 0) this.push(null)
  }

  #sendOn(): void {
    while (this.#writing !== undefined && this.#maySend > 0) {
      const { bytes, done } = this.#writing
      const size = Math.min(bytes.length, this.#maySend, longestData)
      const isAll = size === bytes.length
      // First, since what is sent may be answered before `send` returns.
      this.#maySend -= size
      this.#writing = isAll ? undefined : { bytes: bytes.subarray(size), done }
      this.#options.send({ kind: 'data', channel: this.number, bytes: bytes.subarray(0, size) })
      if (isAll) done()
    }
  }

  #breakOff(code: string): void {
    this.#isLost = true
    const error = code === '' ? undefined : Object.assign(new Error(`read ${code}`), { code })
    // What came before it is read first, as on a socket.
    if (this.#arrived.length === 0 && this.readableLength === 0) this.destroy(error)
    else setImmediate(() => this.destroy(error))
  }
}

function codeOf(error: Error | null): string {
  return error !== null && 'code' in error && typeof error.code === 'string' ? error.code : ''
}
