import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { isIPv6 } from 'node:net'
import type { TcpEnds, WireRecorder } from '../capture/recorder.ts'
import type { Impairment, WireWay } from './fabric.ts'
import { type Lane, makeLane } from './lane.ts'
import { listenFailure } from './listenFailure.ts'
import { type OpenWay, sourceAddress } from './way.ts'

/** Clients a way keeps a socket for; the one silent for longest goes first. */
const mostClients = 1024
/** Datagrams that wait for delivery beyond this many bytes are lost, as in a full router. */
const mostWaiting = 1024 * 1024

type Side = 'client' | 'server'

export interface UdpWayOptions {
  readonly wire: string
  readonly way: WireWay
  readonly recorder: WireRecorder
  readonly impairment: () => Impairment
  /** False: nothing passes (the wire is cut). */
  readonly accepts: () => boolean
  /** Whether the next datagram is lost. */
  readonly loses: () => boolean
  readonly onOpened: (from: string) => void
  readonly onClosed: (from: string) => void
  readonly onDropped: (detail: string) => void
  readonly onUnreachable: (because: string) => void
  readonly onBytes: (count: number) => void
}

interface Client {
  readonly name: string
  readonly toServer: Lane<Buffer>
  readonly socket: Socket
  close(): void
}

/** Opens one way of a UDP wire. @throws BenchError ADDRESS_IN_USE, CAPABILITY_MISSING */
export async function openUdpWay(options: UdpWayOptions): Promise<OpenWay> {
  const { address, port } = options.way.listen
  const clients = new Map<string, Client>()
  let target = options.way.target
  const near = createSocket(isIPv6(address) ? 'udp6' : 'udp4')
  near.bind({ address, port, exclusive: true })
  try {
    await once(near, 'listening')
  } catch (cause) {
    throw listenFailure(options.wire, options.way.listen, cause)
  }
  near.on('error', (error) => options.onUnreachable(error.message))
  near.on('message', (datagram, from) => {
    const client = known(from)
    offer(options, { lane: client.toServer, datagram, name: `from ${client.name}` })
  })

  function known(from: RemoteInfo): Client {
    const name = `${from.address}:${from.port}`
    const client = clients.get(name) ?? openClient(options, { near, from, name, target })
    // Last in the map is the one heard of last.
    clients.delete(name)
    clients.set(name, client)
    const [oldest] = clients.values()
    if (clients.size > mostClients && oldest !== undefined) {
      clients.delete(oldest.name)
      oldest.close()
    }
    return client
  }

  function abortAll(): void {
    for (const client of clients.values()) {
      client.close()
    }
    clients.clear()
  }

  return {
    listen: { address, port: near.address().port },
    redirect(other) {
      target = other ?? options.way.target
      abortAll()
    },
    abortAll,
    async close() {
      abortAll()
      const closed = once(near, 'close')
      near.close()
      await closed
    },
  }
}

interface ClientEnds {
  readonly near: Socket
  readonly from: RemoteInfo
  readonly name: string
  readonly target: WireWay['target']
}

/** A socket of its own per client, so that the far end can tell clients apart and answers find their way back. */
function openClient(options: UdpWayOptions, ends: ClientEnds): Client {
  const { near, from, name, target } = ends
  const recorded: TcpEnds = { client: from, server: target }
  const socket = createSocket(isIPv6(target.address) ? 'udp6' : 'udp4')
  const deliver = (side: Side, send: (datagram: Buffer) => void) => (datagram: Buffer) => {
    options.recorder.datagram(recorded, side, datagram)
    options.onBytes(datagram.length)
    send(datagram)
  }
  const told = (error: Error | null) => {
    if (error !== null) {
      options.onUnreachable(`${target.address}:${target.port} from ${name}: ${error.message}`)
    }
  }
  const toServer = makeLane<Buffer>({
    impairment: options.impairment,
    deliver: deliver('client', (datagram) =>
      socket.send(datagram, target.port, target.address, told),
    ),
  })
  const toClient = makeLane<Buffer>({
    impairment: options.impairment,
    deliver: deliver('server', (datagram) => near.send(datagram, from.port, from.address, told)),
  })
  socket.on('error', (error) => told(error))
  socket.on('message', (datagram, sender) => {
    if (sender.address === target.address && sender.port === target.port) {
      offer(options, { lane: toClient, datagram, name: `to ${name}` })
    }
  })
  const source = options.way.connectFrom ?? sourceAddress(from.address, target.address)
  socket.bind(source === undefined ? {} : { address: source })
  options.onOpened(name)
  let open = true
  return {
    name,
    socket,
    toServer,
    close() {
      if (open) {
        open = false
        toServer.stop()
        toClient.stop()
        socket.close()
        options.onClosed(name)
      }
    },
  }
}

function offer(
  options: UdpWayOptions,
  { lane, datagram, name }: { lane: Lane<Buffer>; datagram: Buffer; name: string },
): void {
  if (!options.accepts()) {
    options.onDropped(`datagram of ${datagram.length} bytes ${name}: the wire is cut`)
  } else if (options.loses()) {
    options.onDropped(`datagram of ${datagram.length} bytes ${name}`)
  } else if (lane.waiting + datagram.length > mostWaiting) {
    options.onDropped(`datagram of ${datagram.length} bytes ${name}: the line is full`)
  } else {
    lane.push(datagram, datagram.length)
  }
}
