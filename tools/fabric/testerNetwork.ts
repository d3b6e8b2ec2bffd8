import type { Duplex } from 'node:stream'

/** The network as the tester reaches it: from where the fabric is, in whatever process or container that may be. */
export interface TesterNetwork {
  /** Connects to a wire. Rejects when nobody accepts. */
  dial(options: DialOptions): Promise<TesterSocket>
  /** Listens at an address of the fabric's, any free port: a place that a wire can be redirected to. */
  listen(options: ListenOptions): Promise<TesterListener>
}

export interface ListenOptions {
  readonly address: string
  /** The wire that is to lead there: the listener is where that is carried, should there be several such places. */
  readonly wire?: string
}

export interface DialOptions {
  readonly to: { readonly address: string; readonly port: number }
  /** Source address, one of the fabric's own; default: the system's choice. */
  readonly from?: string
}

/** One TCP connection. When the far end ends its half, this one ends as well; errors show as on any stream. */
export type TesterSocket = Duplex & { readonly localPort: number }

export interface TesterListener extends AsyncDisposable {
  readonly address: string
  readonly port: number
  /** Called for every connection from now on; one that came before is sent away. */
  onConnection(take: TakeConnection): void
  /** Takes no further connection; those that are open stay. */
  close(): Promise<void>
}

export type TakeConnection = (
  connection: Duplex,
  from: { readonly address: string; readonly port: number },
) => void
