import { type DtlsEndpoint, type DtlsServerOptions, dtlsServer } from './server.ts'
import { boundSocket, closeSocket, endpointOf } from './udpSocket.ts'

export interface UdpServerOptions extends Omit<DtlsServerOptions, 'send'> {
  /** Port 0 takes a free one. */
  readonly listen: DtlsEndpoint
}

export interface UdpServer {
  readonly endpoint: DtlsEndpoint
  /** How many associations it holds, handshaking ones included. */
  readonly associations: number
  /** Sends close_notify to everybody, frees everything and closes the socket. */
  close(): Promise<void>
}

/** A DTLS server on a UDP port. */
export async function udpServer({ listen, ...options }: UdpServerOptions): Promise<UdpServer> {
  const socket = await boundSocket(listen)
  const server = dtlsServer({
    ...options,
    send: (datagram, to) => socket.send(datagram, to.port, to.address, () => {}),
  })
  socket.on('message', (datagram, from) => server.receive(datagram, from))
  return {
    endpoint: endpointOf(socket),
    get associations() {
      return server.associations
    },
    close: () => {
      server.close()
      return closeSocket(socket)
    },
  }
}
