import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { temporaryFolder } from '../temporaryFolder.ts'

/** What a fake engine answers: a status with a JSON value or text, or whatever it does with the response itself. */
export type Answer =
  | { readonly status: number; readonly body: unknown }
  | ((response: ServerResponse, request: IncomingMessage) => void)

export interface FakeEngine extends AsyncDisposable {
  readonly address: string
  readonly socket: string
  /** `METHOD /path?query` of every request, in order. */
  readonly requests: readonly string[]
}

export const dockerVersion: Answer = {
  status: 200,
  body: { Version: '20.10.24', Components: [{ Name: 'Engine' }] },
}

/** A server on a socket that answers requests by the start of `METHOD /path`; what fits no row is a 404. */
export async function fakeEngine(
  answers: Readonly<Record<string, Answer>>,
  socketName = 'engine.sock',
): Promise<FakeEngine> {
  const folder = temporaryFolder()
  const socket = join(folder.path, socketName)
  const requests: string[] = []
  const server = createServer((request, response) => {
    const line = `${request.method} ${request.url}`
    requests.push(line)
    request.resume()
    const key = Object.keys(answers).find((start) => line.startsWith(start))
    const answer = key === undefined ? undefined : answers[key]
    if (typeof answer === 'function') answer(response, request)
    else {
      response.writeHead(answer?.status ?? 404, { 'content-type': 'application/json' })
      const body = answer === undefined ? { message: `no such thing: ${line}` } : answer.body
      response.end(typeof body === 'string' ? body : JSON.stringify(body))
    }
  })
  server.listen(socket)
  await once(server, 'listening')
  return {
    address: `unix://${socket}`,
    socket,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
      folder.remove()
    },
  }
}

/** The BenchError that a promise is rejected with, or a note that it was not. */
export async function failureOf(promise: Promise<unknown>): Promise<Record<string, unknown>> {
  try {
    return { resolved: await promise }
  } catch (error) {
    const { code, message, remedy } = error as Record<string, unknown>
    return { code, message, remedy }
  }
}
