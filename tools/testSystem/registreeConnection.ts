import type { Duplex } from 'node:stream'
import { connect as connectTls, TLSSocket } from 'node:tls'
import type { OutgoingRequest, RequestOutcome } from '../../protocol/exchange.ts'
import { cipherSuiteByOpenssl } from '../../protocol/security/cipherSuites.ts'
import type { TesterConnection } from '../../suites/framework/testSystem.ts'
import type { TesterNetwork, TesterSocket } from '../fabric/testerNetwork.ts'
import { dialWithin } from './dialWithin.ts'
import { makeHttpExchange } from './httpExchange.ts'
import { type TlsSettings, versionName } from './tlsSettings.ts'

/** One connection of the tester in the place of a registree. */
export interface RegistreeConnectionOptions {
  readonly network: TesterNetwork
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
  const { network, target, localAddress, timeoutMs } = options
  try {
    const below = await dialWithin(network, { to: target, from: localAddress, timeoutMs })
    options.onPort(below.localPort)
    // From here on trouble shows in the outcome of a request; without a listener it would end the process.
    below.on('error', () => {})
    const stream = options.tls === undefined ? below : await secured(below, options)
    return { outcome: 'connected', ...negotiated(stream), ...operations(stream, options) }
  } catch (cause) {
    const failure = cause instanceof Error ? cause : new Error(String(cause))
    return {
      outcome: 'refused',
      because: failure.message,
      ...alertOf(failure),
      close: () => Promise.resolve(),
    }
  }
}

/** Makes the handshake over a connection that is there; rejects with what came instead. */
async function secured(
  below: TesterSocket,
  { tls, timeoutMs }: RegistreeConnectionOptions,
): Promise<Duplex> {
  if (tls === undefined) return below
  const socket = connectTls({
    socket: below,
    ...tls.settings,
    // The tester plays an attacker here as often as not: whom it talks to is judged from the recording.
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
    pskCallback: () => ({ identity: tls.pskIdentity, psk: tls.psk }),
  })
  socket.on('keylog', (line: Buffer) => tls.onKeyLog(line.toString('ascii').trimEnd()))
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const bound = setTimeout(
    () => reject(new Error(`no secureConnect within ${timeoutMs} ms`)),
    timeoutMs,
  )
  socket.once('secureConnect', () => resolve())
  socket.on('error', reject)
  below.once('error', reject)
  socket.once('close', () => reject(new Error('the connection was closed')))
  try {
    await promise
    return socket
  } catch (error) {
    socket.destroy()
    below.destroy()
    throw error
  } finally {
    clearTimeout(bound)
  }
}

function operations(
  stream: Duplex,
  options: RegistreeConnectionOptions,
): {
  request(request: OutgoingRequest): Promise<RequestOutcome>
  close(): Promise<void>
} {
  const { address, port } = options.target
  const exchange = makeHttpExchange(stream, {
    host: `${address}:${port}`,
    timeoutMs: options.timeoutMs,
  })
  return {
    request: (request) =>
      exchange.request({ ...request, rqi: request.rqi ?? options.nextRequestId() }),
    close: () => {
      const { promise, resolve } = Promise.withResolvers<void>()
      if (stream.closed) resolve()
      stream.once('close', () => resolve())
      exchange.close()
      return promise
    },
  }
}

function negotiated(stream: Duplex): { version?: string; suite?: string } {
  if (!(stream instanceof TLSSocket)) return {}
  const version = versionName(stream.getProtocol())
  const cipher = stream.getCipher()
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
