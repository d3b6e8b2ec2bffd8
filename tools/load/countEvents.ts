import type { NodeEvent } from '../../nodes/contract.ts'
import { isSuccess } from '../../protocol/statusCodes.ts'

/** What a node said that it did. */
export interface EventCounts {
  readonly received: number
  readonly forwarded: number
  /** Answers other than success. */
  readonly refused: number
  readonly handshakes: {
    readonly asClient: number
    readonly asServer: number
    /** Of which it was the client, and the server. */
    readonly failedAsClient: number
    readonly failedAsServer: number
  }
}

type Counter = keyof Omit<EventCounts, 'handshakes'> | keyof EventCounts['handshakes']

/** Counts by node. Pure. */
export function countEvents(events: Iterable<NodeEvent>): ReadonlyMap<string, EventCounts> {
  const byNode = new Map<string, Record<Counter, number>>()
  for (const event of events) {
    const counter = counterOf(event)
    if (counter === undefined) continue
    const counts = byNode.get(event.node) ?? zeroes()
    byNode.set(event.node, counts)
    counts[counter] += 1
  }
  return new Map([...byNode].map(([node, counts]) => [node, asCounts(counts)]))
}

export const noEvents: EventCounts = asCounts(zeroes())

function counterOf(event: NodeEvent): Counter | undefined {
  switch (event.event) {
    case 'request':
      return 'received'
    case 'forward':
      return 'forwarded'
    case 'response':
      return event.rsc !== undefined && !isSuccess(event.rsc) ? 'refused' : undefined
    case 'association':
      return event.role === 'client' ? 'asClient' : 'asServer'
    case 'association-failed':
      return event.role === 'client' ? 'failedAsClient' : 'failedAsServer'
    default:
      return undefined
  }
}

function zeroes(): Record<Counter, number> {
  return {
    received: 0,
    forwarded: 0,
    refused: 0,
    asClient: 0,
    asServer: 0,
    failedAsClient: 0,
    failedAsServer: 0,
  }
}

function asCounts(counts: Record<Counter, number>): EventCounts {
  const { received, forwarded, refused, ...handshakes } = counts
  return { received, forwarded, refused, handshakes }
}
