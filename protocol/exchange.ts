import type { RequestPrimitive, ResponsePrimitive } from './primitive.ts'

/** A request to be sent, before its sender fills in what follows from who sends it. */
export type OutgoingRequest = Partial<RequestPrimitive> & Pick<RequestPrimitive, 'op' | 'to'>

/** How a request ended for its sender: a response, or why none came. */
export type RequestOutcome =
  | { readonly outcome: 'response'; readonly rqi: string; readonly response: ResponsePrimitive }
  | {
      readonly outcome: 'no-response'
      readonly rqi: string
      readonly because: string
      readonly cause: NoResponseCause
    }

/** `handshake` = refused before any application data; `closed` = after it. */
export type NoResponseCause = 'unreachable' | 'handshake' | 'closed' | 'timeout' | 'malformed'
