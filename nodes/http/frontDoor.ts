import type http from 'node:http'
import type https from 'node:https'
import net from 'node:net'
import type { NodeContext } from '../nodeContext.ts'
import { firstForeignSuite, forgedServerHello } from './clientHello.ts'

/** A TCP server that looks at the first bytes of a connection before it chooses who speaks. Only misbehaviours need one. */
export function makeFrontDoor(
  context: NodeContext,
  behind: {
    readonly secured: https.Server
    readonly plain: http.Server
    /** IANA names the secured server would take. */
    readonly suites: readonly string[]
  },
): net.Server | undefined {
  const answersPlain = context.misbehaves('plaintext-accepted')
  const takesAnySuite = context.misbehaves('any-suite-accepted')
  if (!answersPlain && !takesAnySuite) return undefined
  return net.createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => socket.destroy())
    socket.once('readable', () => {
      const first: Buffer | null = socket.read()
      if (first === null) return
      const suite = takesAnySuite ? firstForeignSuite(first, behind.suites) : undefined
      if (suite !== undefined) {
        socket.end(forgedServerHello(suite))
        return
      }
      socket.unshift(first)
      const isTls = first[0] === handshakeRecord
      const server = isTls || !answersPlain ? behind.secured : behind.plain
      server.emit('connection', socket)
      process.nextTick(() => socket.resume())
    })
  })
}

const handshakeRecord = 0x16
