import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { BenchError } from '../../../protocol/errors.ts'
import type { Mux } from '../mux.ts'
import type { MuxChannel } from '../muxChannel.ts'
import type { AgentRequests, TellBench } from './messages.ts'

/** Sockets that the tester has where the agent runs, each joined to a channel. */
export interface TesterSockets {
  dial(ask: AgentRequests['dial']['ask']): Promise<AgentRequests['dial']['answer']>
  listen(ask: AgentRequests['listen']['ask']): Promise<AgentRequests['listen']['answer']>
  closeListener(listener: number): void
  /** Ends everything at once. */
  close(): void
}

export function testerSockets(mux: Mux): TesterSockets {
  const sockets = new Set<Socket>()
  const servers = new Map<number, Server>()

  function add(socket: Socket): Socket {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    return socket
  }

  return {
    async dial({ channel: number, to, from }) {
      const channel = mux.accept(number, { allowHalfOpen: true })
      const socket = connect({
        host: to.address,
        port: to.port,
        allowHalfOpen: true,
        noDelay: true,
        ...(from === undefined ? {} : { localAddress: from }),
      })
      join(add(socket), channel)
      await once(socket, 'connect')
      return { localPort: socket.localPort ?? 0 }
    },
    async listen({ listener, address }) {
      const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
        const channel = mux.open({ allowHalfOpen: true })
        const from = { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 }
        const told: TellBench = { tell: 'connection', listener, channel: channel.number, from }
        mux.tell(told)
        join(add(socket), channel)
      })
      server.listen({ host: address, port: 0 })
      await once(server, 'listening')
      servers.set(listener, server)
      const bound = server.address()
      if (bound === null || typeof bound !== 'object') {
        throw new BenchError('INTERNAL', `no port at ${address}`)
      }
      return { port: bound.port }
    },
    closeListener(listener) {
      servers.get(listener)?.close()
      servers.delete(listener)
    },
    close() {
      for (const server of servers.values()) server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** What happens to one happens to the other: data, the end of a half, and breaking off. */
function join(socket: Socket, channel: MuxChannel): void {
  socket.on('error', (error) => channel.destroy(error))
  channel.on('error', () => socket.destroy())
  channel.once('close', () => {
    // Also where it was closed without an error; after an orderly end both are closed already.
    if (!channel.readableEnded || !channel.writableFinished) socket.destroy()
  })
  socket.once('close', () => {
    if (!socket.readableEnded) channel.destroy()
  })
  socket.pipe(channel)
  channel.pipe(socket)
}
