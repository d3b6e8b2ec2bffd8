import type { Decryption } from '../trace.ts'
import type { OpenedRecord, RecordOpener } from './opener.ts'
import type { TlsRecord } from './record.ts'

/** A secret the recording holds for a direction, and what opens records with it. */
export interface Candidate {
  readonly secret: Buffer
  readonly opener: RecordOpener
}

/** Why nothing can be opened although records are protected. */
export type Obstacle = Extract<Decryption, 'no-secret' | 'unsupported-suite'>

/**
 * The protection of one direction from one change of keys to the next. Where the recording holds several secrets, the
 * one that opens the first record is the one in use.
 */
export class Protection {
  #candidates: readonly Candidate[]
  #chosen: Candidate | undefined
  readonly #obstacle: Obstacle
  /** Early data of TLS 1.3 may precede the records these keys open: a record that does not open is not the end. */
  readonly #mayMiss: boolean
  #status: Decryption = 'not-needed'

  constructor(candidates: readonly Candidate[], obstacle: Obstacle, mayMiss = false) {
    this.#candidates = candidates
    this.#obstacle = obstacle
    this.#mayMiss = mayMiss
  }

  get status(): Decryption {
    return this.#status
  }

  /** The secret that opens this direction; `undefined` while nothing was opened. */
  get secret(): Buffer | undefined {
    return this.#chosen?.secret
  }

  get opener(): RecordOpener | undefined {
    return this.#chosen?.opener
  }

  open(record: TlsRecord): OpenedRecord | undefined {
    if (this.#candidates.length === 0) {
      this.#status = worseDecryption(this.#status, this.#obstacle)
      return undefined
    }
    for (const candidate of this.#candidates) {
      const opened = candidate.opener.open(record)
      if (opened === undefined) continue
      this.#chosen = candidate
      this.#candidates = [candidate]
      this.#status = worseDecryption(this.#status, 'complete')
      return opened
    }
    this.#status = 'failed'
    if (!this.#mayMiss || this.#chosen !== undefined) this.#giveUp()
    return undefined
  }

  /** One record lost its place in the order: the rest cannot be trusted. */
  #giveUp(): void {
    this.#candidates = [deadCandidate]
  }
}

const deadCandidate: Candidate = { secret: Buffer.alloc(0), opener: { open: () => undefined } }

const order: readonly Decryption[] = [
  'not-needed',
  'complete',
  'no-secret',
  'unsupported-suite',
  'failed',
]

/** The one that tells more against the recording. */
export function worseDecryption(a: Decryption, b: Decryption): Decryption {
  return order.indexOf(a) >= order.indexOf(b) ? a : b
}
