import { expect } from 'chai'
import { describe, it } from 'mocha'
import { dtlsAssociation } from '../../dtls/association.ts'
import { dtlsContext } from '../../dtls/context.ts'
import { ownedObjects } from '../../dtls/nativeCallbacks.ts'
import { BenchError } from '../../protocol/errors.ts'
import {
  memoryLink,
  onLink,
  pskClient,
  pskKey,
  pskServer,
  pskSuite,
  statesOf,
} from './memoryLink.ts'

const psk = { client: pskClient, server: pskServer }

describe('DTLS association', () => {
  it('is established with a pre-shared key and agrees on everything', () => {
    const lines: string[][] = [[], []]
    const logged = {
      client: { ...pskClient, onKeyLog: (line: string) => lines[0]?.push(line) },
      server: { ...pskServer, onKeyLog: (line: string) => lines[1]?.push(line) },
    }
    onLink(logged, ({ client, server }) => {
      for (const { association } of [client, server]) {
        const { version, suite, isResumed, peer } = association.security
        expect([version, suite, isResumed]).to.deep.equal(['DTLSv1.2', pskSuite, false])
        expect(peer).to.deep.equal({ kind: 'psk', identity: Buffer.from('sensor-1') })
      }
      expect(statesOf(server)).to.deep.equal(['handshaking', 'established'])
      const keys = [client, server].map(({ association }) =>
        association.exportKey('EXPORTER-oneM2M-Connection', 48).toString('hex'),
      )
      expect(keys[0])
        .to.match(/^[0-9a-f]{96}$/)
        .and.to.equal(keys[1])
      expect(lines[0]).to.have.length(1)
      expect(lines[0]?.[0]).to.match(/^CLIENT_RANDOM [0-9a-f]{64} [0-9a-f]{96}$/)
      expect(lines[0]).to.deep.equal(lines[1])
    })
  })

  it('carries records both ways, each as one', () => {
    onLink(psk, ({ client, server }) => {
      client.association.write(Buffer.from('one'))
      client.association.write(Buffer.from('two'))
      server.association.write(Buffer.alloc(16_384, 'x'))
      expect(server.data).to.deep.equal(['one', 'two'])
      expect(client.data).to.deep.equal(['x'.repeat(16_384)])
      expect(() => client.association.write(Buffer.alloc(16_385))).to.throw(/1 to 16384 bytes/)
      expect(() => client.association.write(Buffer.alloc(0))).to.throw(/1 to 16384 bytes/)
    })
  })

  it('closes in order, whoever begins, and says the alerts by name', () => {
    for (const first of ['client', 'server'] as const)
      onLink(psk, (link) => {
        const other = first === 'client' ? link.server : link.client
        link[first].association.close()
        expect(link[first].alerts).to.deep.equal(['sent close_notify', 'received close_notify'])
        expect(other.alerts).to.deep.equal(['received close_notify', 'sent close_notify'])
        expect(link[first].changes.slice(-2)).to.deep.equal([
          { state: 'closing' },
          { state: 'closed', end: 'close-notify' },
        ])
        expect(other.changes.at(-1)).to.deep.equal({ state: 'closed', end: 'close-notify' })
      })
  })

  it('does not wait for ever for the answer to its close_notify', () => {
    onLink(
      {
        ...psk,
        carry: (datagram, from, index) => (from === 'server' && index >= 2 ? [] : [datagram]),
      },
      ({ client, timers }) => {
        client.association.close()
        expect(client.association.state).to.equal('closing')
        timers.advance(999)
        expect(client.association.state).to.equal('closing')
        timers.advance(1)
        expect(client.changes.at(-1)).to.deep.equal({ state: 'closed', end: 'unanswered' })
        expect(timers.pending).to.equal(0)
      },
    )
  })

  it('names the alert when the identity is unknown', () => {
    const client = { ...pskClient, psk: { identity: 'stranger', key: pskKey } }
    onLink({ client, server: pskServer }, (link) => {
      const alert = { level: 'fatal', name: 'unknown_psk_identity' }
      expect(link.client.changes.at(-1)).to.deep.include({
        state: 'closed',
        end: 'alert',
        alert: { direction: 'received', ...alert },
      })
      expect(link.server.changes.at(-1)).to.deep.include({ alert: { direction: 'sent', ...alert } })
    })
  })

  it('does not come about with another key, and data never passes', () => {
    const client = { ...pskClient, psk: { identity: 'sensor-1', key: Buffer.alloc(16, 9) } }
    onLink({ client, server: pskServer }, (link) => {
      link.timers.advance(60_000)
      expect(statesOf(link.server)).to.deep.equal(['handshaking', 'closed'])
      expect(link.client.changes.at(-1)).to.deep.equal({ state: 'closed', end: 'time-out' })
    })
  })

  it('refuses when there is no common suite', () => {
    const client = { ...pskClient, suites: ['TLS_PSK_WITH_AES_128_CBC_SHA256'] }
    onLink({ client, server: pskServer }, (link) => {
      expect(link.client.alerts).to.deep.equal(['received handshake_failure'])
    })
  })

  it('keeps OpenSSL waiting while a key is fetched', async () => {
    let give: (key: Buffer | undefined) => void = () => {}
    const asked: string[] = []
    const server = {
      ...pskServer,
      pskLookup: (identity: Buffer) => {
        asked.push(identity.toString())
        return new Promise<Buffer | undefined>((resolve) => {
          give = resolve
        })
      },
    }
    const link = memoryLink({ client: pskClient, server })
    try {
      link.start()
      expect(asked).to.deep.equal(['sensor-1'])
      link.timers.advance(10_000)
      expect(link.server.association.state).to.equal('handshaking')
      expect(asked, 'repetitions are held back too').to.have.length(1)
      give(pskKey)
      await Promise.resolve()
      expect(link.server.association.state).to.equal('established')
      expect(link.client.association.state).to.equal('established')
    } finally {
      link.free()
    }
  })

  it('survives being freed while a key is fetched', async () => {
    const server = { ...pskServer, pskLookup: async () => pskKey }
    const link = memoryLink({ client: pskClient, server })
    link.start()
    link.free()
    await Promise.resolve()
    expect(link.server.association.state).to.equal('freed')
  })

  it('refuses the client when the look-up fails, and says why', async () => {
    for (const pskLookup of [
      () => {
        throw new Error('the store is gone')
      },
      async () => {
        throw new Error('the store is gone')
      },
    ]) {
      const link = memoryLink({ client: pskClient, server: { ...pskServer, pskLookup } })
      try {
        link.start()
        await new Promise((resolve) => setImmediate(resolve))
        expect(link.server.changes.at(-1)).to.deep.include({
          state: 'closed',
          error: 'the store is gone',
        })
        expect(link.client.alerts).to.deep.equal(['received unknown_psk_identity'])
      } finally {
        link.free()
      }
    }
  })

  it('resumes only when tickets are asked for', () => {
    const sessions: (Buffer | undefined)[] = []
    const server = { ...pskServer, tickets: true }
    onLink(psk, ({ client }) => sessions.push(client.association.session()))
    expect(sessions).to.deep.equal([undefined])
    const context = dtlsContext(server)
    const client = dtlsContext({ ...pskClient, tickets: true })
    const connect = (session?: Buffer) => {
      const ends = [
        dtlsAssociation({ context: client, role: 'client', ...(session && { session }) }),
        dtlsAssociation({ context, role: 'server' }),
      ] as const
      ends[0].onSend((datagram) => ends[1].receive(datagram))
      ends[1].onSend((datagram) => ends[0].receive(datagram))
      ends[0].start()
      const result = { security: ends[1].security, session: ends[0].session() }
      for (const end of ends) end.free()
      return result
    }
    const first = connect()
    expect(first.security.isResumed).to.equal(false)
    const second = connect(first.session)
    expect(second.security.isResumed).to.equal(true)
    expect(second.security.peer).to.deep.equal({ kind: 'psk', identity: Buffer.from('sensor-1') })
    context.free()
    client.free()
  })

  it('gives everything back once, and says so when it is used afterwards', () => {
    const before = ownedObjects()
    const { client, free } = memoryLink(psk)
    expect(ownedObjects()).to.equal(before + 2)
    free()
    free()
    expect(ownedObjects()).to.equal(before)
    const { association } = client
    expect(association.state).to.equal('freed')
    const uses: readonly (() => unknown)[] = [
      () => association.start(),
      () => association.receive(Buffer.alloc(20)),
      () => association.write(Buffer.alloc(1)),
      () => association.close(),
      () => association.abandon('abandoned'),
      () => association.session(),
      () => association.security,
      () => association.longestData,
      () => association.exportKey('x', 1),
    ]
    for (const use of uses) expect(use).to.throw(BenchError, /after it was freed/)
  })

  it('refuses what its state does not allow', () => {
    const link = memoryLink(psk)
    try {
      expect(() => link.client.association.write(Buffer.alloc(1))).to.throw(/while created/)
      expect(() => link.client.association.security).to.throw(/while created/)
      expect(() => link.client.association.exportKey('x', 1)).to.throw(/while created/)
      link.client.association.close()
      expect(link.client.changes).to.deep.equal([{ state: 'closed', end: 'abandoned' }])
    } finally {
      link.free()
    }
  })

  it('may be freed from any listener', () => {
    for (const when of ['handshaking', 'established', 'closed']) {
      const link = memoryLink(psk)
      link.server.association.onState(({ state }) => {
        if (state === when) link.server.association.free()
      })
      link.start()
      if (link.client.association.state === 'established') link.client.association.close()
      expect(link.server.association.state).to.equal('freed')
      link.free()
    }
  })

  it('refuses wrong options', () => {
    const cases: readonly (readonly [object, RegExp])[] = [
      [{ suites: ['TLS_NO_SUCH'] }, /TLS_NO_SUCH is unknown/],
      [{ suites: ['TLS_AES_128_CCM_8_SHA256'] }, /unknown, or OpenSSL has none/],
      [{ psk: { identity: 'a\0b', key: pskKey } }, /has a NUL/],
      [{ psk: { identity: 'a'.repeat(256), key: pskKey } }, /longer than 255/],
      [{ psk: { identity: 'a', key: Buffer.alloc(0) } }, /0 bytes, not 1 to 512/],
      [{ trustAnchors: [Buffer.from('nonsense')] }, /a certificate cannot be parsed/],
      [{ groups: ['no-such-curve'] }, /no-such-curve are not known/],
    ]
    for (const [wrong, says] of cases)
      expect(() => dtlsContext({ ...pskClient, ...wrong }), says.source).to.throw(BenchError, says)
    const context = dtlsContext(pskClient)
    expect(() => dtlsAssociation({ context, role: 'client', mtu: 100 })).to.throw(/MTU of 100/)
    expect(() =>
      dtlsAssociation({ context, role: 'client', session: Buffer.from('no session') }),
    ).to.throw(/session cannot be read/)
    context.free()
    context.free()
    expect(() => dtlsAssociation({ context, role: 'client' })).to.throw(/context is freed/)
  })
})
