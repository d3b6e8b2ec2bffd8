import { expect } from 'chai'
import { before, describe, it } from 'mocha'
import type { DtlsContextOptions } from '../../dtls/context.ts'
import { retransmission } from '../../dtls/retransmission.ts'
import { seededBytes } from '../../protocol/random.ts'
import { type Hierarchy, makeHierarchy } from './credentials.ts'
import { fakeTimers } from './fakeTimers.ts'
import { type Carry, ecdsaSuite, onLink, pskClient, pskServer } from './memoryLink.ts'

const psk = { client: pskClient, server: pskServer }
let ca: Hierarchy
const withCertificate = (end: 'client' | 'server'): DtlsContextOptions => ({
  suites: [ecdsaSuite],
  certificate: {
    chain: [ca[end].certificate, ca.intermediate.certificate],
    privateKey: ca[end].privateKey,
  },
  trustAnchors: [ca.root.certificate],
})

describe('DTLS retransmission', () => {
  before(async () => {
    ca = await makeHierarchy()
  })

  it('doubles its waits up to the longest, and gives up', () => {
    const timers = fakeTimers()
    const times: number[] = []
    let givenUpAt = 0
    const options = { firstMs: 1000, longestMs: 5000, giveUpMs: 20_000 }
    const schedule = retransmission(timers, options, {
      resend: () => times.push(timers.now()),
      giveUp: () => {
        givenUpAt = timers.now()
      },
    })
    schedule.flightSent()
    timers.advance(60_000)
    expect(times).to.deep.equal([1000, 3000, 7000, 12_000, 17_000])
    expect(givenUpAt).to.equal(20_000)
    expect(timers.pending).to.equal(0)
  })

  it('sends the first flight again after 1, 2, 4 … seconds, with new record numbers', () => {
    onLink({ ...psk, carry: () => [] }, ({ client, timers }) => {
      const counts = [999, 1, 1999, 1, 3999, 1].map((ms) => {
        timers.advance(ms)
        return client.sent.length
      })
      expect(counts).to.deep.equal([1, 2, 2, 3, 3, 4])
      const numbers = client.sent.map((datagram) => datagram.readUIntBE(5, 6))
      expect(numbers).to.deep.equal([0, 1, 2, 3])
      const hellos = client.sent.map((datagram) => datagram.subarray(13).toString('hex'))
      expect(new Set(hellos).size, 'the same hello').to.equal(1)
      timers.advance(60_000)
      expect(client.changes.at(-1)).to.deep.equal({ state: 'closed', end: 'time-out' })
      expect(timers.pending).to.equal(0)
    })
  })

  it('gets over the loss of any one datagram of the handshake', () => {
    for (const from of ['client', 'server'] as const)
      for (let lost = 0; lost < 2; lost++) {
        const carry: Carry = (datagram, sender, index) =>
          sender === from && index === lost ? [] : [datagram]
        onLink({ ...psk, carry }, ({ client, server, timers }) => {
          const name = `datagram ${lost} of the ${from}`
          expect(client.association.state, name).to.equal('handshaking')
          timers.advance(1000)
          expect(client.association.state, name).to.equal('established')
          expect(server.association.state, name).to.equal('established')
          client.association.write(Buffer.from('through'))
          expect(server.data, name).to.deep.equal(['through'])
        })
      }
  })

  it('gets over the loss of any third of the datagrams, with many fragments', () => {
    const pair = { client: withCertificate('client'), server: withCertificate('server') }
    for (let seed = 1; seed <= 10; seed++) {
      const dice = seededBytes(seed, 'loss', 1000)
      let count = 0
      const carry: Carry = (datagram) => {
        count += 1
        return (dice[count] ?? 255) < 85 ? [] : [datagram]
      }
      const common = { mtu: 300, retransmission: { firstMs: 100, longestMs: 1000 } }
      onLink({ ...pair, carry, common }, ({ client, server, timers }) => {
        timers.advance(59_999)
        expect(client.association.state, `seed ${seed}`).to.equal('established')
        expect(server.association.state, `seed ${seed}`).to.equal('established')
      })
    }
  })

  it('takes duplicates and the wrong order', () => {
    const pair = { client: withCertificate('client'), server: withCertificate('server') }
    const twice: Carry = (datagram) => [datagram, datagram]
    onLink({ ...pair, carry: twice }, ({ client, server }) => {
      expect(server.association.state).to.equal('established')
      client.association.write(Buffer.from('once'))
      expect(server.data, 'a replayed record is dropped').to.deep.equal(['once'])
    })
    let kept: Buffer | undefined
    const swapped: Carry = (datagram, from) => {
      if (from === 'client') return [datagram]
      if (kept === undefined) {
        kept = datagram
        return []
      }
      const both = [datagram, kept]
      kept = undefined
      return both
    }
    onLink({ ...pair, carry: swapped, common: { mtu: 400 } }, ({ client, server, timers }) => {
      timers.advance(10_000)
      expect(client.association.state).to.equal('established')
      expect(server.association.state).to.equal('established')
    })
  })
})
