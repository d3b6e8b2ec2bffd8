import { cipherSuite, cipherSuiteName } from '../../../protocol/security/cipherSuites.ts'
import { framesOf, type Seen } from '../seen.ts'
import type { AssociationState, HandshakeMessage, SecurityAssociation, Side } from '../trace.ts'
import { ByteReader } from './byteReader.ts'
import { HandshakeReader } from './handshakeReader.ts'
import {
  type ClientHello,
  identityText,
  parseClientHello,
  parseServerHello,
  type ServerHello,
} from './hello.ts'
import type { KeyLog } from './keyLog.ts'
import { alertName, handshakeTypeName, isGrease, versionName } from './names.ts'
import { protection12, protection13, type TrafficPhase } from './negotiated.ts'
import { type Protection, worseDecryption } from './protection.ts'
import { contentType, type TlsRecord } from './record.ts'
import type { SessionTickets } from './sessionTickets.ts'

/** Where the content of records goes. */
export interface AssociationSink {
  /** Content of a protected record that was opened, whatever its type. `visible`: the suite does not encrypt. */
  opened(from: Side, content: Buffer, seen: readonly Seen[], visible: boolean): void
  application(from: Side, content: Buffer, seen: readonly Seen[]): void
  /** Application data in a record without protection. */
  clear(from: Side, content: Buffer, seen: Seen): void
  /** A protected record that could not be opened. */
  unreadable(from: Side, seen: Seen): void
}

interface Direction {
  readonly messages: HandshakeReader
  protection: Protection | undefined
  /** Keys agreed on, in force from the next change_cipher_spec of this side on. */
  keysAgreed: boolean
  finished: boolean
  /** Secret in use when Finished was sent. */
  finishedWith: Buffer | undefined
}

type Draft<T> = { -readonly [K in keyof T]: T[K] }
type DraftAssociation = Draft<
  Omit<SecurityAssociation, 'handshake' | 'alerts' | 'applicationRecords' | 'applicationBytes'>
> & {
  readonly handshake: HandshakeMessage[]
  readonly alerts: SecurityAssociation['alerts'][number][]
  readonly applicationRecords: Record<Side, number>
  readonly applicationBytes: Record<Side, number>
}

const tls13 = 0x0304

/**
 * Follows the records of one TLS connection, both directions: handshake, change of keys, decryption, alerts.
 *
 *   ClientHello → ServerHello → (TLS 1.2) change_cipher_spec and Finished of each side
 *                             → (TLS 1.3) encrypted handshake, Finished of each side → application data
 */
export class Association {
  readonly #keyLog: KeyLog
  readonly #tickets: SessionTickets
  readonly #sink: AssociationSink
  readonly #directions: Record<Side, Direction> = { client: newDirection(), server: newDirection() }
  readonly #draft: DraftAssociation = emptyAssociation()
  #clientHello: ClientHello | undefined
  #serverHello: ServerHello | undefined
  #helloDone = false
  #lastFinished: Side | undefined
  #refused = false

  constructor(keyLog: KeyLog, tickets: SessionTickets, sink: AssociationSink) {
    this.#keyLog = keyLog
    this.#tickets = tickets
    this.#sink = sink
  }

  /** What is known of the association; `undefined` when no handshake message was seen. The object is filled in further. */
  get known(): SecurityAssociation | undefined {
    return this.#draft.handshake.some((message) => message.type !== 'change_cipher_spec')
      ? this.#draft
      : undefined
  }

  get established(): boolean {
    return this.#draft.state === 'established'
  }

  record(from: Side, record: TlsRecord): void {
    const [last] = record.seen.slice(-1)
    const seen = last ?? record.seen[0]
    if (record.type === contentType.changeCipherSpec) {
      this.#changeCipherSpec(from, seen)
      return
    }
    const { protection } = this.#directions[from]
    if (
      protection === undefined ||
      (this.#isTls13 && record.type !== contentType.applicationData)
    ) {
      this.#content(from, record.type, record.fragment, [...record.seen], false)
      return
    }
    const opened = protection.open(record)
    this.#draft.decryption = this.#decryption()
    if (opened === undefined) {
      this.#unopened(from, record, seen)
      return
    }
    const visible = this.#suite?.mode === 'null'
    this.#sink.opened(from, opened.content, record.seen, visible)
    this.#content(from, opened.type, opened.content, record.seen, true)
  }

  /** Octets are missing: nothing after them on this side can be opened. */
  gap(from: Side): void {
    const direction = this.#directions[from]
    if (direction.protection !== undefined)
      direction.protection = protection12(undefined, this.#keyLog, from)
  }

  /** The connection is over; `ended`: by FIN or RST, else the recording is over. */
  close(ended: boolean): void {
    if (this.#draft.state === 'incomplete' && ended) this.#draft.state = 'failed'
  }

  get #isTls13(): boolean {
    return this.#serverHello?.version === tls13
  }

  get #suite() {
    return this.#serverHello === undefined ? undefined : cipherSuite(this.#serverHello.suite)
  }

  #decryption(): SecurityAssociation['decryption'] {
    const { client, server } = this.#directions
    return [client, server].reduce(
      (worst, direction) => worseDecryption(worst, direction.protection?.status ?? 'not-needed'),
      this.#draft.decryption,
    )
  }

  #content(
    from: Side,
    type: number,
    content: Buffer,
    seen: readonly Seen[],
    encrypted: boolean,
  ): void {
    const last = seen[seen.length - 1]
    if (last === undefined) return
    if (type === contentType.handshake) this.#handshake(from, content, last, encrypted)
    else if (type === contentType.alert) this.#alert(from, content, last, encrypted)
    else if (type === contentType.applicationData)
      this.#applicationData(from, content, seen, encrypted)
  }

  #applicationData(from: Side, content: Buffer, seen: readonly Seen[], encrypted: boolean): void {
    const last = seen[seen.length - 1]
    if (last === undefined) return
    if (!encrypted) {
      const early = from === 'client' && this.#clientHello?.earlyData === true
      if (early) {
        this.#draft.decryption = worseDecryption(this.#draft.decryption, 'no-secret')
        this.#lost(from, last)
      } else this.#sink.clear(from, content, last)
      return
    }
    this.#draft.applicationRecords[from]++
    this.#draft.applicationBytes[from] += content.length
    this.#sink.application(from, content, seen)
  }

  #unopened(from: Side, record: TlsRecord, seen: Seen): void {
    if (record.type === contentType.applicationData) this.#draft.applicationRecords[from]++
    if (record.type === contentType.handshake && !this.#isTls13) this.#unopenedFinished(from, seen)
    this.#lost(from, seen)
  }

  #lost(from: Side, seen: Seen): void {
    this.#draft.undecrypted ??= seen.ref
    this.#sink.unreadable(from, seen)
  }

  /**
   * The first message after change_cipher_spec can only be Finished (RFC 5246 7.4.9); unread, it proves nothing when a
   * secret is at hand.
   */
  #unopenedFinished(from: Side, seen: Seen): void {
    const direction = this.#directions[from]
    if (direction.finished) return
    this.#listed('finished', from, seen, true)
    if (direction.protection?.status !== 'failed') this.#finished(from)
  }

  #changeCipherSpec(from: Side, seen: Seen): void {
    this.#listed('change_cipher_spec', from, seen, false)
    const direction = this.#directions[from]
    if (this.#isTls13 || !direction.keysAgreed) return
    direction.keysAgreed = false
    direction.finished = false
    if (from === 'server' && !this.#helloDone) this.#draft.resumed = true
    if (this.#clientHello === undefined || this.#serverHello === undefined) return
    const hellos = { client: this.#clientHello, server: this.#serverHello }
    direction.protection = protection12(hellos, this.#keyLog, from)
  }

  #alert(from: Side, content: Buffer, seen: Seen, encrypted: boolean): void {
    for (let at = 0; at + 2 <= content.length && at < 8; at += 2) {
      const level = content[at] === 2 ? 'fatal' : 'warning'
      const description = alertName(content[at + 1] ?? 0)
      this.#draft.alerts.push({ from, level, description, encrypted, frame: seen.ref })
      if (level === 'fatal' || description === 'close_notify') this.#ended(from, level === 'fatal')
    }
  }

  /** An alert ended the association: before it was established, or as the answer to the last Finished. */
  #ended(from: Side, fatal: boolean): void {
    const answersFinished =
      fatal && from !== this.#lastFinished && this.#draft.applicationRecords[from] === 0
    if (this.#draft.state === 'incomplete' || (this.established && answersFinished)) {
      this.#draft.state = 'failed'
      this.#refused = true
    }
  }

  #handshake(from: Side, content: Buffer, seen: Seen, encrypted: boolean): void {
    for (const message of this.#directions[from].messages.push(content, seen)) {
      const type = handshakeTypeName(message.type)
      const hello = message.type === 2 ? parseServerHello(message.body) : undefined
      const shown = hello?.helloRetryRequest === true ? 'hello_retry_request' : type
      this.#listed(shown, from, message.seen, encrypted)
      this.#handlers[type]?.(message.body, from)
    }
  }

  readonly #handlers: Readonly<Record<string, (body: Buffer, from: Side) => void>> = {
    client_hello: (body) => this.#onClientHello(parseClientHello(body)),
    server_hello: (body) => this.#onServerHello(parseServerHello(body)),
    server_hello_done: () => {
      this.#helloDone = true
    },
    server_key_exchange: (body) => this.#onServerKeyExchange(body),
    client_key_exchange: (body) => this.#onClientKeyExchange(body),
    new_session_ticket: (body) => this.#onTicket(body),
    finished: (_body, from) => this.#onFinished(from),
    key_update: (_body, from) => this.#onKeyUpdate(from),
  }

  #onClientHello(hello: ClientHello | undefined): void {
    if (hello === undefined) return
    this.#clientHello = hello
    this.#helloDone = false
    const versions = hello.supportedVersions.length > 0 ? hello.supportedVersions : [hello.version]
    Object.assign(this.#draft, {
      offeredVersions: versions.filter((version) => !isGrease(version)).map(versionName),
      offeredSuites: hello.suites.map(suiteRef),
      clientRandom: hello.random.toString('hex'),
      ...(hello.serverName === undefined ? {} : { serverName: hello.serverName }),
    })
  }

  #onServerHello(hello: ServerHello | undefined): void {
    if (hello === undefined || hello.helloRetryRequest) return
    this.#serverHello = hello
    Object.assign(this.#draft, {
      version: versionName(hello.version),
      suite: suiteRef(hello.suite),
      serverRandom: hello.random.toString('hex'),
      extendedMasterSecret: hello.extendedMasterSecret,
      encryptThenMac: hello.encryptThenMac,
    })
    if (hello.version === tls13) {
      this.#startTls13(hello)
      return
    }
    this.#directions.client.keysAgreed = true
    this.#directions.server.keysAgreed = true
  }

  #startTls13(hello: ServerHello): void {
    const identity =
      hello.selectedPsk === undefined
        ? undefined
        : this.#clientHello?.pskIdentities[hello.selectedPsk]
    if (identity !== undefined) {
      if (this.#tickets.has(identity)) this.#draft.resumed = true
      else this.#draft.pskIdentity = identityText(identity)
    }
    this.#changeKeys('server', 'HANDSHAKE')
    this.#changeKeys('client', 'HANDSHAKE')
  }

  #changeKeys(side: Side, phase: TrafficPhase): void {
    if (this.#serverHello === undefined) return
    this.#draft.decryption = this.#decryption()
    this.#directions[side].protection = protection13(this.#keyLog, {
      suite: this.#serverHello.suite,
      clientRandom: this.#draft.clientRandom,
      side,
      phase,
      mayMiss: side === 'client' && this.#clientHello?.earlyData === true,
    })
  }

  #onServerKeyExchange(body: Buffer): void {
    if (this.#suite?.auth !== 'psk') return
    const hint = new ByteReader(body).vector(2)
    if (hint.length > 0) this.#draft.pskIdentityHint = identityText(hint)
  }

  #onClientKeyExchange(body: Buffer): void {
    if (this.#suite?.auth !== 'psk') return
    const reader = new ByteReader(body)
    const identity = reader.vector(2)
    if (reader.ok) this.#draft.pskIdentity = identityText(identity)
  }

  /** RFC 8446 4.6.1; the tickets of TLS 1.2 need no memory, an abbreviated handshake shows itself. */
  #onTicket(body: Buffer): void {
    if (!this.#isTls13) return
    const reader = new ByteReader(body)
    reader.bytes(8)
    reader.vector(1)
    const ticket = reader.vector(2)
    if (reader.ok) this.#tickets.add(ticket)
  }

  #onFinished(from: Side): void {
    this.#finished(from)
    if (this.#isTls13) this.#changeKeys(from, 'TRAFFIC')
  }

  #finished(from: Side): void {
    const direction = this.#directions[from]
    direction.finished = true
    direction.finishedWith = direction.protection?.secret
    this.#lastFinished = from
    if (!this.#refused && this.#directions[otherSide(from)].finished)
      this.#draft.state = this.#stateOfFinished()
  }

  /** Both sides sent Finished. In TLS 1.2 they must have done so under one master secret. */
  #stateOfFinished(): AssociationState {
    const { client, server } = this.#directions
    const [a, b] = [client.finishedWith, server.finishedWith]
    const differ = !this.#isTls13 && a !== undefined && b !== undefined && !a.equals(b)
    return differ ? 'failed' : 'established'
  }

  #onKeyUpdate(from: Side): void {
    const opener = this.#directions[from].protection?.opener
    if (opener !== undefined && 'update' in opener && typeof opener.update === 'function')
      opener.update()
  }

  #listed(type: string, from: Side, seen: Seen, encrypted: boolean): void {
    if (this.#draft.handshake.length >= mostListed) return
    this.#draft.handshake.push({ type, from, frame: framesOf([seen])[0] ?? seen.ref, encrypted })
  }
}

/** Handshake messages listed per connection; more are somebody's flood. */
const mostListed = 1_000

export function otherSide(side: Side): Side {
  return side === 'client' ? 'server' : 'client'
}

function suiteRef(id: number) {
  return { id, name: cipherSuiteName(id) }
}

function newDirection(): Direction {
  return {
    messages: new HandshakeReader(),
    protection: undefined,
    keysAgreed: false,
    finished: false,
    finishedWith: undefined,
  }
}

function emptyAssociation(): DraftAssociation {
  return {
    protocol: 'TLS',
    offeredVersions: [],
    offeredSuites: [],
    clientRandom: '',
    resumed: false,
    extendedMasterSecret: false,
    encryptThenMac: false,
    state: 'incomplete',
    handshake: [],
    alerts: [],
    applicationRecords: { client: 0, server: 0 },
    applicationBytes: { client: 0, server: 0 },
    decryption: 'not-needed',
  }
}
