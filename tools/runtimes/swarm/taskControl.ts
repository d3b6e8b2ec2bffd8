import type { Duplex, Readable, Writable } from 'node:stream'
import { createServer, type Server, type TLSSocket } from 'node:tls'
import { BenchError } from '../../../protocol/errors.ts'
import { openMux } from '../../fabric/mux.ts'
import { taskCiphers } from '../../fabric/task/contract.ts'
import { members } from './members.ts'
import { openTaskLink, type TaskIdentity, type TaskLink } from './taskLink.ts'

/** A task that is expected to connect, and the key that proves it. */
export interface ExpectedTask extends TaskIdentity {
  readonly key: Uint8Array
}

/** Where the tasks of one network connect to, through the relay. */
export interface TaskControl {
  /** To be told before the task can connect; resolves when it has. */
  expect(task: ExpectedTask): Promise<TaskLink>
  /** Resolves when the relay takes connections. */
  readonly listening: Promise<void>
  /** Resolves when the relay is gone. */
  readonly over: Promise<void>
  close(): void
}

/** Somebody who reaches the relay and does not prove a key within this time is sent away. */
const authenticateWithinMs = 10_000

/** @param streams those of the relay's program */
export function openTaskControl(streams: {
  readonly input: Readable
  readonly output: Writable
}): TaskControl {
  const expected = new Map<string, ExpectedTask & { connected(link: TaskLink): void }>()
  const links = new Set<TaskLink>()
  const door = openDoor((identity) => expected.get(identity)?.key, welcome)
  const listening = Promise.withResolvers<void>()
  const mux = openMux({
    ...streams,
    side: 'bench',
    onRequest: () => {
      throw new BenchError('FABRIC_LOST', 'the relay asks, which no relay does')
    },
    onTold(body) {
      const { connection, listening: port } = members(body)
      if (typeof port === 'number') listening.resolve()
      else if (typeof connection === 'number') {
        take(mux.accept(connection, { allowHalfOpen: true }))
      }
    },
  })
  listening.promise.catch(() => {})
  const over = mux.ended.then((reason) => {
    const error = reason ?? new BenchError('FABRIC_LOST', 'the relay into the swarm has ended')
    listening.reject(error)
    for (const link of links) link.close()
  })

  function take(connection: Duplex): void {
    connection.on('error', () => connection.destroy())
    door.emit('connection', connection)
  }

  function welcome(secured: TLSSocket, identity: string): void {
    const task = expected.get(identity)
    // Each task connects once: its key is of no further use to anybody.
    expected.delete(identity)
    if (task === undefined) {
      secured.destroy()
      return
    }
    const link = openTaskLink(task, secured)
    links.add(link)
    void link.over.then(() => links.delete(link))
    task.connected(link)
  }

  return {
    listening: listening.promise,
    over,
    expect(task) {
      const { promise, resolve } = Promise.withResolvers<TaskLink>()
      expected.set(task.name, { ...task, connected: resolve })
      return promise
    },
    close() {
      for (const link of links) link.close()
      mux.close()
    },
  }
}

/** Authenticates connections: it never listens, they are handed to it. */
function openDoor(
  keyOf: (identity: string) => Uint8Array | undefined,
  welcome: (secured: TLSSocket, identity: string) => void,
): Server {
  const claimed = new WeakMap<TLSSocket, string>()
  const door = createServer({
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.2',
    ciphers: taskCiphers,
    handshakeTimeout: authenticateWithinMs,
    pskCallback(socket, identity) {
      claimed.set(socket, identity)
      return keyOf(identity) ?? null
    },
  })
  door.on('secureConnection', (secured) => {
    secured.on('error', () => secured.destroy())
    welcome(secured, claimed.get(secured) ?? '')
  })
  door.on('tlsClientError', (_error, socket) => socket.destroy())
  return door
}
