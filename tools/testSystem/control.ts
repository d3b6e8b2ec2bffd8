import type { ControlCommand } from '../../nodes/contract.ts'
import { BenchError } from '../../protocol/errors.ts'
import type { RequestOutcome } from '../../protocol/exchange.ts'
import type { RequestPrimitive } from '../../protocol/primitive.ts'
import { parseRequest } from '../../protocol/primitives/request.ts'
import { parseResponse } from '../../protocol/primitives/response.ts'
import type { Testbed } from '../runtimes/runtime.ts'

/** Tells a node something through its upper tester. UNSUPPORTED on 127, CONTROL_REFUSED on any other refusal. */
export async function tell(
  testbed: Testbed,
  node: string,
  command: ControlCommand,
): Promise<unknown> {
  const reply = await testbed.control(node, command)
  if (reply.ok) return reply.value
  throw new BenchError(
    reply.code === 127 ? 'UNSUPPORTED' : 'CONTROL_REFUSED',
    `node ${node} refused the command ${command.do}: ${reply.because}`,
  )
}

const causes = ['unreachable', 'handshake', 'closed', 'timeout', 'malformed'] as const

/** What a node says about a request it made. A node is outside: what it says is checked before it is believed. */
export function readOutcome(node: string, value: unknown): RequestOutcome {
  if (isRecord(value) && typeof value.rqi === 'string') {
    const { rqi } = value
    if (value.outcome === 'response') {
      const response = parseResponse(value.response)
      if (response.ok) return { outcome: 'response', rqi, response: response.value }
    }
    const cause = causes.find((known) => known === value.cause)
    if (value.outcome === 'no-response' && cause !== undefined)
      return { outcome: 'no-response', rqi, cause, because: String(value.because) }
  }
  throw new BenchError(
    'CONTROL_REFUSED',
    `node ${node} reported something that is not the outcome of a request: ${excerpt(value)}`,
  )
}

/** The requests an AE says it received. */
export function readReceived(node: string, value: unknown): readonly RequestPrimitive[] {
  if (!Array.isArray(value))
    throw new BenchError('CONTROL_REFUSED', `node ${node} reported no list: ${excerpt(value)}`)
  return value.map((item) => {
    const parsed = parseRequest(item)
    if (parsed.ok) return parsed.value
    throw new BenchError(
      'CONTROL_REFUSED',
      `node ${node} reported a request that is none (${parsed.error.message}): ${excerpt(item)}`,
    )
  })
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function excerpt(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 200)
}
