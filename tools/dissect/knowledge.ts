import {
  jsonUnescaped,
  longestForm,
  type Needle,
  needlesOf,
  percentDecoded,
} from './canaryPatterns.ts'
import { nodeName } from './http/exchange.ts'
import { inflateAll, showsGzip } from './inflate.ts'
import type { Seen } from './seen.ts'
import type { Canary, CanaryEncoding, CanaryKnowledge, Connection, FrameRef } from './trace.ts'

/** How far the search through one direction of one layer of a connection is: what may be the start of a canary. */
export interface SearchState {
  tail: Buffer
  /** Canary and encoding already found here. */
  readonly found: Set<string>
}

export interface SearchedMessage {
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Buffer
}

const searchedEncodings: readonly CanaryEncoding[] = [
  'raw',
  'base64',
  'hex',
  'url',
  'json-escaped',
  'compressed',
]

interface Finding {
  readonly canary: number
  readonly encoding: CanaryEncoding
}

/**
 * Searches everything recorded for canaries while it streams by: octets on the wire, content of opened records, and what
 * compressed pieces of messages held.
 */
export class CanarySearch {
  readonly #canaries: readonly Canary[]
  readonly #needles: readonly Needle[]
  readonly #tailLength: number
  readonly #readers: Map<string, CanaryKnowledge['readers'][number]>[]
  readonly #inClear: Map<string, CanaryKnowledge['inClear'][number]>[]
  readonly #unreadable: FrameRef[] = []

  constructor(canaries: readonly Canary[]) {
    this.#canaries = canaries
    this.#needles = needlesOf(canaries)
    this.#tailLength = Math.max(0, longestForm(canaries) - 1)
    this.#readers = canaries.map(() => new Map())
    this.#inClear = canaries.map(() => new Map())
  }

  newState(): SearchState {
    return { tail: Buffer.alloc(0), found: new Set() }
  }

  /** Octets as they crossed the wire: whoever taps it can read them, and so can both ends. */
  onWire(state: SearchState, connection: Connection, bytes: Buffer, seen: Seen): void {
    this.#report(this.#search(state, bytes), connection, seen, true)
    if (this.#canaries.length > 0 && showsGzip(bytes))
      this.#inside(bytes, '', connection, seen, true)
  }

  /** Content of an opened record: both ends can read it. `visible`: the record was not encrypted. */
  opened(
    state: SearchState,
    connection: Connection,
    bytes: Buffer,
    seen: Seen,
    visible: boolean,
  ): void {
    this.#report(this.#search(state, bytes), connection, seen, visible)
  }

  /** A whole message: looks into what is compressed in it. */
  message(connection: Connection, message: SearchedMessage, seen: Seen, visible: boolean): void {
    if (this.#canaries.length === 0) return
    const headers = message.headers.map(([, value]) => value).join('\n')
    const coding = message.headers.find(([name]) => /^content-encoding$/i.test(name))?.[1]
    this.#inside(message.body, coding ?? '', connection, seen, visible)
    this.#inside(Buffer.from(headers, 'latin1'), '', connection, seen, visible)
  }

  /** Protected octets nobody opened for us. */
  unreadable(ref: FrameRef): void {
    const last = this.#unreadable[this.#unreadable.length - 1]
    if (this.#unreadable.length < mostUnreadable && last !== ref) this.#unreadable.push(ref)
  }

  result(): CanaryKnowledge[] {
    return this.#canaries.map((canary, index) => ({
      canary,
      readers: [...(this.#readers[index]?.values() ?? [])],
      inClear: [...(this.#inClear[index]?.values() ?? [])],
      searched: searchedEncodings,
      unreadable: this.#unreadable,
    }))
  }

  #inside(
    bytes: Buffer,
    contentEncoding: string,
    connection: Connection,
    seen: Seen,
    visible: boolean,
  ): void {
    const { contents, tooLarge } = inflateAll(bytes, contentEncoding)
    if (tooLarge) this.unreadable(seen.ref)
    for (const content of contents)
      for (const { canary } of this.#search(this.newState(), content))
        this.#report([{ canary, encoding: 'compressed' }], connection, seen, visible)
  }

  #search(state: SearchState, bytes: Buffer): Finding[] {
    if (this.#canaries.length === 0) return []
    const text = state.tail.length === 0 ? bytes : Buffer.concat([state.tail, bytes])
    const findings = this.#needles.filter(({ canary, encoding, bytes: needle }) => {
      const key = `${canary} ${encoding}`
      if (state.found.has(key) || text.indexOf(needle) < 0) return false
      state.found.add(key)
      return true
    })
    const escaped = [
      ...this.#searchUnescaped(state, percentDecoded(text), 'url'),
      ...this.#searchUnescaped(state, jsonUnescaped(text), 'json-escaped'),
    ]
    state.tail = Buffer.from(text.subarray(Math.max(0, text.length - this.#tailLength)))
    return [...findings, ...escaped]
  }

  #searchUnescaped(
    state: SearchState,
    text: Buffer | undefined,
    encoding: CanaryEncoding,
  ): Finding[] {
    if (text === undefined) return []
    return this.#needles
      .filter(
        (needle) =>
          needle.encoding === 'raw' &&
          !state.found.has(`${needle.canary} raw`) &&
          !state.found.has(`${needle.canary} ${encoding}`) &&
          text.indexOf(needle.bytes) >= 0,
      )
      .map(({ canary }) => {
        state.found.add(`${canary} ${encoding}`)
        return { canary, encoding }
      })
  }

  #report(
    findings: readonly Finding[],
    connection: Connection,
    seen: Seen,
    visible: boolean,
  ): void {
    const { wire } = connection
    for (const { canary, encoding } of findings) {
      const readers = this.#readers[canary]
      for (const end of [connection.client, connection.server]) {
        const node = nodeName(end)
        const key = `${connection.id} ${node}`
        if (readers?.has(key) === false) readers.set(key, { node, wire, frame: seen.ref })
      }
      const inClear = this.#inClear[canary]
      const key = `${connection.id} ${encoding}`
      if (visible && inClear?.has(key) === false)
        inClear.set(key, { wire, encoding, frame: seen.ref })
    }
  }
}

/** Frames listed as unreadable; more say nothing new. */
const mostUnreadable = 10_000
