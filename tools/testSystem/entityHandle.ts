import type { NodeEvent } from '../../nodes/contract.ts'
import { BenchError } from '../../protocol/errors.ts'
import { originalRequestId } from '../../protocol/forwarding.ts'
import type { RequestPrimitive } from '../../protocol/primitive.ts'
import type { EntityHandle } from '../../suites/framework/testSystem.ts'
import type { Testbed } from '../runtimes/runtime.ts'
import { readOutcome, readReceived, tell } from './control.ts'
import type { PlannedEntity } from './planLookup.ts'

export interface EntityHandleOptions {
  readonly testbed: Testbed
  readonly entity: PlannedEntity
  readonly nextRequestId: () => string
  readonly timeoutMs: number
}

/** An AE or CSE of the testbed, made to act through the upper tester of its node. */
export function makeEntityHandle(options: EntityHandleOptions): EntityHandle {
  const { testbed, entity } = options
  const node = entity.node.name
  const named = { entity: entity.controlName }
  const received = async () =>
    readReceived(node, await tell(testbed, node, { do: 'received', ...named }))
  return {
    name: entity.name,
    node,
    request: async (request) =>
      readOutcome(
        node,
        await tell(testbed, node, {
          do: 'request',
          ...named,
          request: { ...request, rqi: request.rqi ?? options.nextRequestId() },
        }),
      ),
    register: async () =>
      readOutcome(node, await tell(testbed, node, { do: 'register', ...named })),
    deregister: async () =>
      readOutcome(node, await tell(testbed, node, { do: 'deregister', ...named })),
    received,
    awaitReceived: async (rqi) => {
      await testbed.waitFor(
        `request ${rqi} to reach ${entity.name}`,
        (event) => isArrival(event, options, rqi),
        options.timeoutMs,
      )
      return findReceived(await received(), entity.name, rqi)
    },
    disconnect: async () => void (await tell(testbed, node, { do: 'disconnect' })),
  }
}

function isArrival(event: NodeEvent, { entity }: EntityHandleOptions, rqi: string): boolean {
  return (
    event.event === 'request' &&
    event.node === entity.node.name &&
    event.entity === entity.controlName &&
    sameRequest(event.rqi, rqi)
  )
}

function findReceived(
  received: readonly RequestPrimitive[],
  name: string,
  rqi: string,
): RequestPrimitive {
  const found = received.find((request) => sameRequest(request.rqi, rqi))
  if (found !== undefined) return found
  throw new BenchError('CONTROL_REFUSED', `${name} announced request ${rqi} but does not list it`)
}

/** Registrars prefix the identifier on the way (TS-0001 7.1.7). */
function sameRequest(seen: string, rqi: string): boolean {
  return seen === rqi || originalRequestId(seen) === rqi
}
