import type { Connection, FrameRef, Side } from './trace.ts'

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** A connection as it is put together. */
export type DraftConnection = Mutable<Omit<Connection, 'bytes' | 'clearBytes'>> & {
  readonly bytes: Record<Side, number>
  readonly clearBytes: Record<Side, number>
}

export interface ConnectionOpening {
  readonly id: number
  readonly wire: string
  readonly transport: Connection['transport']
  readonly client: Connection['client']
  readonly server: Connection['server']
  readonly opening: FrameRef
  readonly openedAtMs: number
}

export function draftConnection(opening: ConnectionOpening): DraftConnection {
  return {
    ...opening,
    lastFrame: opening.opening,
    bytes: { client: 0, server: 0 },
    gap: false,
    clearBytes: { client: 0, server: 0 },
  }
}
