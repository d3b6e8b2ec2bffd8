import { expect } from 'chai'
import { before, describe, it } from 'mocha'
import { type DtlsContextOptions, dtlsContext } from '../../dtls/context.ts'
import type { PresentedPeer } from '../../dtls/peerVerification.ts'
import type { RefusalAlert } from '../../dtls/verifyErrors.ts'
import { type Hierarchy, type Issued, issue, makeHierarchy, rawKey } from './credentials.ts'
import { ecdsaSuite, onLink } from './memoryLink.ts'

let ca: Hierarchy

function endOf(own: Issued, more: Partial<DtlsContextOptions> = {}): DtlsContextOptions {
  return {
    suites: [ecdsaSuite],
    certificate: {
      chain: [own.certificate, ca.intermediate.certificate],
      privateKey: own.privateKey,
    },
    trustAnchors: [ca.root.certificate],
    ...more,
  }
}

describe('DTLS with certificates', () => {
  before(async () => {
    ca = await makeHierarchy()
  })

  it('authenticates both ends and shows what each presented', () => {
    onLink({ client: endOf(ca.client), server: endOf(ca.server) }, ({ client, server }) => {
      expect(client.association.security.suite).to.equal(ecdsaSuite)
      const chain = [ca.server.certificate, ca.intermediate.certificate]
      expect(client.association.security.peer).to.deep.equal({
        kind: 'x509',
        chain,
        isTrusted: true,
      })
      expect(server.association.security.peer).to.deep.include({
        chain: [ca.client.certificate, ca.intermediate.certificate],
      })
    })
  })

  it('refuses what does not lead to an anchor, and the reason chooses the alert', async () => {
    const expired = await issue({
      name: 'old',
      issuer: ca.intermediate,
      notAfter: new Date(Date.UTC(2021, 0, 1)),
    })
    const stranger = await issue({ name: 'stranger', isCa: true })
    const own = { chain: [ca.client.certificate], privateKey: ca.client.privateKey }
    const cases: readonly (readonly [Partial<DtlsContextOptions>, string])[] = [
      [{ trustAnchors: [stranger.certificate] }, 'received unknown_ca'],
      [{ verifyAt: () => new Date(Date.UTC(2050, 0, 1)) }, 'received certificate_expired'],
    ]
    for (const [client, alert] of cases)
      onLink({ client: endOf(ca.client, client), server: endOf(ca.server) }, ({ server }) => {
        expect(server.alerts).to.deep.equal([alert])
      })
    onLink({ client: endOf(expired), server: endOf(ca.server) }, ({ client }) => {
      expect(client.alerts).to.deep.equal(['received certificate_expired'])
    })
    const missing = endOf(ca.client, { certificate: own })
    onLink({ client: missing, server: endOf(ca.server) }, ({ client }) => {
      expect(client.alerts).to.deep.equal(['received unknown_ca'])
    })
  })

  it('insists on a certificate of the client unless told not to ask', () => {
    const without: DtlsContextOptions = {
      suites: [ecdsaSuite],
      trustAnchors: [ca.root.certificate],
    }
    onLink({ client: without, server: endOf(ca.server) }, ({ client }) => {
      expect(client.alerts).to.deep.equal(['received handshake_failure'])
    })
    const lax = endOf(ca.server, { requestClientCertificate: false })
    onLink({ client: without, server: lax }, ({ client, server }) => {
      expect(client.association.state).to.equal('established')
      expect(server.association.state).to.equal('established')
    })
  })

  it("lets the caller's rule decide, with the alert it names", async () => {
    const alerts: readonly RefusalAlert[] = [
      'bad_certificate',
      'unsupported_certificate',
      'certificate_revoked',
      'certificate_expired',
      'certificate_unknown',
      'unknown_ca',
      'handshake_failure',
    ]
    for (const alert of alerts) {
      const server = endOf(ca.server, { rule: () => alert })
      onLink({ client: endOf(ca.client), server }, ({ client }) => {
        expect(client.alerts).to.deep.equal([`received ${alert}`])
        expect(client.association.state).to.equal('closed')
      })
    }
    const seen: PresentedPeer[] = []
    const alone = await issue({ name: 'alone' })
    const rule = (peer: PresentedPeer): true => {
      seen.push(peer)
      return true
    }
    const client = endOf(alone, {
      certificate: { chain: [alone.certificate], privateKey: alone.privateKey },
    })
    onLink({ client, server: endOf(ca.server, { rule }) }, ({ server }) => {
      expect(server.association.state).to.equal('established')
      const [peer] = seen
      expect(peer?.isTrusted).to.equal(false)
      expect(peer?.error).to.deep.include({ name: 'DEPTH_ZERO_SELF_SIGNED_CERT', depth: 0 })
    })
  })

  it('refuses the peer when the rule throws', () => {
    const rule = () => {
      throw new Error('the rule is broken')
    }
    onLink(
      { client: endOf(ca.client), server: endOf(ca.server, { rule }) },
      ({ client, server }) => {
        expect(server.changes.at(-1)).to.deep.include({
          state: 'closed',
          error: 'the rule is broken',
        })
        expect(client.association.state).to.equal('closed')
      },
    )
  })

  it('remembers the certificate of the client over a resumption', () => {
    const sessions: (Buffer | undefined)[] = []
    const own = { tickets: true }
    onLink({ client: endOf(ca.client, own), server: endOf(ca.server, own) }, ({ client }) => {
      sessions.push(client.association.session())
    })
    expect(sessions[0]?.toString()).to.match(/BEGIN SSL SESSION/)
  })

  it('keeps long chains within the MTU', async () => {
    const long = await issue({ name: 'long', issuer: ca.intermediate, padding: 6000 })
    for (const mtu of [256, 600, 1232]) {
      const pair = { client: endOf(long), server: endOf(long), common: { mtu } }
      onLink(pair, ({ client, server }) => {
        expect(server.association.state).to.equal('established')
        const lengths = [...client.sent, ...server.sent].map(({ length }) => length)
        expect(Math.max(...lengths)).to.be.at.most(mtu)
        expect(lengths.length).to.be.at.least(12_000 / mtu)
        const { longestData } = client.association
        client.association.write(Buffer.alloc(longestData, 'x'))
        expect(client.sent.at(-1)?.length).to.be.at.most(mtu)
        expect(server.data).to.have.length(1)
      })
    }
  })

  it('refuses a key that is not that of the certificate', () => {
    const wrong = { chain: [ca.client.certificate], privateKey: ca.server.privateKey }
    expect(() => dtlsContext(endOf(ca.client, { certificate: wrong }))).to.throw(/private key/)
    const empty = { chain: [], privateKey: ca.server.privateKey }
    expect(() => dtlsContext(endOf(ca.client, { certificate: empty }))).to.throw(/chain is empty/)
  })
})

describe('DTLS with raw public keys', () => {
  const [a, b, c] = [rawKey(), rawKey(), rawKey()]
  const end = (
    own: typeof a,
    expected: readonly Buffer[],
    more: Partial<DtlsContextOptions> = {},
  ): DtlsContextOptions => ({
    suites: [ecdsaSuite],
    rawPublicKey: { privateKey: own.privateKey, expected },
    ...more,
  })

  it('authenticates both ends by their keys', () => {
    const pair = { client: end(a, [b.publicKey]), server: end(b, [c.publicKey, a.publicKey]) }
    onLink(pair, ({ client, server }) => {
      const peer = { kind: 'rawPublicKey', isTrusted: true }
      expect(client.association.security).to.deep.include({ suite: ecdsaSuite })
      expect(client.association.security.peer).to.deep.equal({ ...peer, publicKey: b.publicKey })
      expect(server.association.security.peer).to.deep.equal({ ...peer, publicKey: a.publicKey })
    })
  })

  it('refuses another key, on either side', () => {
    const wrongServer = { client: end(a, [c.publicKey]), server: end(b, [a.publicKey]) }
    onLink(wrongServer, ({ server }) => {
      expect(server.alerts).to.deep.equal(['received bad_certificate'])
    })
    const wrongClient = { client: end(c, [b.publicKey]), server: end(b, [a.publicKey]) }
    onLink(wrongClient, ({ client }) => {
      expect(client.alerts).to.deep.equal(['received bad_certificate'])
    })
    const nobody = { client: end(c, [b.publicKey]), server: end(b, []) }
    onLink(nobody, ({ client }) => {
      expect(client.alerts).to.deep.equal(['received certificate_unknown'])
    })
  })

  it("lets the caller's rule decide", () => {
    const rule = (peer: PresentedPeer) =>
      peer.kind === 'rawPublicKey' && peer.publicKey.equals(c.publicKey) ? true : 'unknown_ca'
    onLink({ client: end(c, [b.publicKey]), server: end(b, [], { rule }) }, ({ server }) => {
      expect(server.association.state).to.equal('established')
    })
    onLink({ client: end(a, [b.publicKey]), server: end(b, [], { rule }) }, ({ client }) => {
      expect(client.alerts).to.deep.equal(['received unknown_ca'])
    })
  })
})
