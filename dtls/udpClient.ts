import { BenchError } from '../protocol/errors.ts'
import { dtlsAssociation } from './association.ts'
import type {
  DtlsAssociation,
  DtlsAssociationOptions,
  DtlsStateChange,
} from './associationTypes.ts'
import type { DtlsEndpoint } from './server.ts'
import { boundSocket, closeSocket, endpointOf } from './udpSocket.ts'

export interface UdpClientOptions extends Omit<DtlsAssociationOptions, 'role'> {
  readonly to: DtlsEndpoint
  /** Own address; default any, with a free port. */
  readonly from?: DtlsEndpoint
  /** Called before the first datagram, to add listeners. */
  readonly prepare?: (association: DtlsAssociation) => void
}

export interface UdpClient {
  readonly association: DtlsAssociation
  readonly endpoint: DtlsEndpoint
  /** Closes the association in order, frees it and closes the socket. */
  close(): Promise<void>
}

/** Makes an association over UDP. A handshake that fails throws `HANDSHAKE_FAILED` with the alert, and leaves nothing. */
export async function udpClient(options: UdpClientOptions): Promise<UdpClient> {
  const { to, from = { address: to.address.includes(':') ? '::' : '0.0.0.0', port: 0 } } = options
  const socket = await boundSocket(from)
  const association = dtlsAssociation({ ...options, role: 'client' })
  association.onSend((datagram) => socket.send(datagram, to.port, to.address, () => {}))
  socket.on('message', (datagram, { address, port }) => {
    const isFromPeer = port === to.port && address === to.address
    if (isFromPeer && association.state !== 'freed') association.receive(datagram)
  })
  const release = () => {
    association.free()
    return closeSocket(socket)
  }
  const ended = new Promise<DtlsStateChange>((resolve) => {
    association.onState((change) => {
      if (change.state === 'closed') resolve(change)
    })
  })
  const established = new Promise<undefined>((resolve) => {
    association.onState(({ state }) => {
      if (state === 'established') resolve(undefined)
    })
  })
  options.prepare?.(association)
  association.start()
  const failure = await Promise.race([established, ended])
  if (failure !== undefined) {
    await release()
    throw handshakeFailed(to, failure)
  }
  return {
    association,
    endpoint: endpointOf(socket),
    close: async () => {
      if (association.state === 'freed') return
      association.close()
      await ended
      await release()
    },
  }
}

function handshakeFailed(to: DtlsEndpoint, { end, alert, error }: DtlsStateChange): BenchError {
  const told = alert && `alert ${alert.name} ${alert.direction}`
  const why = [told ?? end, error].filter((part) => part !== undefined).join(', ')
  return new BenchError(
    'HANDSHAKE_FAILED',
    `no association with ${to.address}:${to.port}: ${why}`,
    {
      remedy: 'compare suites, credentials and trust anchors of the two ends',
    },
  )
}
