import { readFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect } from 'chai'
import { before, describe, it } from 'mocha'
import { dtlsAssociation } from '../../dtls/association.ts'
import { type DtlsContextOptions, dtlsContext } from '../../dtls/context.ts'
import { type Hierarchy, makeHierarchy, rawKey } from './credentials.ts'
import { ecdsaSuite, pskClient, pskServer } from './memoryLink.ts'

/**
 * What an association that is not given back would cost is some 70 kB, a certificate or key some 1 kB. Ten runs of these tests
 * differed by less than 1 MB.
 */
const mostGrowth = 5_000_000

setFlagsFromString('--expose-gc')
const collectGarbage: unknown = runInNewContext('gc')

/**
 * Memory of the process without what JavaScript's heap takes and without pages of files, which come and go with what other
 * processes need.
 */
function nativeBytes(): number {
  if (typeof collectGarbage === 'function') collectGarbage()
  const status = readFileSync('/proc/self/status', 'latin1')
  const kilobytes = ['RssAnon', 'VmSwap'].map((name) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]),
  )
  return kilobytes.reduce((sum, value) => sum + value * 1024, 0) - process.memoryUsage().heapTotal
}

interface Pair {
  readonly client: DtlsContextOptions
  readonly server: DtlsContextOptions
}

/** Associations one after the other: handshake, data both ways, close; `expected` is what becomes of the handshake. */
function runAssociations(pair: Pair, count: number, expected: string): void {
  const contexts = { client: dtlsContext(pair.client), server: dtlsContext(pair.server) }
  for (let index = 0; index < count; index++) {
    const client = dtlsAssociation({ context: contexts.client, role: 'client' })
    const server = dtlsAssociation({ context: contexts.server, role: 'server' })
    client.onSend((datagram) => server.receive(datagram))
    server.onSend((datagram) => client.receive(datagram))
    client.start()
    if (client.state !== expected) throw new Error(`${client.state} instead of ${expected}`)
    if (client.state === 'established') {
      client.write(Buffer.alloc(100))
      server.write(Buffer.alloc(100))
      client.session()
      client.close()
    }
    client.free()
    server.free()
  }
  contexts.client.free()
  contexts.server.free()
}

/** Grows until everything has reached its size, then must not grow. */
function expectFlat(pair: Pair, count: number, expected: string): void {
  runAssociations(pair, Math.ceil(count / 3), expected)
  const start = nativeBytes()
  for (let batch = 0; batch < 10; batch++) runAssociations(pair, count / 10, expected)
  const grownBy = nativeBytes() - start
  expect(grownBy, `bytes grown over ${count} associations`).to.be.below(mostGrowth)
}

describe('native memory of DTLS', () => {
  let ca: Hierarchy
  const certified = (end: 'client' | 'server'): DtlsContextOptions => ({
    suites: [ecdsaSuite],
    certificate: {
      chain: [ca[end].certificate, ca.intermediate.certificate],
      privateKey: ca[end].privateKey,
    },
    trustAnchors: [ca.root.certificate],
    rule: ({ isTrusted }) => (isTrusted ? true : 'bad_certificate'),
    tickets: true,
  })

  before(async () => {
    ca = await makeHierarchy()
  })

  it('is flat over 10,000 associations with pre-shared keys', function () {
    this.timeout(60_000)
    expectFlat({ client: pskClient, server: pskServer }, 10_000, 'established')
  })

  it('is flat over refused handshakes', function () {
    this.timeout(60_000)
    const refusing = { ...pskServer, pskLookup: () => undefined }
    expectFlat({ client: pskClient, server: refusing }, 5000, 'closed')
  })

  it('is flat over handshakes with certificates', function () {
    this.timeout(60_000)
    expectFlat({ client: certified('client'), server: certified('server') }, 1500, 'established')
  })

  it('is flat over handshakes with raw public keys', function () {
    this.timeout(60_000)
    const [a, b] = [rawKey(), rawKey()]
    const pair = {
      client: {
        suites: [ecdsaSuite],
        rawPublicKey: { privateKey: a.privateKey, expected: [b.publicKey] },
      },
      server: {
        suites: [ecdsaSuite],
        rawPublicKey: { privateKey: b.privateKey, expected: [a.publicKey] },
      },
    }
    expectFlat(pair, 1500, 'established')
  })

  it('is flat over contexts that are made and freed', function () {
    this.timeout(60_000)
    const make = (count: number) => {
      for (let index = 0; index < count; index++) dtlsContext(certified('server')).free()
    }
    make(500)
    const start = nativeBytes()
    make(3000)
    expect(nativeBytes() - start).to.be.below(mostGrowth)
  })
})
