import { BenchError } from '../protocol/errors.ts'
import { alertName } from '../protocol/security/alertNames.ts'
import type {
  DtlsAlert,
  DtlsAssociation,
  DtlsAssociationOptions,
  DtlsEnd,
  DtlsRole,
  DtlsSecurity,
  DtlsState,
  DtlsStateChange,
} from './associationTypes.ts'
import { ctrl, longestRecord, sslError } from './constants.ts'
import { datagramExchange } from './datagramExchange.ts'
import { eventQueue } from './eventQueue.ts'
import { heldHandshake } from './heldHandshake.ts'
import { adopt, type NativeHooks } from './nativeCallbacks.ts'
import { openssl, type Pointer } from './openssl.ts'
import { takeOpensslError } from './opensslErrors.ts'
import { type PresentedPeer, verifyPresented } from './peerVerification.ts'
import { shiftClearRecords } from './records.ts'
import { type Retransmission, retransmission } from './retransmission.ts'
import { readSecurity } from './security.ts'
import { offerSession, sessionOf } from './sessions.ts'
import { shortestRecord, withoutShortRecords } from './shortRecords.ts'
import { defaultMtu, freeSsl, makeSsl } from './sslObject.ts'
import { processTimers } from './timers.ts'

/** A new association; the caller owns it and frees it. */
export function dtlsAssociation(options: DtlsAssociationOptions): DtlsAssociation {
  return new Association(options)
}

/** An SSL object that has passed the cookie exchange, and the record number of the hello that brought the cookie. */
interface Adopted {
  readonly ssl: Pointer
  readonly helloSequence: number
}

/** The association of a peer that has passed the cookie exchange; it owns the SSL object from now on. */
export function adoptAssociation(
  options: DtlsAssociationOptions,
  adopted: Adopted,
): DtlsAssociation {
  return new Association(options, adopted)
}

class Association implements DtlsAssociation {
  readonly role: DtlsRole
  readonly #options: DtlsAssociationOptions
  readonly #ssl: Pointer
  readonly #queue = eventQueue()
  readonly #held
  readonly #sendListeners: ((datagram: Buffer) => void)[] = []
  readonly #dataListeners: ((data: Buffer) => void)[] = []
  readonly #stateListeners: ((change: DtlsStateChange) => void)[] = []
  readonly #alertListeners: ((alert: DtlsAlert) => void)[] = []
  #state: DtlsState = 'created'
  /** What happened during a native call, told after what it sent. */
  #happened: (() => void)[] = []
  #isInside = false
  /** The call that is under way has gone on with the handshake, and not to its end. */
  #awaitsAnswer = false
  #clearRecordShift = 0
  /** Fewest bytes of a protected record, once the suite is certain. */
  #shortest: number | undefined
  #isFreeWanted = false
  #retransmission: Retransmission | undefined
  #cancelClose = () => {}
  #presented: PresentedPeer | undefined
  #security: DtlsSecurity | undefined
  #fatalAlert: DtlsAlert | undefined
  #hookError: string | undefined

  constructor(options: DtlsAssociationOptions, adopted?: Adopted) {
    this.role = options.role
    this.#options = options
    const hooks = this.#hooks()
    this.#ssl = adopted?.ssl ?? makeSsl(options.context, options.mtu ?? defaultMtu, hooks)
    if (adopted !== undefined) {
      adopt(adopted.ssl, hooks)
      // OpenSSL counts from 1 here, whatever the number of the hello was.
      this.#clearRecordShift = adopted.helloSequence - 1
    }
    this.#held = heldHandshake({
      ssl: this.#ssl,
      lookup: this.role === 'server' ? options.context.options.pskLookup : undefined,
      failed: hooks.failed,
      release: (datagrams) => this.#release(datagrams),
    })
    if (this.role === 'client') this.#prepareClient()
    // An adopted object is past its first flight; setting its state anew would forget that.
    else if (adopted === undefined) openssl.SSL_set_accept_state(this.#ssl)
  }

  get state(): DtlsState {
    return this.#state
  }

  get security(): DtlsSecurity {
    this.#mustNotBeFreed('asked for its security')
    if (this.#security === undefined)
      throw unusable(`was asked what was agreed while ${this.#state}`)
    return this.#security
  }

  get longestData(): number {
    this.#mustNotBeFreed('asked for its MTU')
    return openssl.DTLS_get_data_mtu(this.#ssl)
  }

  onSend(listener: (datagram: Buffer) => void): void {
    this.#sendListeners.push(listener)
  }

  onData(listener: (data: Buffer) => void): void {
    this.#dataListeners.push(listener)
  }

  onState(listener: (change: DtlsStateChange) => void): void {
    this.#stateListeners.push(listener)
  }

  onAlert(listener: (alert: DtlsAlert) => void): void {
    this.#alertListeners.push(listener)
  }

  start(): void {
    this.#mustNotBeFreed('started')
    if (this.#state !== 'created') return
    this.#beginHandshake()
    this.#operate(() => this.#advance())
  }

  receive(datagram: Uint8Array): void {
    this.#mustNotBeFreed('given a datagram')
    if (this.#state === 'created' && this.role === 'server') this.#beginHandshake()
    if (this.#state === 'created' || this.#state === 'closed') return
    const bytes = Buffer.from(datagram.buffer, datagram.byteOffset, datagram.byteLength)
    if (this.#state === 'handshaking' && this.#held.holds(bytes)) {
      this.#retransmission?.pause()
      return
    }
    this.#operate(() => this.#advance(), this.#withoutShort(bytes))
  }

  write(data: Uint8Array): void {
    this.#mustNotBeFreed('written to')
    if (this.#state !== 'established') throw unusable(`was written to while ${this.#state}`)
    if (data.length === 0 || data.length > longestRecord)
      throw new BenchError(
        'USAGE',
        `a record takes 1 to ${longestRecord} bytes, not ${data.length}`,
      )
    this.#operate(() => {
      if (openssl.SSL_write(this.#ssl, data, data.length) !== data.length) this.#fail()
    })
  }

  exportKey(label: string, length: number): Buffer {
    this.#mustNotBeFreed('asked for a key')
    if (this.#security === undefined) throw unusable(`was asked for a key while ${this.#state}`)
    const key = Buffer.alloc(length)
    const bytes = Buffer.from(label)
    const { SSL_export_keying_material: exportKeyingMaterial } = openssl
    if (exportKeyingMaterial(this.#ssl, key, length, bytes, bytes.length, null, 0, 0) !== 1)
      throw new BenchError('USAGE', `no key can be exported: ${takeOpensslError() ?? 'no reason'}`)
    return key
  }

  session(): Buffer | undefined {
    this.#mustNotBeFreed('asked for its session')
    return sessionOf(this.#ssl)
  }

  close(): void {
    this.#mustNotBeFreed('closed')
    if (this.#state === 'created' || this.#state === 'handshaking') this.abandon('abandoned')
    if (this.#state !== 'established') return
    this.#operate(() => {
      openssl.SSL_shutdown(this.#ssl)
      this.#become({ state: 'closing' })
      const { timers = processTimers, closeMs = 1000 } = this.#options
      this.#cancelClose = timers.after(closeMs, () => this.abandon('unanswered'))
    })
  }

  abandon(end: DtlsEnd): void {
    this.#mustNotBeFreed('abandoned')
    if (this.#state === 'closed') return
    this.#end({ state: 'closed', end })
    this.#tell()
  }

  free(): void {
    if (this.#isInside) {
      // OpenSSL is at work on the object further up the stack and would go on with what is gone.
      this.#isFreeWanted = true
      return
    }
    if (this.#state === 'freed') return
    this.#stopTimers()
    this.#state = 'freed'
    freeSsl(this.#ssl)
  }

  #prepareClient(): void {
    const { session, serverName } = this.#options
    openssl.SSL_set_connect_state(this.#ssl)
    if (serverName !== undefined)
      openssl.SSL_ctrl(this.#ssl, ctrl.setServerName, 0, Buffer.from(`${serverName}\0`))
    try {
      if (session !== undefined) offerSession(this.#ssl, session)
    } catch (error) {
      this.free()
      throw error
    }
  }

  #hooks(): NativeHooks {
    const { psk, onKeyLog, rule, verifyAt } = this.#options.context.options
    const check = { ...(rule && { rule }), ...(verifyAt && { verifyAt }) }
    return {
      pskOf: (identity) => this.#held.keyOf(identity),
      ownPsk: () => psk && { identity: Buffer.from(psk.identity), key: psk.key },
      verify: (store) => {
        const { peer, answer } = verifyPresented(store, check)
        this.#presented = peer
        return answer
      },
      ...(onKeyLog && { keyLog: onKeyLog }),
      alert: (direction, level, description) => {
        const alert: DtlsAlert = {
          direction,
          level: level === 2 ? 'fatal' : 'warning',
          name: alertName(description),
        }
        if (level === 2) this.#fatalAlert = alert
        this.#happened.push(() => {
          for (const listener of this.#alertListeners) listener(alert)
        })
      },
      // OpenSSL asks once more when it takes the hello up; the listener has checked this very datagram.
      isCookie: () => true,
      failed: (error) => {
        this.#hookError = error instanceof Error ? error.message : String(error)
      },
    }
  }

  #beginHandshake(): void {
    const { timers = processTimers, retransmission: schedule = {} } = this.#options
    this.#retransmission = retransmission(timers, schedule, {
      resend: () => this.#operate(() => openssl.dtls1_retransmit_buffered_messages(this.#ssl)),
      giveUp: () => this.abandon('time-out'),
    })
    this.#become({ state: 'handshaking' })
  }

  /** The key has come that the datagrams waited for. */
  #release(datagrams: readonly Buffer[]): void {
    if (this.#state !== 'handshaking') return
    this.#retransmission?.flightSent()
    for (const datagram of datagrams)
      if (!this.#isOver()) this.#operate(() => this.#advance(), this.#withoutShort(datagram))
  }

  #withoutShort(datagram: Buffer): Buffer {
    const shortest =
      this.#shortest ?? shortestRecord(this.#ssl, this.#options.context.options.suites)
    return withoutShortRecords(datagram, shortest)
  }

  #isOver(): boolean {
    return this.#state === 'closed' || this.#state === 'freed'
  }

  /** One native call with everything around it: input laid ready, output collected, listeners told. */
  #operate(call: () => void, input?: Buffer): void {
    const exchange = datagramExchange()
    openssl.ERR_clear_error()
    if (input !== undefined) exchange.put(input)
    this.#isInside = true
    try {
      call()
    } finally {
      this.#isInside = false
      const datagrams = exchange.take()
      for (const datagram of datagrams) {
        if (this.#clearRecordShift !== 0) shiftClearRecords(datagram, this.#clearRecordShift)
        this.#queue.add(() => {
          for (const listener of this.#sendListeners) listener(datagram)
        })
      }
      if (this.#awaitsAnswer && datagrams.length > 0) this.#retransmission?.flightSent()
      this.#awaitsAnswer = false
      openssl.ERR_clear_error()
    }
    this.#tell()
    if (this.#isFreeWanted) this.free()
  }

  #tell(): void {
    for (const event of this.#happened.splice(0)) this.#queue.add(event)
    this.#queue.deliver()
  }

  #advance(): void {
    if (this.#state === 'handshaking') {
      const result = openssl.SSL_do_handshake(this.#ssl)
      if (result !== 1) {
        this.#stalled(result)
        if (this.#state === 'handshaking') this.#awaitsAnswer = true
        return
      }
      this.#retransmission?.stop()
      this.#security = readSecurity(this.#ssl, this.#presented, this.#held.identity())
      this.#shortest = shortestRecord(this.#ssl, [])
      this.#become({ state: 'established' })
      if (openssl.SSL_has_pending(this.#ssl) === 0) return
    }
    this.#readRecords()
  }

  #readRecords(): void {
    const { scratch } = datagramExchange()
    for (;;) {
      const length = openssl.SSL_read(this.#ssl, scratch, scratch.length)
      if (length <= 0) {
        this.#stalled(length)
        return
      }
      const data = Buffer.from(scratch.subarray(0, length))
      this.#happened.push(() => {
        for (const listener of this.#dataListeners) listener(data)
      })
      // Reading once more than there are records would make OpenSSL hold a buffer of 16 kB until the next one comes.
      if (openssl.SSL_has_pending(this.#ssl) === 0) return
    }
  }

  #stalled(result: number): void {
    const error = openssl.SSL_get_error(this.#ssl, result)
    if (error === sslError.wantRead) return
    if (error !== sslError.zeroReturn) {
      this.#fail()
      return
    }
    if (this.#state === 'established') openssl.SSL_shutdown(this.#ssl)
    this.#end({ state: 'closed', end: 'close-notify' })
  }

  #fail(): void {
    const alert = this.#fatalAlert
    const error = this.#hookError ?? takeOpensslError()
    this.#end({
      state: 'closed',
      end: alert === undefined ? 'failed' : 'alert',
      ...(alert && { alert }),
      ...(error !== undefined && { error }),
    })
  }

  #end(change: DtlsStateChange): void {
    this.#stopTimers()
    this.#become(change)
  }

  #stopTimers(): void {
    this.#retransmission?.stop()
    this.#cancelClose()
  }

  #become(change: DtlsStateChange): void {
    this.#state = change.state
    this.#happened.push(() => {
      for (const listener of this.#stateListeners) listener(change)
    })
  }

  #mustNotBeFreed(what: string): void {
    if (this.#state === 'freed') throw unusable(`was ${what} after it was freed`)
  }
}

function unusable(what: string): BenchError {
  return new BenchError('INTERNAL', `a DTLS association ${what}`)
}
