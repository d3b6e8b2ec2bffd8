/**
 * What a wire writes to. One recorder is one pcapng file; each wire is one interface of it; secrets are embedded as they
 * become known, always before the frames they protect.
 */
export interface Recorder {
  readonly path: string
  /** Declares a wire; its name becomes the interface name. Every wire is declared before its first frame. */
  addWire(name: string): WireRecorder
  /** One NSS key-log line, without line end. */
  addSecret(line: string): void
  /** Names an address in the file itself (name resolution block), so that a recording explains itself. */
  nameAddress(address: string, node: string): void
  /** A note on the time line: a fault injected, a phase begun. Kept in the file as a comment on the next frame's block. */
  annotate(text: string): void
  /** Flushes and closes; after it the file is complete and readable. Idempotent. */
  close(): Promise<void>
  /** Set when the disk refused bytes: nothing recorded afterwards can be trusted. */
  readonly failure: Error | undefined
}

export interface WireRecorder {
  readonly name: string
  /** An accepted connection whose bytes will follow. */
  openTcp(ends: TcpEnds): TcpRecorder
  datagram(ends: TcpEnds, from: 'client' | 'server', payload: Uint8Array): void
}

export interface TcpEnds {
  readonly client: { readonly address: string; readonly port: number }
  readonly server: { readonly address: string; readonly port: number }
}

/** Writes consistent synthetic TCP/IP headers around the real bytes of one connection. */
export interface TcpRecorder {
  data(from: 'client' | 'server', bytes: Uint8Array): void
  /** Orderly end of one direction. */
  end(from: 'client' | 'server'): void
  /** Abrupt end. */
  reset(from: 'client' | 'server'): void
}
