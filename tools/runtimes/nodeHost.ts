/** Where the programs of one network run, for runtimes whose nodes are not in this process (tools/runtimes/hosted.ts). */
import type { Readable, Writable } from 'node:stream'
import type { NodeConfiguration } from '../../nodes/contract.ts'
import type { Plan, PlannedNode } from '../../topologies/plan.ts'
import type { Journal } from './journal.ts'
import type { ByHand } from './runtime.ts'

/** Starts node programs and the fabric's agent, gives their streams, and ends them. One per running network. */
export interface NodeHost extends AsyncDisposable {
  /**
   * Starts the fabric's agent (`tools/fabric/agent/main.ts`) where it reaches every node and every node reaches it, at the
   * addresses of the plan. It is started before any node, and ended after all of them.
   */
  startAgent(): Promise<HostedAgent>
  /** How a person gets to where the fabric is; absent where that is the network of this machine. */
  readonly byHand?: ByHand
  /** Starts the program of one node: ours (`nodes/main.ts`) or one that keeps its contract. */
  startNode(start: NodeStart): Promise<HostedProgram>
  /**
   * Ends whatever still runs and removes whatever was made, whether or not it was started completely. Called once, after the
   * fabric is closed and its recording is here; a host that records for itself brings that into the folder now.
   */
  [Symbol.asyncDispose](): Promise<void>
}

export interface HostOptions {
  readonly plan: Plan
  /** Folder of the testbed on this machine. */
  readonly folder: string
  /** What a host makes outside its memory is written down here before it is made. */
  readonly journal: Journal
  readonly progress: (line: string) => void
  /** Aborted when the network is given up. */
  readonly signal: AbortSignal
}

/** Prepares the place for a network (its networks, for instance); starts no program. Leaves nothing when it fails. */
export type OpenHost = (options: HostOptions) => Promise<NodeHost>

export interface NodeStart {
  readonly node: PlannedNode
  /** Files on this machine, 0600, with the keys that this node holds, and none besides. */
  readonly keyFiles: readonly string[]
  /**
   * What the node is told, given the folder in which it finds its key files under the names they have here. It is told to
   * take commands on its standard input and to report secrets on its standard output.
   */
  readonly configure: (keyFolder: string) => NodeConfiguration
}

/** A program that was started. It need not be ready, and may have ended already. */
export interface HostedProgram {
  readonly stdin: Writable
  readonly stdout: Readable
  /** What it says to people: shown when it fails, bounded by who reads it. */
  readonly stderr: Readable
  /** Resolves when it has ended, however that came about; never rejects. */
  readonly ended: Promise<ProgramEnd>
  /** Ends it at once. Resolves when it is gone; never rejects. */
  kill(): Promise<void>
}

export interface ProgramEnd {
  /** Absent when it was ended by force or could not be watched. */
  readonly code?: number
  /** For people: `exit code 2`, `killed (out of memory)`. */
  readonly because: string
}

export interface HostedAgent extends HostedProgram {
  /** Where the agent keeps the recording while it runs: a path that only the agent needs to understand. */
  readonly recordingPath: string
}
