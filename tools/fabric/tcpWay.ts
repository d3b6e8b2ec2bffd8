import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import type { WireRecorder } from '../capture/recorder.ts'
import type { Impairment, WireWay } from './fabric.ts'
import { listenFailure } from './listenFailure.ts'
import { type Relay, relay } from './relay.ts'
import type { OpenWay } from './way.ts'
import { sourceAddress } from './way.ts'

export interface TcpWayOptions {
  readonly wire: string
  readonly way: WireWay
  readonly recorder: WireRecorder
  readonly impairment: () => Impairment
  /** False: connections are reset as they come (the wire is cut, or has as many as it may). */
  readonly accepts: () => boolean
  readonly onOpened: (from: string) => void
  readonly onClosed: (from: string) => void
  readonly onUnreachable: (because: string) => void
  readonly onBytes: (count: number) => void
}

/** Connections that are closing when the wire does may finish within this time; the rest is reset. */
const lastWordsMs = 100

/** Opens the listening side of one way of a TCP wire. @throws BenchError ADDRESS_IN_USE, CAPABILITY_MISSING */
export async function openTcpWay(options: TcpWayOptions): Promise<OpenWay> {
  const open = new Set<Relay>()
  let target = options.way.target
  let whenEmpty: (() => void) | undefined
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, accept)

  function accept(near: Socket): void {
    const { remoteAddress, remotePort } = near
    if (remoteAddress === undefined) {
      near.destroy()
      return
    }
    const from = `${remoteAddress}:${remotePort}`
    if (!options.accepts()) {
      near.on('error', () => {})
      near.resetAndDestroy()
      refuse(options, { address: remoteAddress, port: remotePort ?? 0 }, target)
      return
    }
    options.onOpened(from)
    const carried = relay(near, {
      target,
      connectFrom: options.way.connectFrom ?? sourceAddress(remoteAddress, target.address),
      recorder: options.recorder,
      impairment: options.impairment,
      onBytes: options.onBytes,
      onUnreachable: (because) =>
        options.onUnreachable(`${target.address}:${target.port} from ${from}: ${because}`),
      onClosed() {
        open.delete(carried)
        options.onClosed(from)
        if (open.size === 0) {
          whenEmpty?.()
        }
      },
    })
    open.add(carried)
  }

  function abortAll(): void {
    for (const carried of open) {
      carried.abort()
    }
  }

  await listen(server, options)
  const address = server.address()
  const port = address !== null && typeof address === 'object' ? address.port : 0
  return {
    listen: { address: options.way.listen.address, port },
    redirect(other) {
      target = other ?? options.way.target
    },
    abortAll,
    async close() {
      const closed = once(server, 'close')
      server.close()
      if (open.size > 0) {
        const { promise, resolve } = Promise.withResolvers<void>()
        whenEmpty = resolve
        const timer = setTimeout(abortAll, lastWordsMs)
        await promise
        clearTimeout(timer)
      }
      await closed
    },
  }
}

/** The attempt is evidence: it goes into the recording as a connection that was reset at once. */
function refuse(
  options: TcpWayOptions,
  client: { address: string; port: number },
  server: WireWay['target'],
): void {
  options.recorder.openTcp({ client, server }).reset('server')
  options.onUnreachable(`connection from ${client.address}:${client.port} refused`)
}

async function listen(server: Server, options: TcpWayOptions): Promise<void> {
  const { address, port } = options.way.listen
  server.listen({ host: address, port, backlog: 511 })
  try {
    await once(server, 'listening')
  } catch (cause) {
    throw listenFailure(options.wire, options.way.listen, cause)
  }
  server.on('error', (error) => options.onUnreachable(`accepting failed: ${error.message}`))
}
