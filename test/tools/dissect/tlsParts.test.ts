import { expect } from 'chai'
import fc from 'fast-check'
import { describe, it } from 'mocha'
import { cipherSuites } from '../../../protocol/security/cipherSuites.ts'
import { Association } from '../../../tools/dissect/tls/association.ts'
import {
  identityText,
  parseClientHello,
  parseServerHello,
} from '../../../tools/dissect/tls/hello.ts'
import { KeyLog } from '../../../tools/dissect/tls/keyLog.ts'
import { expandLabel, prf } from '../../../tools/dissect/tls/keySchedule.ts'
import { RecordReader, type TlsRecord } from '../../../tools/dissect/tls/record.ts'
import { SessionTickets } from '../../../tools/dissect/tls/sessionTickets.ts'

const seen = { ref: { wire: 'w', frame: 1 }, atMs: 0 }
const run = { seed: 8, numRuns: 500 }

describe('key derivation', () => {
  const master = Buffer.from(Array.from({ length: 48 }, (_, index) => index))
  const seed = Buffer.concat([Buffer.alloc(32, 0xc1), Buffer.alloc(32, 0x5e)])
  const vectors = [
    [
      'EXPORTER-oneM2M-Bootstrap',
      '7cc2d1a196404e26606cd9f3c57d9b6770f52f36c9342f3760ee6e151477416d9f88c86c16ea78b122b777f3334723ca',
    ],
    [
      'EXPORTER-oneM2M-Connection',
      'e989300ab098cad0e8bf6af3b18d7333d3dc372622f0ae568bb46fa23143f48f40c50739d2377fa1cd549df716c31c12',
    ],
    [
      'EXPORTER-oneM2M-ESCertKE',
      '52c38f5e729d128ecc3073c35a4cb3f60581c205e983e52255e79261b41004dc5e7c1b88b6c203b044e76cf5016911d2',
    ],
  ] as const
  for (const [label, expected] of vectors)
    it(`gives the known value for ${label}`, () =>
      expect(prf('sha256', master, label, seed, 48).toString('hex')).to.equal(expected))

  it('gives another value with an empty context', () => {
    const context = Buffer.concat([seed, Buffer.alloc(2)])
    const value = prf('sha256', master, 'EXPORTER-oneM2M-Bootstrap', context, 48)
    expect(value.toString('hex', 0, 8)).to.equal('da5976f31013d8b7')
  })

  it('expands labels as RFC 8448 3 shows', () => {
    const secret = Buffer.from(
      'b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38',
      'hex',
    )
    expect(expandLabel('sha256', secret, 'key', 16).toString('hex')).to.equal(
      '3fce516009c21727d0f2e4e86ee403bc',
    )
    expect(expandLabel('sha256', secret, 'iv', 12).toString('hex')).to.equal(
      '5d313eb2671276ee13000b30',
    )
  })
})

describe('the key log', () => {
  it('takes secrets of its form and nothing else', () => {
    const log = new KeyLog()
    const random = 'Ab'.repeat(32)
    for (const line of [
      '',
      '# note',
      `CLIENT_RANDOM ${random} 0011`,
      `CLIENT_RANDOM ${random} 001`,
      `client ${random} 00`,
    ])
      log.add(line)
    log.add(`CLIENT_RANDOM ${random} 0011`)
    expect(
      log.secrets('CLIENT_RANDOM', random.toLowerCase()).map((secret) => secret.toString('hex')),
    ).to.deep.equal(['0011'])
    expect(log.secrets('OTHER', random)).to.deep.equal([])
  })
})

describe('hello messages', () => {
  it('never throw on noise', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        const bytes = Buffer.concat([Buffer.from([3, 3]), Buffer.alloc(32, 1), Buffer.from(noise)])
        for (const hello of [parseClientHello(bytes), parseServerHello(bytes)])
          if (hello !== undefined) expect(hello.random.length).to.equal(32)
        expect(identityText(Buffer.from(noise))).to.be.a('string')
      }),
      run,
    )
  })

  it('refuse what is cut short', () => {
    const body = Buffer.concat([
      Buffer.from([3, 3]),
      Buffer.alloc(32, 1),
      Buffer.from([0, 0, 2, 0, 0xae, 1, 0]),
    ])
    expect(parseClientHello(body)?.suites).to.deep.equal([0x00ae])
    for (let length = 0; length < body.length; length++)
      expect(parseClientHello(body.subarray(0, length))).to.equal(undefined)
  })

  it('show identities that are no text byte by byte', () => {
    expect(identityText(Buffer.from('kpsa-é@sp'))).to.equal('kpsa-é@sp')
    expect(identityText(Buffer.from([0x61, 0xff, 0x00]))).to.equal('a\\xff\\x00')
  })
})

describe('cutting a stream into records', () => {
  it('accounts for every byte exactly once, however it is cut', () => {
    const record = (type: number, length: number) =>
      Buffer.concat([
        Buffer.from([type, 3, 3, length >> 8, length & 0xff]),
        Buffer.alloc(length, 0x55),
      ])
    const part = fc.oneof(
      fc
        .tuple(fc.integer({ min: 20, max: 24 }), fc.nat(300))
        .map(([type, length]) => record(type, length)),
      fc.uint8Array({ maxLength: 20 }).map((noise) => Buffer.from(noise)),
    )
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 8 }),
        fc.integer({ min: 1, max: 50 }),
        (parts, size) => {
          const bytes = Buffer.concat(parts)
          let accounted = 0
          const reader = new RecordReader({
            record: ({ fragment }) => {
              accounted += 5 + fragment.length
            },
            clear: (clear) => {
              accounted += clear.length
            },
            lost: () => {},
          })
          for (let at = 0; at < bytes.length; at += size)
            reader.push(bytes.subarray(at, at + size), seen)
          const begun = reader.end()
          if (begun.length === 0) expect(accounted).to.equal(bytes.length)
          else expect(accounted).to.be.below(bytes.length)
        },
      ),
      run,
    )
  })

  it('never throws with any suite and version, a secret at hand, and noise for records', () => {
    const random = Buffer.alloc(32, 7)
    const secret = 'ab'.repeat(48)
    const log = new KeyLog()
    log.add(`CLIENT_RANDOM ${random.toString('hex')} ${secret}`)
    for (const side of ['CLIENT', 'SERVER'])
      for (const phase of ['HANDSHAKE_TRAFFIC_SECRET', 'TRAFFIC_SECRET_0'])
        log.add(`${side}_${phase} ${random.toString('hex')} ${secret}`)
    const noise = Buffer.alloc(96, 0x5a)
    for (const suite of [...cipherSuites.map(({ id }) => id), 0x0a0a])
      for (const version of [0x0301, 0x0303, 0x0304]) {
        const association = associationWith(log)
        const id = Buffer.from([suite >> 8, suite & 0xff])
        const supported = Buffer.from([0, 6, 0, 43, 0, 2, 3, 4])
        const legacy = Buffer.from([3, Math.min(3, version & 0xff)])
        const extensions = version === 0x0304 ? supported : Buffer.alloc(0)
        const hello = [legacy, random, Buffer.from([0]), id, Buffer.from([0]), extensions]
        association.record(
          'client',
          handshakeRecord(1, [legacy, random, Buffer.from([0, 0, 2]), id, Buffer.from([1, 0])]),
        )
        association.record('server', handshakeRecord(2, hello))
        for (const from of ['client', 'server'] as const)
          for (const type of [20, 22, 23, 21]) {
            const fragment = type === 20 ? Buffer.from([1]) : noise
            association.record(from, { type, version: 0x0303, fragment, seen: [seen] })
          }
        association.close(true)
        expect(association.known?.suite?.id).to.equal(suite)
        const mac = cipherSuites.find((row) => row.id === suite)?.mac
        const believed = mac === 'none' && version < 0x0304
        if (!believed)
          expect(association.known?.decryption).to.be.oneOf(['failed', 'unsupported-suite'])
      }
  })

  it('never throws on records of any content', () => {
    const handshakes = fc.array(
      fc.record({
        from: fc.constantFrom('client', 'server'),
        type: fc.integer({ min: 19, max: 25 }),
        head: fc.constantFrom(
          '',
          '01000026',
          '0200002a',
          '0c000004',
          '10000004',
          '14000000',
          '18000001',
        ),
        noise: fc.uint8Array({ maxLength: 80 }),
      }),
      { maxLength: 15 },
    )
    fc.assert(
      fc.property(handshakes, (records) => {
        const association = associationWith(new KeyLog())
        for (const { from, type, head, noise } of records) {
          const fragment = Buffer.concat([Buffer.from(head, 'hex'), noise])
          association.record(from as 'client' | 'server', {
            type,
            version: 0x0303,
            fragment,
            seen: [seen],
          })
        }
        association.close(true)
        expect(association.known?.state).to.be.oneOf([undefined, 'failed', 'established'])
      }),
      run,
    )
  })
})

function associationWith(log: KeyLog): Association {
  return new Association(log, new SessionTickets(), {
    opened: () => {},
    application: () => {},
    clear: () => {},
    unreadable: () => {},
  })
}

function handshakeRecord(type: number, parts: readonly Buffer[]): TlsRecord {
  const body = Buffer.concat(parts)
  const fragment = Buffer.concat([
    Buffer.from([type, 0, body.length >> 8, body.length & 0xff]),
    body,
  ])
  return { type: 22, version: 0x0303, fragment, seen: [seen] }
}
