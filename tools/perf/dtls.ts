import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { dtlsAssociation } from '../../dtls/association.ts'
import type { DtlsAssociation } from '../../dtls/associationTypes.ts'
import { type DtlsContext, type DtlsContextOptions, dtlsContext } from '../../dtls/context.ts'
import { type DtlsEndpoint, dtlsServer } from '../../dtls/server.ts'
import { udpClient } from '../../dtls/udpClient.ts'
import { udpServer } from '../../dtls/udpServer.ts'
import { makeSelfSigned } from '../../nodes/security/selfSigned.ts'
import type { Figure } from './figure.ts'

const key = Buffer.alloc(16, 7)
const loopback = '127.0.0.1'
const atATime = 8

interface Ends {
  readonly client: DtlsContext
  readonly server: DtlsContext
}

/** DTLS with both ends in this process: handshakes, records, and what an association takes while it is held. */
export async function dtlsFigures(): Promise<Figure[]> {
  const psk = endsOf(
    { suites: ['TLS_PSK_WITH_AES_128_CCM_8'], psk: { identity: 'sensor-1', key } },
    { suites: ['TLS_PSK_WITH_AES_128_CCM_8'], pskLookup: () => key },
  )
  const certified = await certifiedOptions()
  const ecdsa = endsOf(certified, certified)
  try {
    return [
      rate('DTLS PSK-CCM_8 handshakes over UDP', await udpHandshakes(psk, 2000), 400),
      rate('DTLS PSK-CCM_8 handshakes in memory', memoryHandshakes(psk, 5000)),
      rate('DTLS ECDHE_ECDSA-CCM_8 handshakes over UDP', await udpHandshakes(ecdsa, 500), 150),
      rate('DTLS ECDHE_ECDSA-CCM_8 handshakes in memory', memoryHandshakes(ecdsa, 1000)),
      rate('DTLS records of 100 bytes, both ends, in memory', records(psk, 100_000)),
      ...[1000, 10_000].map((count) => ({
        name: `memory per DTLS association on a server that holds ${count}`,
        value: heldKilobytes(psk, count),
        unit: 'kB',
      })),
      ...halfOpenFigures(psk, 100_000),
    ]
  } finally {
    for (const context of [...Object.values(psk), ...Object.values(ecdsa)]) context.free()
  }
}

function rate(name: string, value: number, atLeast?: number): Figure {
  return { name, value, unit: '/s', ...(atLeast !== undefined && { atLeast }) }
}

function endsOf(client: DtlsContextOptions, server: DtlsContextOptions): Ends {
  return { client: dtlsContext(client), server: dtlsContext(server) }
}

async function certifiedOptions(): Promise<DtlsContextOptions> {
  const { cert, key: pem } = await makeSelfSigned('perf.example')
  const { raw } = new X509Certificate(cert)
  return {
    suites: ['TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8'],
    certificate: { chain: [raw], privateKey: createPrivateKey(pem) },
    trustAnchors: [raw],
  }
}

/** Full handshakes per second through loopback, cookie exchange and close included, a few at a time. */
async function udpHandshakes({ client: context, server }: Ends, count: number): Promise<number> {
  const { endpoint, close } = await udpServer({
    context: server,
    listen: { address: loopback, port: 0 },
    onAssociation: () => {},
  })
  const run = async (total: number) => {
    let left = total
    const lane = async () => {
      for (; left > 0; left--) await (await udpClient({ context, to: endpoint })).close()
    }
    await Promise.all(Array.from({ length: atATime }, lane))
  }
  try {
    await run(count / 10)
    const startedAt = performance.now()
    await run(count)
    return (count * 1000) / (performance.now() - startedAt)
  } finally {
    await close()
  }
}

/** Two ends joined in memory, established. */
function pairOf({ client, server }: Ends): readonly [DtlsAssociation, DtlsAssociation] {
  const pair = [
    dtlsAssociation({ context: client, role: 'client' }),
    dtlsAssociation({ context: server, role: 'server' }),
  ] as const
  pair[0].onSend((datagram) => pair[1].receive(datagram))
  pair[1].onSend((datagram) => pair[0].receive(datagram))
  pair[0].start()
  if (pair[1].state !== 'established') throw new Error('the handshake failed')
  return pair
}

function memoryHandshakes(ends: Ends, count: number): number {
  const run = (total: number) => {
    for (let index = 0; index < total; index++) for (const end of pairOf(ends)) end.free()
  }
  run(count / 10)
  const startedAt = performance.now()
  run(count)
  return (count * 1000) / (performance.now() - startedAt)
}

function records(ends: Ends, count: number): number {
  const [client, server] = pairOf(ends)
  const data = Buffer.alloc(100)
  let received = 0
  server.onData(() => {
    received += 1
  })
  const startedAt = performance.now()
  for (let index = 0; index < count; index++) client.write(data)
  const perSecond = (received * 1000) / (performance.now() - startedAt)
  client.free()
  server.free()
  return perSecond
}

/** Memory that is the process' own, whatever pages of files are loaded. */
function ownBytes(): number {
  const found = /^RssAnon:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'latin1'))
  return Number(found?.[1]) * 1024
}

/** What the server's side takes; the clients are freed at once and say nothing. */
function heldKilobytes(ends: Ends, count: number): number {
  const clients = new Map<number, DtlsAssociation>()
  const server = dtlsServer({
    context: ends.server,
    send: (datagram, { port }) => clients.get(port)?.receive(datagram),
    onAssociation: () => {},
  })
  const connect = (port: number) => {
    const client = dtlsAssociation({ context: ends.client, role: 'client' })
    clients.set(port, client)
    client.onSend((datagram) => server.receive(datagram, { address: loopback, port }))
    client.start()
    clients.delete(port)
    client.free()
  }
  connect(0)
  const before = ownBytes()
  for (let port = 1; port <= count; port++) connect(port)
  const held = ownBytes() - before
  if (server.associations !== count + 1) throw new Error('some associations are missing')
  server.close()
  return held / 1000 / count
}

/** First hellos from so many addresses that never answer, and whether a good client still gets in. */
function halfOpenFigures(ends: Ends, count: number): Figure[] {
  const good: DtlsEndpoint = { address: loopback, port: 1 }
  const client = dtlsAssociation({ context: ends.client, role: 'client' })
  const server = dtlsServer({
    context: ends.server,
    send: (datagram, { port }) => {
      if (port === good.port) client.receive(datagram)
    },
    onAssociation: () => {},
  })
  const sent: Buffer[] = []
  client.onSend((datagram) => sent.push(datagram))
  client.start()
  const hello = Buffer.from(sent[0] ?? Buffer.alloc(0))
  const flood = (from: number, to: number) => {
    for (let index = from; index < to; index++) {
      hello.writeUInt32BE(index, 40)
      server.receive(hello, { address: `10.${index >> 16}.1.1`, port: 1024 + (index & 0x7fff) })
    }
  }
  // What JavaScript's heap grows to under this load is there after a fifth of it.
  flood(0, count / 5)
  const before = ownBytes()
  const startedAt = performance.now()
  flood(count / 5, count + count / 5)
  const perSecond = (count * 1000) / (performance.now() - startedAt)
  const grownBy = (ownBytes() - before) / 1e6
  const answered = sent.splice(0)
  client.onSend((datagram) => server.receive(datagram, good))
  for (const datagram of answered) server.receive(datagram, good)
  if (client.state !== 'established') throw new Error('the good client did not get in')
  server.close()
  client.free()
  return [
    { name: `DTLS hellos of ${count} strangers answered`, value: perSecond, unit: '/s' },
    { name: `memory grown by ${count} half-open hellos`, value: grownBy, unit: 'MB', atMost: 20 },
  ]
}
