import { connect, type Socket } from 'node:net'
import type { TcpRecorder, WireRecorder } from '../capture/recorder.ts'
import type { Impairment, WireWay } from './fabric.ts'
import { makeLane } from './lane.ts'

/** A direction whose far end takes nothing is read no further than this. */
const mostWaiting = 1024 * 1024
/** With a limit in force, data leaves in pieces that take this share of a second. */
const piecesPerSecond = 20
const connectWithinMs = 5000

type Side = 'client' | 'server'
const sides: readonly Side[] = ['client', 'server']

export interface RelayOptions {
  readonly target: WireWay['target']
  /** Local address to connect from; absent = the system's choice. */
  readonly connectFrom: string | undefined
  readonly recorder: WireRecorder
  readonly impairment: () => Impairment
  readonly onBytes: (count: number) => void
  /** The target did not accept. */
  readonly onUnreachable: (because: string) => void
  /** Both sockets are closed. */
  readonly onClosed: () => void
}

/** One TCP connection through a wire. */
export interface Relay {
  /** Ends both halves abruptly. */
  abort(): void
}

/**
 * Carries one accepted connection to the target: bytes unchanged, each recorded when it is handed to the far socket, with
 * back-pressure and half-close. `near` must be paused and allow half-open.
 */
export function relay(near: Socket, options: RelayOptions): Relay {
  const far = connectTo(options.target, options.connectFrom)
  const recording = options.recorder.openTcp({
    client: { address: near.remoteAddress ?? '0.0.0.0', port: near.remotePort ?? 0 },
    server: options.target,
  })
  const sockets = { client: near, server: far }
  const directions = {
    client: direction('client', { source: near, sink: far, recording, options }),
    server: direction('server', { source: far, sink: near, recording, options }),
  }
  let connected = false
  let over = false
  let closed = 0

  /** `by` broke it off: the other end is told with a reset, as it would be without a wire. */
  function abort(by: Side): void {
    if (over) {
      return
    }
    over = true
    clearTimeout(connecting)
    recording.reset(by)
    directions.client.stop()
    directions.server.stop()
    near.resetAndDestroy()
    // A reset of a socket that still connects would wait for the connection.
    connected ? far.resetAndDestroy() : far.destroy()
  }

  const connecting = setTimeout(() => {
    far.destroy(new Error(`no answer within ${connectWithinMs} ms`))
  }, connectWithinMs)
  far.once('connect', () => {
    connected = true
    clearTimeout(connecting)
    directions.client.start()
    directions.server.start()
  })
  for (const side of sides) {
    const socket = sockets[side]
    socket.on('error', (error) => {
      if (side === 'server' && !connected && !over) {
        options.onUnreachable(error.message)
      }
      abort(side)
    })
    socket.once('close', () => {
      // Closed after its FIN: what it said may still be on its way. Closed without: broken off.
      if (!socket.readableEnded) {
        abort(side)
      }
      closed += 1
      if (closed === sides.length) {
        over = true
        options.onClosed()
      }
    })
  }
  return { abort: () => abort('server') }
}

function connectTo(target: WireWay['target'], from: string | undefined): Socket {
  return connect({
    host: target.address,
    port: target.port,
    allowHalfOpen: true,
    noDelay: true,
    ...(from === undefined ? {} : { localAddress: from }),
  })
}

interface DirectionEnds {
  readonly source: Socket
  readonly sink: Socket
  readonly recording: TcpRecorder
  readonly options: RelayOptions
}

/** One half of a connection: reads from the source as long as the sink takes it. */
function direction(from: Side, ends: DirectionEnds): { start(): void; stop(): void } {
  const { source, sink, recording, options } = ends
  const lane = makeLane<Buffer | 'end'>({
    impairment: options.impairment,
    deliver(item) {
      if (item === 'end') {
        recording.end(from)
        sink.end()
        return
      }
      recording.data(from, item)
      options.onBytes(item.length)
      sink.write(item)
      regulate()
    },
  })

  function regulate(): void {
    if (sink.writableNeedDrain || lane.waiting > mostWaiting) {
      source.pause()
    } else if (source.isPaused()) {
      source.resume()
    }
  }

  return {
    start() {
      source.on('data', (bytes: Buffer) => {
        for (const piece of pieces(bytes, options.impairment().limitBytesPerS)) {
          lane.push(piece, piece.length)
        }
        regulate()
      })
      source.once('end', () => lane.push('end', 0))
      sink.on('drain', regulate)
      source.resume()
    },
    stop: () => lane.stop(),
  }
}

function pieces(bytes: Buffer, limitBytesPerS: number | undefined): Buffer[] {
  if (limitBytesPerS === undefined) {
    return [bytes]
  }
  const size = Math.max(1, Math.floor(limitBytesPerS / piecesPerSecond))
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  )
}
