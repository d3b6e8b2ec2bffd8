/** What every runtime offers. A testbed exists only while it runs; stopping it leaves a recording. */
import type { ControlCommand, ControlReply, NodeEvent } from '../../nodes/contract.ts'
import type { Addressing } from '../../topologies/addressing.ts'
import type { Plan } from '../../topologies/plan.ts'
import type { Fabric } from '../fabric/fabric.ts'
import type { TesterNetwork } from '../fabric/testerNetwork.ts'

export interface Runtime {
  readonly name: 'local' | 'process' | 'docker' | 'swarm' | 'fake'
  /** What a network may take to come up beyond what it takes in one process. Default 0. */
  readonly extraTimeMs?: number
  /** Addresses that one plan may use until they are released. @throws BenchError ADDRESS_IN_USE, CAPABILITY_MISSING */
  reserve(): Promise<Reservation>
  /** Brings the plan up: every link recorded from before its first packet, every node ready, registered and associated.
   *  On any failure everything is torn down and the error carries the last lines of the node concerned. */
  bringUp(plan: Plan, options: BringUpOptions): Promise<Testbed>
  /** Removes what it keeps from one network to the next, where it does. */
  close?(): Promise<void>
}

/** Addresses that belong to one plan until they are released, or this process ends. */
export interface Reservation extends AsyncDisposable {
  /** What `makePlan` takes. */
  readonly addressing: Addressing
  release(): Promise<void>
}

export interface BringUpOptions {
  /** Folder of this testbed: keys (0600), node configurations, logs, the recording. Created when missing. */
  readonly folder: string
  /** Bound for each node to become ready, and again to register. Default 5000. */
  readonly readyTimeoutMs?: number
  /** Progress, one call per thing that happened. */
  readonly onProgress?: (line: string) => void
  /** Abort tears down what is up. */
  readonly signal?: AbortSignal
}

export interface ByHand {
  /** To be put before a program that connects to a wire. */
  readonly prefix: string
  /** What a person can do besides, a sentence and a command each. */
  readonly lines: readonly string[]
}

export interface Testbed extends AsyncDisposable {
  readonly plan: Plan
  readonly folder: string
  /** The recording, pcapng. */
  readonly recordingPath: string
  readonly fabric: Fabric
  /** The tester connects and listens through it, so that it need not be where the fabric is. */
  readonly testerNetwork: TesterNetwork
  /** How a person gets to where the fabric is; absent where that is the network of this machine. */
  readonly byHand?: ByHand
  /** Every event of every node so far, in order of arrival. */
  readonly events: readonly NodeEvent[]
  control(node: string, command: ControlCommand): Promise<ControlReply>
  /** Resolves with the first event (past or future) that satisfies; TIMED_OUT names what was waited for. */
  waitFor(
    what: string,
    matches: (event: NodeEvent) => boolean,
    timeoutMs: number,
  ): Promise<NodeEvent>
  /** Ends nodes, then wires, then the recording. Idempotent; leaves no socket, timer or child behind. */
  stop(): Promise<void>
}
