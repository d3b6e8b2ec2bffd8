import { expect } from 'chai'
import { describe, it } from 'mocha'
import { dtlsAssociation } from '../../dtls/association.ts'
import type { DtlsAssociation } from '../../dtls/associationTypes.ts'
import { dtlsContext } from '../../dtls/context.ts'
import { ownedObjects } from '../../dtls/nativeCallbacks.ts'
import { pskIdentityReader } from '../../dtls/pskIdentityReader.ts'
import { clearFragments, helloOf, isInClear } from '../../dtls/records.ts'
import { dtlsServer } from '../../dtls/server.ts'
import { seededBytes } from '../../protocol/random.ts'
import { fakeTimers } from './fakeTimers.ts'
import { memoryLink, onLink, pskClient, pskServer } from './memoryLink.ts'

const psk = { client: pskClient, server: pskServer }
const longest = 2000
const noise = Buffer.from(seededBytes(1, 'noise', 64_000))

/** Random bytes of every length; `start` makes them look like something. */
function* everyLength(start: Buffer = Buffer.alloc(0)): Generator<Buffer> {
  for (let length = 0; length <= longest; length++) {
    const bytes = Buffer.from(noise.subarray(length * 7, length * 8))
    start.copy(bytes)
    yield bytes
  }
}

/** Headers that get past the first look: a hello, a handshake record, data and an alert of epoch 0, 1 and 2. */
const starts: readonly Buffer[] = [
  '',
  '16fefd0000000000000000',
  '16fefd000000000000000000640100005800000000000000',
  '16fefd0000000000000005ffff10',
  '17fefd0001000000000005',
  '17fefd0002000000000005',
  '15fefd000000000000000500020228',
  '15fefd000100000000000500020228',
  '14fefd0000000000000005000101',
].map((hex) => Buffer.from(hex, 'hex'))

describe('DTLS and bad input', () => {
  it('drops nonsense of every length without losing an association', () => {
    onLink(psk, ({ client, server }) => {
      for (const start of starts)
        for (const datagram of everyLength(start)) {
          server.association.receive(datagram)
          client.association.receive(datagram)
        }
      client.association.write(Buffer.from('to the server'))
      server.association.write(Buffer.from('to the client'))
      expect([server.data, client.data]).to.deep.equal([['to the server'], ['to the client']])
      expect([...client.alerts, ...server.alerts]).to.deep.equal([])
    })
  })

  it('drops protected records that are too short or wrong, whatever the suite', () => {
    const suites = [
      'TLS_PSK_WITH_AES_128_CCM_8',
      'TLS_PSK_WITH_AES_128_CCM',
      'TLS_PSK_WITH_AES_128_GCM_SHA256',
      'TLS_PSK_WITH_CHACHA20_POLY1305_SHA256',
      'TLS_PSK_WITH_AES_128_CBC_SHA256',
    ]
    for (const suite of suites) {
      const own = { suites: [suite] }
      const pair = { client: { ...pskClient, ...own }, server: { ...pskServer, ...own } }
      onLink(pair, ({ client, server }) => {
        for (let length = 0; length <= 80; length++)
          for (const type of [20, 21, 22, 23]) {
            const record = Buffer.alloc(13 + length, 7)
            record.set([type, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 0, 5, 0, length])
            client.association.receive(record)
            server.association.receive(record)
          }
        client.association.write(Buffer.from('x'))
        server.association.write(Buffer.from('y'))
        expect([suite, server.data, client.data]).to.deep.equal([suite, ['x'], ['y']])
      })
    }
  })

  it('takes a short record out of a datagram and reads the others', () => {
    const sent: Buffer[] = []
    let isHeld = false
    const carry = (datagram: Buffer) => {
      if (isHeld) sent.push(datagram)
      return isHeld ? [] : [datagram]
    }
    onLink({ ...psk, carry }, ({ client, server }) => {
      isHeld = true
      for (const text of ['a', 'b']) client.association.write(Buffer.from(text))
      const [a = Buffer.alloc(0), b = Buffer.alloc(0)] = sent
      const short = Buffer.from('17fefd00010000000000090001ff', 'hex')
      server.association.receive(Buffer.concat([a, short, b, short]))
      expect(server.data).to.deep.equal(['a', 'b'])
    })
  })

  it('answers nonsense with silence, and lets a good client in afterwards', () => {
    const contexts = { client: dtlsContext(pskClient), server: dtlsContext(pskServer) }
    const client = dtlsAssociation({ context: contexts.client, role: 'client' })
    let sent = 0
    const server = dtlsServer({
      context: contexts.server,
      timers: fakeTimers(),
      send: (datagram) => {
        sent += 1
        if (client.state !== 'freed') client.receive(datagram)
      },
      onAssociation: () => {},
    })
    const from = { address: '127.0.0.1', port: 9 }
    for (const start of starts)
      for (const datagram of everyLength(start)) server.receive(datagram, from)
    expect(sent).to.equal(0)
    expect(server.associations).to.equal(0)
    client.onSend((datagram) => server.receive(datagram, from))
    client.start()
    expect(client.state).to.equal('established')
    client.free()
    server.close()
    for (const context of Object.values(contexts)) context.free()
  })

  it('buffers little of what comes from a future epoch', () => {
    const link = memoryLink({
      ...psk,
      carry: (datagram, _from, index) => (index > 0 ? [] : [datagram]),
    })
    try {
      link.start()
      const before = process.memoryUsage.rss()
      const record = Buffer.concat([
        Buffer.from('16fefd0001000000000000', 'hex'),
        Buffer.from([0x05, 0x00]),
        noise.subarray(0, 0x500),
      ])
      for (let number = 0; number < 20_000; number++) {
        record.writeUIntBE(number, 5, 6)
        record.writeUInt16BE(1 + (number % 3), 3)
        link.server.association.receive(record)
      }
      const grownBy = process.memoryUsage.rss() - before
      expect(link.server.association.state).to.equal('handshaking')
      expect(grownBy / 1e6, '25 MB were sent').to.be.below(12)
    } finally {
      link.free()
    }
  })

  it('keeps nothing for half-open hellos, and lets a good client in among them', () => {
    const before = ownedObjects()
    const contexts = { client: dtlsContext(pskClient), server: dtlsContext(pskServer) }
    const client = dtlsAssociation({ context: contexts.client, role: 'client' })
    const hellos: Buffer[] = []
    let answered = 0
    let toLate: DtlsAssociation | undefined
    const server = dtlsServer({
      context: contexts.server,
      timers: fakeTimers(),
      send: (datagram, { port }) => {
        answered += datagram.length
        if (port === 1 && client.state !== 'freed') client.receive(datagram)
        if (port === 2) toLate?.receive(datagram)
      },
      onAssociation: () => {},
    })
    client.onSend((datagram) => {
      hellos.push(datagram)
      server.receive(datagram, { address: '127.0.0.1', port: 1 })
    })
    const flood = (count: number) => {
      const hello = Buffer.from(hellos[0] ?? Buffer.alloc(0))
      for (let index = 0; index < count; index++) {
        hello.writeUInt32BE(index, 30)
        server.receive(hello, { address: `10.0.${index >> 8}.1`, port: 1024 + (index % 60_000) })
      }
      return count * hello.length
    }
    client.start()
    client.close()
    client.free()
    answered = 0
    const sent = flood(5000)
    expect(answered, 'no amplification').to.be.within(1, sent)
    expect(server.associations).to.equal(0)
    expect(ownedObjects() - before).to.be.at.most(1)
    const late = dtlsAssociation({ context: contexts.client, role: 'client' })
    toLate = late
    late.onSend((datagram) => {
      flood(100)
      server.receive(datagram, { address: '127.0.0.1', port: 2 })
    })
    late.start()
    expect(late.state).to.equal('established')
    toLate = undefined
    late.free()
    server.close()
    for (const context of Object.values(contexts)) context.free()
    expect(ownedObjects()).to.equal(before)
  })

  it('stands handshakes with a changed byte anywhere', () => {
    for (let change = 0; change < 400; change++) {
      const at = noise.readUInt16BE(change * 4)
      const value = 1 + (noise.readUInt8(change * 4 + 2) % 255)
      const target = change % 4
      onLink(
        {
          ...psk,
          carry: (datagram, from, index) => {
            const isTarget =
              index === target >> 1 && from === (target % 2 === 0 ? 'client' : 'server')
            if (!isTarget) return [datagram]
            const changed = Buffer.from(datagram)
            const place = at % changed.length
            changed.writeUInt8(changed.readUInt8(place) ^ value, place)
            return [changed]
          },
        },
        ({ client, server, timers }) => {
          timers.advance(59_000)
          const bothAreThere = [client, server].every(
            ({ association }) => association.state === 'established',
          )
          if (bothAreThere)
            expect(client.association.exportKey('x', 16)).to.deep.equal(
              server.association.exportKey('x', 16),
            )
        },
      )
    }
  })

  it('reads records and identities without trusting a length', () => {
    for (const start of starts)
      for (const datagram of everyLength(start)) {
        helloOf(datagram)
        isInClear(datagram)
        for (const { body } of clearFragments(datagram))
          expect(body.length).to.be.at.most(datagram.length)
        pskIdentityReader().offer(datagram)
      }
  })
})

describe('reading the PSK identity', () => {
  const message = (identity: Buffer) =>
    Buffer.concat([Buffer.from([identity.length >> 8, identity.length & 0xff]), identity])
  const fragment = (whole: Buffer, from: number, to: number, sequence = 2) => {
    const header = Buffer.alloc(25)
    header.set(Buffer.from('16fefd', 'hex'))
    header.writeUInt16BE(12 + to - from, 11)
    header.writeUInt8(16, 13)
    header.writeUIntBE(whole.length, 14, 3)
    header.writeUInt16BE(sequence, 17)
    header.writeUIntBE(from, 19, 3)
    header.writeUIntBE(to - from, 22, 3)
    return Buffer.concat([header, whole.subarray(from, to)])
  }

  it('puts fragments together in any order, in one datagram or several', () => {
    const whole = message(Buffer.from('kpsa-CAE1-cse1@sp.example'))
    const [a, b, c] = [
      fragment(whole, 0, 9),
      fragment(whole, 9, 20),
      fragment(whole, 20, whole.length),
    ]
    const reader = pskIdentityReader()
    expect(reader.offer(c)).to.equal(undefined)
    expect(reader.offer(c)).to.equal(undefined)
    expect(reader.offer(Buffer.concat([b, a]))?.toString()).to.equal('kpsa-CAE1-cse1@sp.example')
  })

  it('keeps every byte of the identity', () => {
    const identity = Buffer.from('a\0b \xff', 'latin1')
    const whole = message(identity)
    expect(pskIdentityReader().offer(fragment(whole, 0, whole.length))).to.deep.equal(identity)
  })

  it('does not read past the message', () => {
    const short = Buffer.from([0, 9, 1])
    expect(pskIdentityReader().offer(fragment(short, 0, 3))).to.equal(undefined)
    const empty = Buffer.alloc(1)
    expect(pskIdentityReader().offer(fragment(empty, 0, 1))).to.equal(undefined)
  })

  it('refuses an identity with a NUL, whatever stands before it', () => {
    const asked: Buffer[] = []
    const server = {
      ...pskServer,
      pskLookup: (identity: Buffer) => {
        asked.push(identity)
        return pskServer.pskLookup?.(identity.subarray(0, 8))
      },
    }
    const client = { ...pskClient, psk: { identity: 'sensor-1xyz', key: Buffer.alloc(16) } }
    const carry = (datagram: Buffer) => {
      const at = datagram.indexOf('sensor-1xyz')
      if (at < 0) return [datagram]
      const changed = Buffer.from(datagram)
      changed.writeUInt8(0, at + 8)
      return [changed]
    }
    onLink({ client, server, carry }, (link) => {
      expect(asked.map(String)).to.deep.equal(['sensor-1\0yz'])
      expect(link.client.alerts).to.deep.equal(['received unknown_psk_identity'])
    })
  })
})
