import { createSocket, type Socket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import { BenchError } from '../protocol/errors.ts'
import type { DtlsEndpoint } from './server.ts'

/** A bound socket. Its own errors are those of single datagrams, and a datagram may get lost: they are not reported. */
export async function boundSocket({ address, port }: DtlsEndpoint): Promise<Socket> {
  const family = isIPv6(address) ? 6 : 4
  const socket = createSocket({
    type: family === 6 ? 'udp6' : 'udp4',
    // Only addresses are given, never names, so a datagram can go out at once.
    lookup: (host, _options, callback) => callback(null, host, family),
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('error', (cause) => {
      const message = `UDP ${address}:${port} cannot be bound: ${cause.message}`
      reject(new BenchError('ADDRESS_IN_USE', message, { cause }))
    })
    socket.bind({ address, port }, () => {
      socket.removeAllListeners('error')
      socket.on('error', () => {})
      resolve()
    })
  })
  return socket
}

export function endpointOf(socket: Socket): DtlsEndpoint {
  const { address, port } = socket.address()
  return { address, port }
}

export function closeSocket(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.close(() => resolve())
  })
}
