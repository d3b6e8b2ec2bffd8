/** What a reader finds in a recording, in order of the file. Bytes are views of the reader's buffer: copy what is kept. */
export type RecordingItem =
  | { readonly kind: 'interface'; readonly interface: RecordedInterface }
  | CapturedFrame
  /** NSS key-log lines. */
  | { readonly kind: 'secrets'; readonly lines: readonly string[] }
  | { readonly kind: 'name'; readonly address: string; readonly name: string }
  | ReadingProblem

/** A capture point; for our own recordings a wire. */
export interface RecordedInterface {
  readonly name: string
  /** LINKTYPE_ value of the packet capture formats. */
  readonly linkType: number
}

export interface CapturedFrame {
  readonly kind: 'frame'
  /** From 1, over the whole file: the number a packet analyser shows. */
  readonly frame: number
  readonly interface: RecordedInterface
  /** Milliseconds since the epoch, with fractions. */
  readonly atMs: number
  readonly data: Buffer
  /** Length on the wire; more than `data` when the capture cut the frame short. */
  readonly originalLength: number
  readonly comments: readonly string[]
}

/**
 * `foreign` not a recording at all; `truncated` it ends in the middle; `invalid` a block contradicts itself;
 * `unsupported` valid, but a form we do not read; `lost` the capture says that it dropped frames.
 */
export type ReadingProblemCode = 'foreign' | 'truncated' | 'invalid' | 'unsupported' | 'lost'

export interface ReadingProblem {
  readonly kind: 'problem'
  readonly code: ReadingProblemCode
  readonly message: string
  /** Offset in the file of what could not be read. */
  readonly offset: number
}

/** A parser that is pushed the bytes of a file in order. After a fatal problem it ignores the rest. */
export interface RecordingParser {
  push(chunk: Buffer): RecordingItem[]
  /** Call once, after the last byte. */
  finish(): RecordingItem[]
}
