/** Every answer belongs to the request it follows. */
import type { Connection, TracedPrimitive } from '../../tools/dissect/trace.ts'
import type { Evidence, Property } from '../framework/evidence.ts'
import { type Breach, breach, counted, holds, notObserved, violated } from './result.ts'

export const responsesMatchRequests: Property = {
  name: 'responses-match-requests',
  claim: 'Every response carries the request identifier of the request it answers.',
  requirement: 'TS-0004 7.2.1',
  check: (evidence) => {
    const pairs = connectionsWithPrimitives(evidence).flatMap(pairsOf)
    const breaches = pairs.flatMap((pair) => breachOf(pair) ?? [])
    if (breaches.length > 0) return violated(breaches)
    const answered = pairs.filter(({ request, response }) => {
      return request?.request !== undefined && response.response !== undefined
    })
    if (answered.length === 0) return notObserved('no answered request was recorded')
    return holds(`${counted(answered.length, 'response')}, each to its own request`)
  },
}

interface Exchange {
  readonly connection: Connection
  readonly requests: readonly TracedPrimitive[]
  readonly responses: readonly TracedPrimitive[]
}

function connectionsWithPrimitives({ trace }: Evidence): readonly Exchange[] {
  const groups = Map.groupBy(trace.primitives, ({ connection }) => connection.id)
  return [...groups.values()].flatMap((primitives) => {
    const connection = primitives[0]?.connection
    if (connection === undefined) return []
    const requests = primitives.filter(({ kind }) => kind === 'request')
    return [
      { connection, requests, responses: primitives.filter(({ kind }) => kind === 'response') },
    ]
  })
}

interface Pair {
  readonly connection: Connection
  readonly request?: TracedPrimitive
  readonly response: TracedPrimitive
}

/** HTTP/1.1 answers in the order of the requests (RFC 9112 9.3.2). */
function pairsOf({ connection, requests, responses }: Exchange): readonly Pair[] {
  return responses.map((response, index) => ({ connection, request: requests[index], response }))
}

/** What is no primitive has no identifier to compare. */
function breachOf({ connection, request, response }: Pair): Breach | undefined {
  const where = `on ${connection.wire}, connection ${connection.id}`
  if (request === undefined) {
    return breach(`${response.from} answers without a request ${where}`, response.frames[0])
  }
  if (request.request === undefined || response.response === undefined) return undefined
  const asked = request.request.rqi
  const answered = response.response.rqi
  if (asked === answered) return undefined
  const because = `${response.from} answers ${asked} as ${answered} ${where}`
  return breach(because, request.frames[0], response.frames[0])
}
