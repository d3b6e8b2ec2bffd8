import { once } from 'node:events'
import { createServer } from 'node:net'
import { BenchError } from '../../protocol/errors.ts'
import type { Reservation } from './runtime.ts'

const firstBlock = 42
const lastBlock = 199
/** The lock of a block is a socket that listens here; it goes with its process, however that ends. */
const lockHost = '255.254'
const lockPort = 20_000

/**
 * Reserves the first free block of loopback addresses; runs side by side get different ones. @throws BenchError
 * ADDRESS_IN_USE, CAPABILITY_MISSING
 */
export async function reserveAddressBlock(): Promise<Reservation> {
  for (let number = firstBlock; number <= lastBlock; number += 1) {
    const block = `127.${number}`
    const release = await lockAddress(`${block}.${lockHost}`)
    if (release !== undefined) {
      return { addressing: { scheme: 'loopback', block }, release, [Symbol.asyncDispose]: release }
    }
  }
  throw new BenchError(
    'ADDRESS_IN_USE',
    `every address block from 127.${firstBlock} to 127.${lastBlock} is taken (port ${lockPort} of each is in use)`,
    { remedy: `end runs that still go on (\`ss -ltnp 'sport = :${lockPort}'\` shows them)` },
  )
}

/**
 * Takes a lock that no two processes of this machine have at once; undefined when somebody else holds it.
 * @throws BenchError CAPABILITY_MISSING
 */
export async function lockAddress(host: string): Promise<(() => Promise<void>) | undefined> {
  // Nobody has business there: who connects is sent away.
  const server = createServer((socket) => socket.destroy())
  server.listen({ host, port: lockPort })
  try {
    await once(server, 'listening')
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE') {
      return undefined
    }
    throw new BenchError('CAPABILITY_MISSING', `this machine cannot listen on ${host}`, {
      remedy: 'the bench needs the whole of 127.0.0.0/8 on loopback, as Linux has it',
      cause,
    })
  }
  // Held, but no reason for the process to go on.
  server.unref()
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve())
    })
}
