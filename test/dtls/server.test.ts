import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { dtlsAssociation } from '../../dtls/association.ts'
import type { DtlsAssociation, DtlsStateChange } from '../../dtls/associationTypes.ts'
import { type DtlsContext, dtlsContext } from '../../dtls/context.ts'
import { ownedObjects } from '../../dtls/nativeCallbacks.ts'
import { type DtlsEndpoint, type DtlsServer, dtlsServer } from '../../dtls/server.ts'
import { type FakeTimers, fakeTimers } from './fakeTimers.ts'
import { pskClient, pskServer } from './memoryLink.ts'

interface Bed {
  readonly server: DtlsServer
  readonly timers: FakeTimers
  /** Every association of the server in order, with what it told. */
  readonly made: {
    readonly association: DtlsAssociation
    readonly peer: DtlsEndpoint
    readonly changes: DtlsStateChange[]
    readonly data: string[]
  }[]
  /** Replies by the peer's port. */
  readonly replies: Map<number, Buffer[]>
  /** Who gets what goes to a port; without one it is only recorded. */
  readonly clients: Map<number, DtlsAssociation>
}

const address = '127.0.0.1'
let contexts: { readonly client: DtlsContext; readonly server: DtlsContext }
let bed: Bed
let objectsBefore: number

function makeBed(mostAssociations?: number): Bed {
  const timers = fakeTimers()
  const made: Bed['made'] = []
  const replies = new Map<number, Buffer[]>()
  const clients = new Map<number, DtlsAssociation>()
  const server = dtlsServer({
    context: contexts.server,
    timers,
    ...(mostAssociations !== undefined && { mostAssociations }),
    send: (datagram, { port }) => {
      replies.set(port, [...(replies.get(port) ?? []), datagram])
      const client = clients.get(port)
      if (client !== undefined && client.state !== 'freed') client.receive(datagram)
    },
    onAssociation: (association, peer) => {
      const entry = { association, peer, changes: [] as DtlsStateChange[], data: [] as string[] }
      made.push(entry)
      association.onState((change) => entry.changes.push(change))
      association.onData((data) => entry.data.push(data.toString()))
    },
  })
  return { server, timers, made, replies, clients }
}

/** A client on a port; its datagrams go through `pass`. */
function clientAt(
  port: number,
  pass: (datagram: Buffer) => void = (datagram) => bed.server.receive(datagram, { address, port }),
): DtlsAssociation {
  const client = dtlsAssociation({
    context: contexts.client,
    role: 'client',
    timers: bed.timers,
  })
  bed.clients.get(port)?.free()
  bed.clients.set(port, client)
  client.onSend(pass)
  return client
}

/** The first hello of a client that hears nothing. */
function firstHello(): Buffer {
  const hellos: Buffer[] = []
  const client = dtlsAssociation({ context: contexts.client, role: 'client', timers: fakeTimers() })
  client.onSend((datagram) => hellos.push(datagram))
  client.start()
  client.free()
  return hellos[0] ?? Buffer.alloc(0)
}

describe('DTLS server', () => {
  beforeEach(() => {
    objectsBefore = ownedObjects()
    contexts = { client: dtlsContext(pskClient), server: dtlsContext(pskServer) }
    bed = makeBed()
  })

  afterEach(() => {
    for (const client of bed.clients.values()) client.free()
    bed.server.close()
    contexts.client.free()
    contexts.server.free()
    expect(ownedObjects(), 'nothing native is left').to.equal(objectsBefore)
  })

  it('keeps many associations apart by address and port', () => {
    const ports = [1, 2, 3, 4, 5]
    for (const port of ports) clientAt(port).start()
    for (const port of ports) bed.clients.get(port)?.write(Buffer.from(`from ${port}`))
    expect(bed.server.associations).to.equal(5)
    expect(bed.made.map(({ peer, data }) => [peer.port, ...data])).to.deep.equal(
      ports.map((port) => [port, `from ${port}`]),
    )
    bed.clients.get(3)?.close()
    expect(bed.server.associations).to.equal(4)
    expect(bed.made[2]?.association.state, 'freed by the server').to.equal('freed')
  })

  it('answers a first hello with a cookie only, and keeps nothing', () => {
    const hello = firstHello()
    bed.server.receive(hello, { address, port: 7 })
    expect(bed.server.associations).to.equal(0)
    expect(bed.made).to.deep.equal([])
    const [reply] = bed.replies.get(7) ?? []
    expect(reply?.readUInt8(13), 'HelloVerifyRequest').to.equal(3)
    expect(reply?.length).to.be.below(hello.length)
    for (let port = 100; port < 1100; port++) bed.server.receive(hello, { address, port })
    expect(bed.server.associations).to.equal(0)
    expect(ownedObjects() - objectsBefore, 'one object looks at all hellos').to.equal(1)
  })

  it('does not take a cookie of another address, of another hello, or of long ago', () => {
    const sent: Buffer[] = []
    const client = clientAt(7, (datagram) => sent.push(datagram))
    client.start()
    bed.server.receive(sent[0] ?? Buffer.alloc(0), { address, port: 7 })
    const withCookie = sent[1] ?? Buffer.alloc(0)
    bed.server.receive(withCookie, { address, port: 8 })
    bed.server.receive(withCookie, { address: '127.0.0.2', port: 7 })
    const otherRandom = Buffer.from(withCookie)
    otherRandom.writeUInt8(otherRandom.readUInt8(40) ^ 1, 40)
    bed.server.receive(otherRandom, { address, port: 7 })
    bed.timers.advance(121_000)
    bed.server.receive(withCookie, { address, port: 7 })
    expect(bed.made).to.deep.equal([])
    expect(bed.replies.get(8)?.[0]?.readUInt8(13), 'asked again').to.equal(3)
  })

  it('still takes a cookie of a minute ago', () => {
    const sent: Buffer[] = []
    clientAt(7, (datagram) => sent.push(datagram)).start()
    bed.server.receive(sent[0] ?? Buffer.alloc(0), { address, port: 7 })
    bed.timers.advance(61_000)
    bed.server.receive(sent[1] ?? Buffer.alloc(0), { address, port: 7 })
    expect(bed.made).to.have.length(1)
  })

  it('gives its first ServerHello the record number of the hello with the cookie', () => {
    let count = 0
    const sent: Buffer[] = []
    const client = clientAt(7, (datagram) => {
      count += 1
      sent.push(datagram)
      if (count > 3) bed.server.receive(datagram, { address, port: 7 })
    })
    client.start()
    bed.timers.advance(7000)
    expect(client.state, 'nothing is taken for a repetition').to.equal('established')
    const numbers = (bed.replies.get(7) ?? []).map((datagram) => datagram.readUIntBE(5, 6))
    expect(numbers.slice(0, 2)).to.deep.equal([3, 4])
  })

  it('lets a device that was restarted in again from the same port', () => {
    clientAt(7).start()
    const second = clientAt(7)
    second.start()
    expect(second.state).to.equal('established')
    second.write(Buffer.from('again'))
    expect(bed.made.map(({ data }) => data)).to.deep.equal([[], ['again']])
    expect(bed.made[0]?.changes.at(-1)).to.deep.equal({ state: 'closed', end: 'replaced' })
    expect(bed.server.associations).to.equal(1)
  })

  it('keeps the old association until the new one has proved its key', () => {
    const first = clientAt(7)
    first.start()
    const stranger = dtlsContext({
      ...pskClient,
      psk: { identity: 'sensor-1', key: Buffer.alloc(16, 1) },
    })
    const second = dtlsAssociation({ context: stranger, role: 'client', timers: bed.timers })
    second.onSend((datagram) => bed.server.receive(datagram, { address, port: 7 }))
    bed.clients.set(7, second)
    second.start()
    expect(bed.server.associations, 'both are there').to.equal(2)
    first.write(Buffer.from('still here'))
    expect(bed.made[0]?.data).to.deep.equal(['still here'])
    bed.timers.advance(60_000)
    expect(bed.server.associations).to.equal(1)
    first.write(Buffer.from('and after'))
    expect(bed.made[0]?.data).to.deep.equal(['still here', 'and after'])
    second.free()
    first.free()
    stranger.free()
  })

  it('is not disturbed by recorded datagrams that somebody sends again', () => {
    const sent: Buffer[] = []
    const client = clientAt(7, (datagram) => {
      sent.push(datagram)
      bed.server.receive(datagram, { address, port: 7 })
    })
    client.start()
    client.write(Buffer.from('once'))
    for (const datagram of [...sent, ...sent]) bed.server.receive(datagram, { address, port: 7 })
    expect(bed.made, 'no new association was begun').to.have.length(1)
    bed.timers.advance(60_000)
    expect(bed.made[0]?.association.state).to.equal('established')
    expect(bed.made[0]?.data).to.deep.equal(['once'])
    expect(bed.server.associations).to.equal(1)
  })

  it('does not answer hellos beyond its limit', () => {
    bed.server.close()
    bed = makeBed(2)
    for (const port of [1, 2, 3]) clientAt(port).start()
    expect(bed.server.associations).to.equal(2)
    expect(bed.clients.get(3)?.state).to.equal('handshaking')
    bed.clients.get(1)?.close()
    bed.timers.advance(1000)
    expect(bed.clients.get(3)?.state, 'there is room now').to.equal('established')
  })

  it('forgets a handshake that does not get on', () => {
    const sent: Buffer[] = []
    const client = clientAt(7, (datagram) => {
      sent.push(datagram)
      if (sent.length <= 2) bed.server.receive(datagram, { address, port: 7 })
    })
    client.start()
    expect(bed.server.associations).to.equal(1)
    bed.timers.advance(60_000)
    expect(bed.made[0]?.changes.at(-1)).to.deep.equal({ state: 'closed', end: 'time-out' })
    expect(bed.server.associations).to.equal(0)
  })

  it('says goodbye to everybody when it closes', () => {
    for (const port of [1, 2]) clientAt(port).start()
    bed.server.close()
    for (const port of [1, 2]) expect(bed.clients.get(port)?.state).to.equal('closed')
    expect(bed.server.associations).to.equal(0)
  })
})
