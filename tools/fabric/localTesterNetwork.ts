import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { BenchError } from '../../protocol/errors.ts'
import type {
  DialOptions,
  TakeConnection,
  TesterListener,
  TesterNetwork,
  TesterSocket,
} from './testerNetwork.ts'

/** Sockets of this process. */
export function localTesterNetwork(): TesterNetwork {
  return { dial, listen }
}

async function dial({ to, from }: DialOptions): Promise<TesterSocket> {
  const socket = connect({
    host: to.address,
    port: to.port,
    noDelay: true,
    ...(from === undefined ? {} : { localAddress: from }),
  })
  await once(socket, 'connect')
  if (!hasLocalPort(socket)) {
    throw new BenchError('INTERNAL', `no port for the connection to ${to.address}:${to.port}`)
  }
  return socket
}

function hasLocalPort(socket: Socket): socket is Socket & { readonly localPort: number } {
  return socket.localPort !== undefined
}

async function listen({ address }: { readonly address: string }): Promise<TesterListener> {
  let taker: TakeConnection | undefined
  const server = createServer({ noDelay: true }, (socket) => {
    if (taker === undefined) socket.destroy()
    else taker(socket, { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 })
  })
  server.listen({ host: address, port: 0 })
  await once(server, 'listening')
  const bound = server.address()
  const close = async () => {
    server.close()
  }
  return {
    address,
    port: bound !== null && typeof bound === 'object' ? bound.port : 0,
    onConnection(take) {
      taker = take
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}
