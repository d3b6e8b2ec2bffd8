import type { DraftConnection } from './connection.ts'
import { type DraftPrimitive, HttpExchange } from './http/exchange.ts'
import type { CanarySearch, SearchState } from './knowledge.ts'
import type { Seen } from './seen.ts'
import { Association } from './tls/association.ts'
import type { KeyLog } from './tls/keyLog.ts'
import { RecordReader } from './tls/record.ts'
import type { SessionTickets } from './tls/sessionTickets.ts'
import type { Side } from './trace.ts'

/** What all connections of a recording share. */
export interface DissectionContext {
  readonly keyLog: KeyLog
  readonly tickets: SessionTickets
  readonly search: CanarySearch
  primitive(primitive: DraftPrimitive, answers?: DraftPrimitive): void
}

/** What is said over one TCP connection: records or clear bytes, and HTTP inside and outside of the association. */
export class Conversation {
  readonly #context: DissectionContext
  readonly #connection: DraftConnection
  readonly #association: Association
  readonly #readers: Record<Side, RecordReader>
  readonly #onWire: Record<Side, SearchState>
  readonly #opened: Record<Side, SearchState>
  readonly #protectedPrimitives: DraftPrimitive[] = []
  #inside: HttpExchange | undefined
  #outside: HttpExchange | undefined
  /** Content of protected records can be read off the wire as well. */
  #visible = false

  constructor(context: DissectionContext, connection: DraftConnection) {
    this.#context = context
    this.#connection = connection
    const { search } = context
    this.#onWire = { client: search.newState(), server: search.newState() }
    this.#opened = { client: search.newState(), server: search.newState() }
    this.#readers = { client: this.#reader('client'), server: this.#reader('server') }
    this.#association = new Association(context.keyLog, context.tickets, {
      opened: (from, content, seen, visible) => this.#openedRecord(from, content, seen, visible),
      application: (from, content, seen) => this.#insideHttp().data(from, content, seen),
      clear: (from, content, seen) => this.#clear(from, content, seen),
      unreadable: (_from, seen) => this.#unreadable(seen),
    })
  }

  data(from: Side, bytes: Buffer, seen: Seen): void {
    this.#connection.bytes[from] += bytes.length
    this.#context.search.onWire(this.#onWire[from], this.#connection, bytes, seen)
    this.#readers[from].push(bytes, seen)
  }

  gap(from: Side): void {
    this.#connection.gap = true
    this.#readers[from].gap()
    this.#association.gap(from)
    this.#inside?.gap()
    this.#outside?.gap()
  }

  /** `ended`: a FIN or RST was seen; else the recording is over. */
  close(ended: boolean): void {
    for (const from of ['client', 'server'] as const) {
      const begun = this.#readers[from].end()
      const last = begun[begun.length - 1]
      if (last !== undefined) this.#context.search.unreadable(last.ref)
    }
    this.#inside?.end()
    this.#outside?.end()
    this.#association.close(ended)
    for (const primitive of this.#protectedPrimitives)
      primitive.protected = this.#association.established
  }

  #reader(from: Side): RecordReader {
    return new RecordReader({
      record: (record) => {
        this.#association.record(from, record)
        const known = this.#association.known
        if (known !== undefined) this.#connection.association = known
      },
      clear: (bytes, seen) => this.#clear(from, bytes, seen),
      lost: (_bytes, seen) => this.#context.search.unreadable(seen.ref),
    })
  }

  #openedRecord(from: Side, content: Buffer, seen: readonly Seen[], visible: boolean): void {
    const last = seen[seen.length - 1]
    this.#visible = visible
    if (last !== undefined)
      this.#context.search.opened(this.#opened[from], this.#connection, content, last, visible)
  }

  /** A hole in the content: what comes after it belongs to no message begun before. */
  #unreadable(seen: Seen): void {
    this.#context.search.unreadable(seen.ref)
    this.#inside?.gap()
  }

  #clear(from: Side, bytes: Buffer, seen: Seen): void {
    this.#connection.clearBytes[from] += bytes.length
    this.#connection.clearFrame ??= seen.ref
    this.#outside ??= new HttpExchange(this.#connection, {
      primitive: (primitive, answers) => this.#context.primitive(primitive, answers),
      message: (_from, message, frames) => this.#searchInside(message, frames, true),
    })
    this.#outside.data(from, bytes, [seen])
  }

  #insideHttp(): HttpExchange {
    this.#inside ??= new HttpExchange(this.#connection, {
      primitive: (primitive, answers) => {
        this.#protectedPrimitives.push(primitive)
        this.#context.primitive(primitive, answers)
      },
      message: (_from, message, frames) => this.#searchInside(message, frames, this.#visible),
    })
    return this.#inside
  }

  #searchInside(
    message: Parameters<CanarySearch['message']>[1],
    frames: readonly Seen[],
    visible: boolean,
  ): void {
    const last = frames[frames.length - 1]
    if (last !== undefined) this.#context.search.message(this.#connection, message, last, visible)
  }
}
