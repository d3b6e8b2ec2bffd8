import { once } from 'node:events'
import { request as plainRequest } from 'node:http'
import { request as tlsRequest } from 'node:https'
import { BenchError } from '../../protocol/errors.ts'
import type { EngineKind } from './engine.ts'

/** Where to ask, as Node's own HTTP client takes it. */
export interface EngineEndpoint {
  readonly socketPath?: string
  readonly host?: string
  readonly port?: number
  readonly protocol: 'http' | 'https'
  readonly ca?: Buffer
  readonly cert?: Buffer
  readonly key?: Buffer
}

export interface EngineVersion {
  readonly kind: EngineKind
  readonly version: string
}

const longestAnswer = 256 * 1024

/**
 * Asks an engine what it is. By hand, because the first question decides whether the library is needed at all, and must
 * end in time whatever is at the other end.
 */
export async function askVersion(
  endpoint: EngineEndpoint,
  { address, timeoutMs }: { readonly address: string; readonly timeoutMs: number },
): Promise<EngineVersion> {
  const signal = AbortSignal.timeout(timeoutMs)
  try {
    const { status, text } = await get(endpoint, signal)
    if (status !== 200) throw refusal(status, text)
    return parseVersion(text, address)
  } catch (cause) {
    if (!signal.aborted) throw cause
    throw new BenchError('TIMED_OUT', `waited ${timeoutMs} ms for the engine at ${address}`, {
      remedy: 'the engine hangs: look at its log, or start it again',
      cause,
    })
  }
}

async function get(
  { protocol, ...where }: EngineEndpoint,
  signal: AbortSignal,
): Promise<{ status: number; text: string }> {
  const request = protocol === 'https' ? tlsRequest : plainRequest
  const sent = request({ ...where, path: '/version', signal, agent: false })
  sent.end()
  const [response] = await once(sent, 'response')
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes > longestAnswer) {
      sent.destroy()
      throw new Error('the answer has no end')
    }
  }
  return { status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }
}

/** In the shape that engineFailure reads. */
function refusal(status: number, text: string): Error {
  const said = textOf(parsed(text), 'message') ?? text
  return Object.assign(new Error(`HTTP ${status}: ${said}`), { statusCode: status })
}

function parseVersion(text: string, address: string): EngineVersion {
  const answer = parsed(text)
  const version = textOf(answer, 'Version')
  if (version === undefined)
    throw new BenchError('ENGINE_FAILED', `what listens at ${address} is no container engine`, {
      remedy: 'name the socket of Docker or Podman in DOCKER_HOST',
    })
  const components = isRecord(answer) ? answer.Components : undefined
  const names = Array.isArray(components) ? components.map((one) => textOf(one, 'Name')) : []
  return { kind: names.includes('Podman Engine') ? 'podman' : 'docker', version }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function textOf(value: unknown, name: string): string | undefined {
  const text = isRecord(value) ? value[name] : undefined
  return typeof text === 'string' && /^[\x20-\x7e]{1,500}$/.test(text) ? text : undefined
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
