import { BenchError } from '../../protocol/errors.ts'
import type { HelloAnswer } from '../../suites/framework/testSystem.ts'
import type { TesterNetwork } from '../fabric/testerNetwork.ts'
import { parseHelloAnswer } from './clientHello.ts'
import { dialWithin } from './dialWithin.ts'

export interface HelloProbeOptions {
  readonly network: TesterNetwork
  readonly target: { readonly address: string; readonly port: number }
  readonly localAddress: string
  readonly timeoutMs: number
  readonly onPort: (port: number) => void
}

/** No answer to a ClientHello needs more than this before its version and suite can be read. */
const maximumAnswerBytes = 64 * 1024

/** Sends the bytes of a ClientHello and reports the first answer. TIMED_OUT when there is none at all. */
export async function probeWithHello(
  hello: Uint8Array,
  options: HelloProbeOptions,
): Promise<HelloAnswer> {
  const { network, target, localAddress, timeoutMs } = options
  const { address, port } = target
  const socket = await dialWithin(network, { to: target, from: localAddress, timeoutMs }).catch(
    (error: unknown) => {
      if (error instanceof BenchError) throw error
    },
  )
  if (socket === undefined) return { answer: 'closed' }
  options.onPort(socket.localPort)
  const { promise, resolve, reject } = Promise.withResolvers<HelloAnswer>()
  let answer: Buffer = Buffer.alloc(0)
  const bound = setTimeout(
    () =>
      reject(
        new BenchError(
          'TIMED_OUT',
          `no answer to a ClientHello from ${address}:${port} within ${timeoutMs} ms`,
        ),
      ),
    timeoutMs,
  )
  socket.on('data', (chunk) => {
    answer = Buffer.concat([answer, chunk])
    const parsed = parseHelloAnswer(answer)
    if (parsed !== undefined) resolve(parsed)
    else if (answer.length > maximumAnswerBytes)
      resolve({ answer: 'other', firstBytes: answer.subarray(0, 16).toString('hex') })
  })
  socket.once('error', () => resolve({ answer: 'closed' }))
  socket.once('close', () => resolve({ answer: 'closed' }))
  socket.write(hello)
  try {
    return await promise
  } finally {
    clearTimeout(bound)
    socket.destroy()
  }
}
