import { connect } from 'node:net'
import { BenchError } from '../../protocol/errors.ts'
import type { HelloAnswer } from '../../suites/framework/testSystem.ts'
import { parseHelloAnswer } from './clientHello.ts'

export interface HelloProbeOptions {
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
  const { promise, resolve, reject } = Promise.withResolvers<HelloAnswer>()
  const { address, port } = options.target
  const socket = connect({ host: address, port, localAddress: options.localAddress, noDelay: true })
  let answer: Buffer = Buffer.alloc(0)
  const bound = setTimeout(
    () =>
      reject(
        new BenchError(
          'TIMED_OUT',
          `no answer to a ClientHello from ${address}:${port} within ${options.timeoutMs} ms`,
        ),
      ),
    options.timeoutMs,
  )
  socket.once('connect', () => {
    options.onPort(socket.localPort ?? 0)
    socket.write(hello)
  })
  socket.on('data', (chunk) => {
    answer = Buffer.concat([answer, chunk])
    const parsed = parseHelloAnswer(answer)
    if (parsed !== undefined) resolve(parsed)
    else if (answer.length > maximumAnswerBytes)
      resolve({ answer: 'other', firstBytes: answer.subarray(0, 16).toString('hex') })
  })
  socket.once('error', () => resolve({ answer: 'closed' }))
  socket.once('close', () => resolve({ answer: 'closed' }))
  try {
    return await promise
  } finally {
    clearTimeout(bound)
    socket.destroy()
  }
}
