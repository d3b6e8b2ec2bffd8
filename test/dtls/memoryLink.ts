import { dtlsAssociation } from '../../dtls/association.ts'
import type {
  DtlsAssociation,
  DtlsAssociationOptions,
  DtlsRole,
  DtlsStateChange,
} from '../../dtls/associationTypes.ts'
import { type DtlsContextOptions, dtlsContext } from '../../dtls/context.ts'
import { type FakeTimers, fakeTimers } from './fakeTimers.ts'

export const pskSuite = 'TLS_PSK_WITH_AES_128_CCM_8'
export const ecdsaSuite = 'TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8'
export const pskKey = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex')

export const pskClient: DtlsContextOptions = {
  suites: [pskSuite],
  psk: { identity: 'sensor-1', key: pskKey },
}
export const pskServer: DtlsContextOptions = {
  suites: [pskSuite],
  pskLookup: (identity) => (identity.toString() === 'sensor-1' ? pskKey : undefined),
}

/** One end of the link, with everything it has told. */
export interface End {
  readonly association: DtlsAssociation
  readonly changes: DtlsStateChange[]
  readonly alerts: string[]
  readonly data: string[]
  readonly sent: Buffer[]
}

export interface MemoryLink {
  readonly client: End
  readonly server: End
  readonly timers: FakeTimers
  start(): void
  free(): void
}

/** What becomes of a datagram: by default it arrives. Counted per sender from 0. */
export type Carry = (datagram: Buffer, from: DtlsRole, index: number) => readonly Buffer[]

export interface LinkOptions {
  readonly client: DtlsContextOptions
  readonly server: DtlsContextOptions
  readonly carry?: Carry
  readonly common?: Partial<DtlsAssociationOptions>
  readonly ofClient?: Partial<DtlsAssociationOptions>
}

/** Two ends joined in memory; time stands still. The server is without a cookie exchange. */
export function memoryLink(options: LinkOptions): MemoryLink {
  const timers = fakeTimers()
  const contexts = { client: dtlsContext(options.client), server: dtlsContext(options.server) }
  const make = (role: DtlsRole): End => {
    const more = role === 'client' ? options.ofClient : {}
    const association = dtlsAssociation({
      timers,
      ...options.common,
      ...more,
      role,
      context: contexts[role],
    })
    contexts[role].free()
    const end: End = { association, changes: [], alerts: [], data: [], sent: [] }
    association.onState((change) => end.changes.push(change))
    association.onAlert(({ direction, name }) => end.alerts.push(`${direction} ${name}`))
    association.onData((data) => end.data.push(data.toString()))
    return end
  }
  const client = make('client')
  const server = make('server')
  const carry = options.carry ?? ((datagram) => [datagram])
  const join = (from: End, to: End) =>
    from.association.onSend((datagram) => {
      from.sent.push(datagram)
      for (const arriving of carry(datagram, from.association.role, from.sent.length - 1))
        if (to.association.state !== 'freed') to.association.receive(arriving)
    })
  join(client, server)
  join(server, client)
  return {
    client,
    server,
    timers,
    start: () => client.association.start(),
    free: () => {
      client.association.free()
      server.association.free()
    },
  }
}

/** Runs a body on a link that has been started, and frees the link whatever happens. */
export function onLink(options: LinkOptions, body: (link: MemoryLink) => void): void {
  const link = memoryLink(options)
  try {
    link.start()
    body(link)
  } finally {
    link.free()
  }
}

export function statesOf({ changes }: End): readonly string[] {
  return changes.map(({ state }) => state)
}
