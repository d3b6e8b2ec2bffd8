/** The fabric: all wires of a running topology behind one interface. A wire is the bench's own piece of a link. */
import type { Recorder } from '../capture/recorder.ts'

/** One way through a wire: what is connected to `listen` reaches `target`. */
export interface WireWay {
  readonly listen: { readonly address: string; readonly port: number }
  readonly target: { readonly address: string; readonly port: number }
  /** Address the wire connects from; default: that of the near end, so that the far end sees who is calling. */
  readonly connectFrom?: string
}

export interface WireOptions {
  readonly name: string
  readonly transport: 'tcp' | 'udp'
  /** `toRegistrar` always; `toRegistree` when the registree is request reachable. */
  readonly ways: readonly WireWay[]
  readonly impairment?: Impairment
  /** Seeds the choice of which datagrams are dropped. */
  readonly seed: number
}

/** Declared or set at run time. Each change is announced as a `WireEvent`. */
export interface Impairment {
  /** Added to every delivery, one way, in milliseconds. */
  readonly delayMs?: number
  /** Bytes per second, each way. */
  readonly limitBytesPerS?: number
  /** Share of datagrams dropped, 0 … 1; UDP only. */
  readonly drop?: number
}

export interface WireEvent {
  readonly wire: string
  readonly atMs: number
  readonly event:
    | 'opened'
    | 'closed'
    | 'impaired'
    | 'cut'
    | 'healed'
    | 'redirected'
    | 'restored'
    | 'dropped'
    | 'connection-opened'
    | 'connection-closed'
    | 'unreachable'
  readonly detail?: string
}

export interface Wire {
  readonly name: string
  readonly options: WireOptions
  /** Replaces the impairment in force. This and the following resolve when they are in force. */
  impair(impairment: Impairment): Promise<void>
  /** New connections on a way (index into `options.ways`) reach `target` instead; `null` = the planned target again. */
  redirect(way: number, target: WireWay['target'] | null): Promise<void>
  /** Ends every connection and refuses new ones until healed. */
  cut(): Promise<void>
  heal(): Promise<void>
  /** As far as it is known here; complete when the fabric is closed. */
  readonly stats: { readonly connections: number; readonly open: number; readonly bytes: number }
}

export interface Fabric extends AsyncDisposable {
  readonly recorder: Recorder
  readonly wires: ReadonlyMap<string, Wire>
  /** Opens a wire; resolves when it accepts. Rejects with ADDRESS_IN_USE, naming address and port. */
  addWire(options: WireOptions): Promise<Wire>
  onEvent(listener: (event: WireEvent) => void): void
  /** Closes every wire, then the recorder. Idempotent. */
  close(): Promise<void>
}
