/** What we use of the package `pcap-parser`, which brings no types. */
declare module 'pcap-parser' {
  import type { EventEmitter } from 'node:events'

  export interface PcapPacketHeader {
    readonly timestampSeconds: number
    readonly timestampMicroseconds: number
    readonly capturedLength: number
    readonly originalLength: number
  }

  export interface PcapGlobalHeader {
    readonly linkLayerType: number
  }

  /** Emits `globalHeader`, `packetHeader`, `packet` ({header, data}), `error`, `end`. */
  export function parse(stream: EventEmitter): EventEmitter
}
