/** Small servers and clients on loopback for tests of wires; `closeAll` ends everything that was opened here. */
import { once } from 'node:events'
import { connect, createServer, type NetConnectOpts, type Server, type Socket } from 'node:net'

export interface Loopback {
  /** A server that gives each connection to `serve`; resolves with its port. */
  serve(address: string, serve: (socket: Socket) => void): Promise<number>
  /** Resolves when connected. */
  connect(options: NetConnectOpts): Promise<Socket>
  closeAll(): Promise<void>
}

export function loopback(): Loopback {
  const servers: Server[] = []
  const sockets = new Set<Socket>()
  const keep = (socket: Socket) => {
    sockets.add(socket)
    // A reset is what many tests are about; each looks at what it leads to.
    socket.on('error', () => {})
    return socket
  }
  return {
    async serve(address, serve) {
      const server = createServer({ allowHalfOpen: true }, (socket) => serve(keep(socket)))
      servers.push(server)
      server.listen(0, address)
      await once(server, 'listening')
      const bound = server.address()
      return bound !== null && typeof bound === 'object' ? bound.port : 0
    },
    async connect(options) {
      const socket = keep(connect({ allowHalfOpen: true, ...options }))
      await once(socket, 'connect')
      return socket
    },
    async closeAll() {
      for (const socket of sockets) {
        socket.destroy()
      }
      await Promise.all(
        servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))),
      )
    },
  }
}

/** Everything a socket says until its end. */
export async function readAll(socket: Socket): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of socket) {
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

/** Resolves when a socket is closed, however that came about. */
export function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('close', () => resolve())
  })
}
