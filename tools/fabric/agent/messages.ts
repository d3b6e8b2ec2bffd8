/** What the bench and the fabric's agent say to each other over the multiplexed stream (tools/fabric/mux.ts). */
import type { Impairment, WireEvent, WireOptions, WireWay } from '../fabric.ts'

type Place = WireWay['target']

/** What the bench asks of the agent, and what it is answered. */
export interface AgentRequests {
  /** Comes first: where the recording is kept, at a path of the agent's own. */
  open: { readonly ask: { readonly recording: string }; readonly answer: null }
  /** The ways as they listen. */
  'add-wire': {
    readonly ask: { readonly options: WireOptions }
    readonly answer: { readonly ways: readonly WireWay[] }
  }
  impair: {
    readonly ask: { readonly wire: string; readonly impairment: Impairment }
    readonly answer: null
  }
  redirect: {
    readonly ask: { readonly wire: string; readonly way: number; readonly target: Place | null }
    readonly answer: null
  }
  cut: { readonly ask: { readonly wire: string }; readonly answer: null }
  heal: { readonly ask: { readonly wire: string }; readonly answer: null }
  /** Connects for the tester; the connection is the channel, which the bench opened. */
  dial: {
    readonly ask: { readonly channel: number; readonly to: Place; readonly from?: string }
    readonly answer: { readonly localPort: number }
  }
  /** Connections are announced as `connection`, with the number the bench chose for the listener. */
  listen: {
    readonly ask: { readonly listener: number; readonly address: string }
    readonly answer: { readonly port: number }
  }
  'close-listener': { readonly ask: { readonly listener: number }; readonly answer: null }
  /** Closes all wires, then the recording. */
  close: { readonly ask: object; readonly answer: ClosedRecording }
  /** Sends the recording over the channel, which the bench opened, and ends that. */
  'send-recording': { readonly ask: { readonly channel: number }; readonly answer: null }
}

export interface ClosedRecording {
  readonly bytes: number
  readonly stats: readonly WireStats[]
  /** Set when the disk refused bytes. */
  readonly failure?: string
}

export interface WireStats {
  readonly wire: string
  readonly connections: number
  readonly open: number
  readonly bytes: number
}

/** What the bench tells the agent. */
export type TellAgent =
  | { readonly tell: 'secret'; readonly line: string }
  | { readonly tell: 'name'; readonly address: string; readonly node: string }
  | { readonly tell: 'annotate'; readonly text: string }

/** What the agent tells the bench. */
export type TellBench =
  | { readonly tell: 'wire'; readonly event: WireEvent; readonly stats?: WireStats }
  | { readonly tell: 'stats'; readonly stats: readonly WireStats[] }
  | {
      readonly tell: 'connection'
      readonly listener: number
      readonly channel: number
      readonly from: Place
    }

/** Asks the agent; rejects with its error, TIMED_OUT or FABRIC_LOST. */
export type AgentCall = <Name extends keyof AgentRequests>(
  name: Name,
  ask: AgentRequests[Name]['ask'],
  bound?: { readonly timeoutMs: number },
) => Promise<AgentRequests[Name]['answer']>
