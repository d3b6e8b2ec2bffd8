/**
 * What a purpose's body may do: the tester's side, and the upper tester of nodes. A body never touches a socket, a file or
 * a clock; it says what should happen and gets back what was observed. tools/testSystem implements it.
 */
import type { OutgoingRequest, RequestOutcome } from '../../protocol/exchange.ts'
import type { RequestPrimitive, ResponsePrimitive } from '../../protocol/primitive.ts'
import type { Canary } from '../../tools/dissect/trace.ts'
import type { Plan } from '../../topologies/plan.ts'

export interface TestSystem {
  readonly plan: Plan
  readonly seed: number
  /** An AE by its name in the topology, or a CSE by its node's name: made to act through its upper tester. */
  entity(name: string): EntityHandle
  /** A link by its wire's name. */
  link(wire: string): LinkHandle
  /** A fresh marker to put into content; searched for in everything recorded. */
  canary(label: string): Canary
  /** A fresh request identifier that carries the purpose's id. */
  requestId(): string
  /** Tells the judge where a request must have travelled: node names, originator first. */
  expectJourney(expected: ExpectedJourney): void
  /** A line on the time line of the run record. */
  note(text: string): void
  /** Sets the clock of a node; `null` = real time. */
  setClock(node: string, atMs: number | null): Promise<void>
}

export interface EntityHandle {
  readonly name: string
  readonly node: string
  /** Has the entity send a request to its registrar; fills in `rqi`, `fr`, `rvi`. */
  request(request: OutgoingRequest): Promise<RequestOutcome>
  register(): Promise<RequestOutcome>
  deregister(): Promise<RequestOutcome>
  /** Requests that reached it on its point of access, oldest first. */
  received(): Promise<readonly RequestPrimitive[]>
  /** Waits (bounded) until a request with this identifier reached it. */
  awaitReceived(rqi: string): Promise<RequestPrimitive>
  /** Closes the outbound associations of its node. */
  disconnect(): Promise<void>
}

export interface LinkHandle {
  readonly wire: string
  /** The tester plays the registree on this link: connects through the wire to the registrar. */
  connect(options?: TesterCredential): Promise<TesterConnection>
  /** The tester plays the registrar on this link: nodes that connect through the wire reach the tester instead. */
  impersonateRegistrar(options: ImpersonationOptions): Promise<RogueRegistrar>
  /** Sends one hand-made ClientHello to the registrar and reports the first answer. */
  hello(hello: ClientHelloSpec): Promise<HelloAnswer>
  cut(): Promise<void>
  heal(): Promise<void>
  delay(delayMs: number): Promise<void>
}

/** How the tester authenticates; every default is what the honest registree would do. */
export interface TesterCredential {
  /** Entity whose credential is used; default: the first of the registree. */
  readonly as?: string
  readonly pskIdentity?: string
  /** Hexadecimal; default: the provisioned key. `wrong` = a key of the same length that nobody has. */
  readonly key?: string | 'wrong'
  /** IANA names offered; default: the link's. */
  readonly suites?: readonly string[]
  readonly minVersion?: TlsVersion
  readonly maxVersion?: TlsVersion
  /** `none` = no TLS at all: plain HTTP to the secured port. */
  readonly protection?: 'tls' | 'none'
  /** Source address; default: the registree's. */
  readonly from?: string
}

export type TlsVersion = 'TLS 1.0' | 'TLS 1.1' | 'TLS 1.2' | 'TLS 1.3'

export type TesterConnection =
  | {
      readonly outcome: 'connected'
      /** Absent on a plain connection. */
      readonly version?: string
      readonly suite?: string
      /** Sends a request primitive as it is: nothing is filled in but a missing `rqi`. */
      request(request: OutgoingRequest): Promise<RequestOutcome>
      close(): Promise<void>
    }
  | {
      readonly outcome: 'refused'
      readonly because: string
      readonly alert?: string
      close(): Promise<void>
    }

export interface ImpersonationOptions {
  /**
   * `wrong-key`: knows the identity, not the key, and would rather show a self-signed certificate. `certificate`: a
   * self-signed certificate instead of PSK. `plain`: no TLS. `right`: the control.
   */
  readonly credential: 'right' | 'wrong-key' | 'certificate' | 'plain'
  /** What it answers to any request it gets to see; default 2001 to create, 2000 else. */
  readonly answer?: (request: RequestPrimitive) => ResponsePrimitive
}

export interface RogueRegistrar {
  /** Requests the rogue could read: must be empty unless it is the control. */
  readonly read: readonly RequestPrimitive[]
  /** How each connection ended, oldest first. */
  readonly handshakes: readonly {
    readonly outcome: 'established' | 'refused'
    readonly because?: string
  }[]
  /** Waits (bounded) until a connection attempt was decided. */
  awaitAttempt(): Promise<void>
  /** Puts the true registrar back. */
  stop(): Promise<void>
}

/** A ClientHello written by hand, for what no TLS library offers any more. */
export interface ClientHelloSpec {
  /** Highest version in client_version, e.g. 0x0303. */
  readonly version: number
  /** Registry values, in order of preference. */
  readonly suites: readonly number[]
  readonly serverName?: string
}

export type HelloAnswer =
  | { readonly answer: 'server-hello'; readonly version: number; readonly suite: number }
  | { readonly answer: 'alert'; readonly level: number; readonly description: string }
  | { readonly answer: 'closed' }
  | { readonly answer: 'other'; readonly firstBytes: string }

export interface ExpectedJourney {
  readonly rqi: string
  /** Node names in order, originator first; the last one received the request. */
  readonly path: readonly string[]
  /** The originator was told that it was done. */
  readonly delivered: boolean
}
