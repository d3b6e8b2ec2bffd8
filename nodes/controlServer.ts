import { createHash, timingSafeEqual } from 'node:crypto'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { BenchError } from '../protocol/errors.ts'
import { parseJsonBytes } from '../protocol/json.ts'
import type { ControlCommand, ControlConfiguration, ControlReply } from './contract.ts'
import { readPrivateFile } from './security/credentials.ts'

export interface ControlServer {
  readonly address: string
  readonly port: number
  /** Takes no further command. */
  close(): Promise<void>
}

const limits = { bodyBytes: 1024 * 1024, timeoutMs: 10_000 } as const

/** The control address of a node: POST /control with the bearer token, a command in and a reply out, both JSON. */
export async function openControlServer(
  configuration: Extract<ControlConfiguration, { address: string }>,
  carryOut: (command: ControlCommand) => Promise<ControlReply>,
): Promise<ControlServer> {
  const { address, port, tokenFile } = configuration
  const token = (await readPrivateFile(tokenFile)).trim()
  if (token.length < 16) {
    throw new BenchError('NODE_CONFIGURATION_INVALID', `${tokenFile}: the token is too short`, {
      remedy: 'use at least 16 characters',
    })
  }
  const server = http.createServer(
    { noDelay: true, headersTimeout: limits.timeoutMs, requestTimeout: limits.timeoutMs },
    (request, response) => {
      answer(request, token, carryOut)
        .then(({ status, reply }) => {
          response.writeHead(status, { 'Content-Type': 'application/json', Connection: 'close' })
          response.end(`${JSON.stringify(reply)}\n`)
        })
        .catch(() => response.destroy())
    },
  )
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        new BenchError(
          cause.code === 'EADDRINUSE' ? 'ADDRESS_IN_USE' : 'NODE_START_FAILED',
          `control address ${address}:${port}: ${cause.message}`,
          { remedy: 'choose a free port of this machine', cause },
        ),
      ),
    )
    server.listen(port, address, resolve)
  })
  return {
    address,
    port: (server.address() as AddressInfo).port,
    // The reply to `stop` is still on its way then; its connection ends with it.
    close: async () => {
      server.close()
      server.closeIdleConnections()
    },
  }
}

interface Answered {
  readonly status: number
  readonly reply: ControlReply
}

async function answer(
  request: http.IncomingMessage,
  token: string,
  carryOut: (command: ControlCommand) => Promise<ControlReply>,
): Promise<Answered> {
  if (request.method !== 'POST' || request.url !== '/control') {
    return { status: 404, reply: { ok: false, code: 2, because: 'POST /control is all there is' } }
  }
  if (!sameText(request.headers.authorization ?? '', `Bearer ${token}`)) {
    return { status: 401, reply: { ok: false, code: 2, because: 'the bearer token is wrong' } }
  }
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > limits.bodyBytes) {
      return { status: 413, reply: { ok: false, code: 2, because: 'the command is too long' } }
    }
    chunks.push(chunk)
  }
  const parsed = parseJsonBytes(Buffer.concat(chunks))
  if (!parsed.ok) {
    return { status: 400, reply: { ok: false, code: 2, because: parsed.error.message } }
  }
  return { status: 200, reply: await carryOut(parsed.value as unknown as ControlCommand) }
}

/** Compares in a time that tells nothing of where the texts differ. */
function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}
