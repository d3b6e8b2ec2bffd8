import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { BenchError } from '../../../protocol/errors.ts'
import { askUntil } from '../../askUntil.ts'
import { type TaskArgument, taskCiphers } from './contract.ts'

/** The way to the relay comes up with the networks and with the gateway, of which a task hears nothing: it tries again. */
const tryAgainMs = 100
const connectWithinMs = 60_000
const tlsWithinMs = 10_000

/** An authenticated stream to the bench. @throws BenchError TIMED_OUT, FABRIC_LOST */
export async function connectBench(
  { name, relay }: TaskArgument,
  key: Uint8Array,
): Promise<TLSSocket> {
  const socket = await connectRelay(relay)
  const secured = connectTls({
    socket,
    ciphers: taskCiphers,
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.2',
    pskCallback: () => ({ identity: name, psk: key }),
    // The key is what tells the bench from others; there is no certificate.
    checkServerIdentity: () => undefined,
  })
  try {
    await once(secured, 'secureConnect', { signal: AbortSignal.timeout(tlsWithinMs) })
  } catch (cause) {
    secured.destroy()
    throw new BenchError('FABRIC_LOST', `the bench does not know ${name}`, { cause })
  }
  return secured
}

async function connectRelay({ address, port }: TaskArgument['relay']): Promise<Socket> {
  const attempt = async () => {
    const socket = connect({ host: address, port, noDelay: true })
    try {
      await once(socket, 'connect', { signal: AbortSignal.timeout(connectWithinMs) })
      return socket
    } catch {
      socket.destroy()
      return undefined
    }
  }
  const what = `the relay at ${address}:${port}`
  return await askUntil(attempt, { what, timeoutMs: connectWithinMs, everyMs: tryAgainMs })
}
