import type { OutgoingRequest, RequestOutcome } from '../protocol/exchange.ts'
import type { RequestPrimitive } from '../protocol/primitive.ts'
import type { RegistrarConfiguration } from './contract.ts'
import type { HttpListener } from './http/listener.ts'

/** A CSE or AE of a running node, as its upper tester sees it. `undefined` answers: it has no such thing. */
export interface Entity {
  /** `cse`, or the AE's name in the topology. */
  readonly name: string
  readonly listener: HttpListener | undefined
  readonly registrar: RegistrarConfiguration | undefined
  /** Sends to its registrar. */
  request(request: OutgoingRequest): Promise<RequestOutcome | undefined>
  register(): Promise<RequestOutcome | undefined>
  deregister(): Promise<RequestOutcome | undefined>
  /** Requests that reached its point of access, oldest first. */
  received(): readonly RequestPrimitive[] | undefined
  /** Closes its outbound associations. */
  disconnect(): void
}
