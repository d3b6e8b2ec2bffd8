import { once } from 'node:events'
import type {
  IncomingMessage,
  request as plainRequest,
  RequestListener,
  RequestOptions,
} from 'node:http'
import { Agent, createServer, request } from 'node:https'
import { type AddressInfo, connect, createServer as createTcpServer, type Server } from 'node:net'
import type { ConnectionOptions, TlsOptions } from 'node:tls'
import { makeRecorder } from '../../../tools/capture/pcapngWriter.ts'
import type { Recorder, WireRecorder } from '../../../tools/capture/recorder.ts'

export const pskIdentity = 'kpsa-CAE1@sp.example'
export const pskKey = Buffer.from('00112233445566778899aabbccddeeff', 'hex')

/** How both ends are to speak; everything else is a provisioned key over TLS 1.2. */
export interface RecordedTlsOptions {
  readonly path: string
  readonly server?: TlsOptions
  readonly client?: ConnectionOptions
  /** Whose key logs go into the recording; default both. */
  readonly secrets?: 'both' | 'none' | readonly string[]
  readonly answer?: RequestListener
}

/** What one side sent, in the order it crossed the wire. */
export interface SentBytes {
  readonly from: 'client' | 'server'
  readonly bytes: Buffer
}

/** An HTTPS server and a client of it, with every octet between them recorded. */
export interface RecordedTls {
  readonly recorder: Recorder
  readonly secrets: readonly string[]
  readonly wire: WireRecorder
  /** Everything sent so far over all connections. */
  readonly sent: readonly SentBytes[]
  /** One request over the kept connection; resolves with status and body. */
  exchange(options: RequestOptions, body?: string): Promise<{ status: number; body: string }>
  /** The connection of the client can be told to make a new one. */
  disconnect(): void
  close(): Promise<void>
}

export async function recordTls(options: RecordedTlsOptions): Promise<RecordedTls> {
  const recorder = await makeRecorder(options.path)
  recorder.nameAddress('127.0.0.1', 'client')
  recorder.nameAddress('127.0.0.2', 'server')
  const wire = recorder.addWire('client-server')
  const secrets: string[] = []
  const log = (line: Buffer) => {
    const text = line.toString('latin1').trim()
    secrets.push(text)
    if (options.secrets === undefined || options.secrets === 'both') recorder.addSecret(text)
  }
  if (Array.isArray(options.secrets)) for (const line of options.secrets) recorder.addSecret(line)
  const server = createServer({ ...pskServer(), ...options.server }, options.answer ?? echo)
  server.on('keylog', log)
  server.on('tlsClientError', () => {})
  server.listen(0, '127.0.0.2')
  await once(server, 'listening')
  const sent: SentBytes[] = []
  const proxy = await startProxy(wire, sent, (server.address() as AddressInfo).port)
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ...pskClient(), ...options.client })
  agent.on('keylog', log)
  const port = (proxy.address() as AddressInfo).port
  return {
    recorder,
    secrets,
    wire,
    sent,
    exchange: (requestOptions, body) =>
      exchange(request, { host: '127.0.0.1', port, agent, ...requestOptions }, body),
    disconnect: () => agent.destroy(),
    close: async () => {
      agent.destroy()
      server.closeAllConnections()
      await Promise.all([closed(proxy), closed(server)])
      await recorder.close()
    },
  }
}

export function exchange(
  make: typeof plainRequest,
  options: RequestOptions,
  body?: string,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = make(options, (response: IncomingMessage) => {
      const pieces: Buffer[] = []
      response.on('data', (piece: Buffer) => pieces.push(piece))
      response.on('error', reject)
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(pieces).toString() }),
      )
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

function pskServer(): TlsOptions {
  return {
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.2',
    ciphers: 'PSK-AES128-CBC-SHA256',
    pskIdentityHint: 'registrar@sp.example',
    pskCallback: (_socket, identity) => (identity === pskIdentity ? pskKey : null),
  }
}

function pskClient(): ConnectionOptions {
  return {
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.2',
    ciphers: 'PSK-AES128-CBC-SHA256',
    servername: 'cse1.sp.example',
    checkServerIdentity: () => undefined,
    pskCallback: () => ({ identity: pskIdentity, psk: pskKey }),
  }
}

const echo: RequestListener = (incoming, response) => {
  const pieces: Buffer[] = []
  incoming.on('data', (piece: Buffer) => pieces.push(piece))
  incoming.on('end', () => {
    response.setHeader('X-M2M-RSC', '2000')
    response.setHeader('X-M2M-RI', incoming.headers['x-m2m-ri'] ?? '')
    response.setHeader('Content-Type', 'application/json')
    response.end(Buffer.concat(pieces))
  })
}

/** Forwards to the server, and records before it forwards. */
async function startProxy(wire: WireRecorder, sent: SentBytes[], target: number): Promise<Server> {
  const proxy = createTcpServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ port: target, host: '127.0.0.2', allowHalfOpen: true })
    const tcp = wire.openTcp({
      client: { address: '127.0.0.1', port: near.remotePort ?? 0 },
      server: { address: '127.0.0.2', port: target },
    })
    for (const [from, to, side] of [
      [near, far, 'client'],
      [far, near, 'server'],
    ] as const) {
      from.on('data', (bytes) => {
        sent.push({ from: side, bytes })
        tcp.data(side, bytes)
        to.write(bytes)
      })
      from.on('end', () => {
        tcp.end(side)
        to.end()
      })
      from.on('error', () => {
        tcp.reset(side)
        to.destroy()
      })
    }
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  return proxy
}

/** Records bytes that were sent elsewhere, changed at will, as one connection. */
export async function replay(
  path: string,
  sent: readonly SentBytes[],
  options: { readonly secrets?: readonly string[]; readonly ended?: boolean } = {},
): Promise<void> {
  const recorder = await makeRecorder(path)
  recorder.nameAddress('127.0.0.1', 'client')
  recorder.nameAddress('127.0.0.2', 'server')
  for (const line of options.secrets ?? []) recorder.addSecret(line)
  const tcp = recorder.addWire('client-server').openTcp({
    client: { address: '127.0.0.1', port: 40_000 },
    server: { address: '127.0.0.2', port: 8443 },
  })
  for (const { from, bytes } of sent) tcp.data(from, bytes)
  if (options.ended !== false) {
    tcp.end('client')
    tcp.end('server')
  }
  await recorder.close()
}

async function closed(server: Server): Promise<void> {
  await new Promise<void>((resolve) => server.close(() => resolve()))
}
