import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import type { OutgoingRequest, RequestOutcome } from '../../protocol/exchange.ts'
import { cipherSuiteByOpenssl } from '../../protocol/security/cipherSuites.ts'
import type { TesterConnection } from '../../suites/framework/testSystem.ts'
import { makeHttpExchange } from './httpExchange.ts'
import { type TlsSettings, versionName } from './tlsSettings.ts'

/** One connection of the tester in the place of a registree. */
export interface RegistreeConnectionOptions {
  readonly target: { readonly address: string; readonly port: number }
  readonly localAddress: string
  /** Absent = no TLS. */
  readonly tls?: {
    readonly settings: TlsSettings
    readonly pskIdentity: string
    readonly psk: Uint8Array
    readonly onKeyLog: (line: string) => void
  }
  readonly timeoutMs: number
  /** Called with the local port as soon as it is known, before any payload. */
  readonly onPort: (port: number) => void
  readonly nextRequestId: () => string
}

/** Connects and, where asked, makes the handshake. Resolves with `refused` instead of rejecting. */
export async function connectAsRegistree(
  options: RegistreeConnectionOptions,
): Promise<TesterConnection> {
  const socket =
    options.tls === undefined ? plainSocket(options) : secureSocket(options, options.tls)
  const readyEvent = options.tls === undefined ? 'connect' : 'secureConnect'
  const failure = await firstOf(socket, readyEvent, options.timeoutMs)
  if (failure !== undefined) {
    socket.destroy()
    return {
      outcome: 'refused',
      because: failure.message,
      ...alertOf(failure),
      close: () => Promise.resolve(),
    }
  }
  // From here on trouble shows in the outcome of a request; without a listener it would end the process.
  socket.on('error', () => {})
  return { outcome: 'connected', ...negotiated(socket), ...operations(socket, options) }
}

function plainSocket(options: RegistreeConnectionOptions): Socket {
  return withPort(connectTcp(addressing(options)), options)
}

function secureSocket(
  options: RegistreeConnectionOptions,
  tls: NonNullable<RegistreeConnectionOptions['tls']>,
): TLSSocket {
  const socket = connectTls({
    ...addressing(options),
    ...tls.settings,
    // The tester plays an attacker here as often as not: whom it talks to is judged from the recording.
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
    pskCallback: () => ({ identity: tls.pskIdentity, psk: tls.psk }),
  })
  socket.on('keylog', (line: Buffer) => tls.onKeyLog(line.toString('ascii').trimEnd()))
  return withPort(socket, options)
}

function addressing(options: RegistreeConnectionOptions) {
  const { address, port } = options.target
  return { host: address, port, localAddress: options.localAddress, noDelay: true }
}

function withPort<S extends Socket>(socket: S, options: RegistreeConnectionOptions): S {
  socket.once('connect', () => options.onPort(socket.localPort ?? 0))
  return socket
}

/** `undefined` when the event came first; otherwise what came instead. */
function firstOf(socket: Socket, event: string, timeoutMs: number): Promise<Error | undefined> {
  const { promise, resolve } = Promise.withResolvers<Error | undefined>()
  const bound = setTimeout(
    () => resolve(new Error(`no ${event} within ${timeoutMs} ms`)),
    timeoutMs,
  )
  socket.once(event, () => resolve(undefined))
  socket.on('error', resolve)
  socket.once('close', () => resolve(new Error('the connection was closed')))
  return promise.finally(() => clearTimeout(bound))
}

function operations(
  socket: Socket,
  options: RegistreeConnectionOptions,
): {
  request(request: OutgoingRequest): Promise<RequestOutcome>
  close(): Promise<void>
} {
  const { address, port } = options.target
  const exchange = makeHttpExchange(socket, {
    host: `${address}:${port}`,
    timeoutMs: options.timeoutMs,
  })
  return {
    request: (request) =>
      exchange.request({ ...request, rqi: request.rqi ?? options.nextRequestId() }),
    close: () => {
      const { promise, resolve } = Promise.withResolvers<void>()
      if (socket.closed) resolve()
      socket.once('close', () => resolve())
      exchange.close()
      return promise
    },
  }
}

function negotiated(socket: Socket): { version?: string; suite?: string } {
  if (!('getCipher' in socket)) return {}
  const secure = socket as TLSSocket
  const version = versionName(secure.getProtocol())
  const cipher = secure.getCipher()
  return {
    ...(version === undefined ? {} : { version }),
    suite: cipherSuiteByOpenssl(cipher.name)?.name ?? cipher.standardName,
  }
}

/** The library puts the alert into its error code: ERR_SSL_TLSV1_ALERT_DECRYPT_ERROR and the like. */
function alertOf(error: Error & { code?: string }): { alert?: string } {
  const match = /ALERT_([A-Z_]+)$/.exec(error.code ?? '')
  return match?.[1] === undefined ? {} : { alert: match[1].toLowerCase() }
}
