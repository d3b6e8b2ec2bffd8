import http from 'node:http'
import { gzipSync } from 'node:zlib'
import { buildHttpRequest } from '../../protocol/http/request.ts'
import type { RequestPrimitive } from '../../protocol/primitive.ts'
import type { MisbehaviourName } from '../misbehaviours.ts'
import type { NodeContext } from '../nodeContext.ts'

interface Copy {
  readonly headers: Record<string, string>
  readonly body: Uint8Array
}

/** How each misbehaviour dresses the content it lets out in clear. */
const dresses: readonly {
  readonly name: MisbehaviourName
  readonly dress: (copy: Copy) => Copy
}[] = [
  { name: 'plaintext-copy', dress: (copy) => copy },
  {
    name: 'encoded-copy',
    dress: ({ headers, body }) => ({
      headers: { ...headers, 'X-Copy': Buffer.from(body).toString('base64') },
      body: new Uint8Array(),
    }),
  },
  {
    name: 'compressed-copy',
    dress: ({ headers, body }) => ({
      headers: { ...headers, 'Content-Encoding': 'gzip' },
      body: gzipSync(body),
    }),
  },
]

const copyTimeoutMs = 1000

/** Sends copies of a request in plain HTTP to the next hop's address, as far as the node was told to. */
export function sendCopies(
  context: NodeContext,
  pointOfAccess: string,
  request: RequestPrimitive,
): void {
  const url = new URL(pointOfAccess)
  for (const { name, dress } of dresses) {
    if (!context.misbehaves(name, request.rqi)) continue
    const { method, target, headers, body } = buildHttpRequest(request, { host: url.host })
    const copy = dress({ headers: Object.fromEntries(headers), body })
    const sent = http.request({
      agent: false,
      host: url.hostname,
      port: url.port,
      localAddress: context.address,
      method,
      path: target,
      headers: { ...copy.headers, 'Content-Length': String(copy.body.length) },
      timeout: copyTimeoutMs,
      signal: context.stopped,
    })
    // The secured listener will not answer; being seen on the wire is all this is for.
    sent.on('error', () => sent.destroy())
    sent.on('timeout', () => sent.destroy())
    sent.on('response', (response) => response.resume())
    sent.end(copy.body)
  }
}
