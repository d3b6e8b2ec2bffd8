import { adoptAssociation } from './association.ts'
import type { DtlsAssociation, DtlsAssociationOptions } from './associationTypes.ts'
import { makeCookies } from './cookies.ts'
import { type HelloOutcome, helloListener } from './helloListener.ts'
import { helloOf, isInClear, sequenceOf } from './records.ts'
import { defaultMtu } from './sslObject.ts'
import { processTimers } from './timers.ts'

/** Where datagrams come from and go to. */
export interface DtlsEndpoint {
  readonly address: string
  readonly port: number
}

export interface DtlsServerOptions
  extends Omit<DtlsAssociationOptions, 'role' | 'session' | 'serverName'> {
  readonly send: (datagram: Buffer, to: DtlsEndpoint) => void
  /**
   * A peer has passed the cookie exchange; its handshake begins when this returns. The server owns the association, sends for
   * it, and frees it once it is closed.
   */
  readonly onAssociation: (association: DtlsAssociation, peer: DtlsEndpoint) => void
  /** Hellos of further peers are not answered; default 20,000. */
  readonly mostAssociations?: number
}

/** Many associations on one port, told apart by the peer's address and port; without a socket. */
export interface DtlsServer {
  readonly associations: number
  receive(datagram: Buffer, from: DtlsEndpoint): void
  /** Sends close_notify on every association and frees them all. */
  close(): void
}

interface Entry {
  readonly association: DtlsAssociation
  /** Version and random of the hello that began it. */
  readonly hello: Buffer
}

/** What is kept for a peer: the association in use, and the one that is to take its place. */
interface Peer {
  current: Entry
  next?: Entry
}

export function dtlsServer(options: DtlsServerOptions): DtlsServer {
  return new Server(options)
}

class Server implements DtlsServer {
  readonly #options: DtlsServerOptions
  readonly #peers = new Map<string, Peer>()
  readonly #listener
  #associations = 0

  constructor(options: DtlsServerOptions) {
    const { context, mtu = defaultMtu, timers = processTimers } = options
    this.#options = options
    this.#listener = helloListener(context, mtu, makeCookies(timers))
  }

  get associations(): number {
    return this.#associations
  }

  receive(datagram: Buffer, from: DtlsEndpoint): void {
    const key = `${from.address} ${from.port}`
    const peer = this.#peers.get(key)
    const hello = helloOf(datagram)
    if (hello !== undefined && !isHelloOf(peer, hello)) {
      this.#lookAtHello(datagram, from, hello, key)
      return
    }
    if (peer === undefined) return
    const { current, next } = peer
    const isForNext = next !== undefined && (hello?.equals(next.hello) ?? true)
    if (isForNext) next.association.receive(datagram)
    // Whether a protected record is of the old or the new association only its keys can tell; the other one drops it.
    const isForCurrent = next === undefined || !isForNext || !isInClear(datagram)
    if (isForCurrent && current.association.state !== 'freed') current.association.receive(datagram)
  }

  close(): void {
    for (const { current, next } of [...this.#peers.values()])
      for (const entry of [next, current])
        if (entry !== undefined && entry.association.state !== 'freed') {
          entry.association.close()
          this.#release(entry)
        }
    this.#peers.clear()
    this.#listener.free()
  }

  #lookAtHello(datagram: Buffer, from: DtlsEndpoint, hello: Buffer, key: string): void {
    if (this.#associations >= (this.#options.mostAssociations ?? 20_000)) return
    const outcome: HelloOutcome = this.#listener.offer(datagram, key, hello)
    if (outcome.kind === 'asked') this.#options.send(outcome.reply, from)
    if (outcome.kind !== 'proved') return
    const { send, onAssociation, ...rest } = this.#options
    const adopted = { ssl: outcome.ssl, helloSequence: sequenceOf(datagram) }
    const association = adoptAssociation({ ...rest, role: 'server' }, adopted)
    this.#associations += 1
    const entry: Entry = { association, hello: Buffer.from(hello) }
    this.#place(key, entry)
    association.onSend((reply) => send(reply, from))
    onAssociation(association, from)
    association.onState(({ state }) => {
      if (state === 'established') this.#promote(key, entry)
      if (state === 'closed') this.#remove(key, entry)
    })
    if (association.state === 'created') association.start()
  }

  /**
   * An established association stays until the new one is established too: a hello that somebody has recorded and sends
   * again must not end it (RFC 6347 4.2.8).
   */
  #place(key: string, entry: Entry): void {
    const peer = this.#peers.get(key)
    if (peer === undefined) {
      this.#peers.set(key, { current: entry })
      return
    }
    const { current, next } = peer
    if (next !== undefined) next.association.abandon('replaced')
    if (current.association.state === 'established') peer.next = entry
    else {
      this.#peers.set(key, { current: entry })
      if (current.association.state !== 'freed') current.association.abandon('replaced')
    }
  }

  #promote(key: string, entry: Entry): void {
    const peer = this.#peers.get(key)
    if (peer?.next !== entry) return
    this.#peers.set(key, { current: entry })
    if (peer.current.association.state !== 'freed') peer.current.association.abandon('replaced')
  }

  #remove(key: string, entry: Entry): void {
    const peer = this.#peers.get(key)
    if (peer?.next === entry) delete peer.next
    else if (peer?.current === entry) {
      if (peer.next === undefined) this.#peers.delete(key)
      else this.#peers.set(key, { current: peer.next })
    }
    this.#release(entry)
  }

  #release(entry: Entry): void {
    if (entry.association.state === 'freed') return
    entry.association.free()
    this.#associations -= 1
  }
}

/** Whether this hello has already begun one of the peer's associations: a repetition. */
function isHelloOf(peer: Peer | undefined, hello: Buffer): boolean {
  return [peer?.current, peer?.next].some((entry) => entry?.hello.equals(hello) === true)
}
