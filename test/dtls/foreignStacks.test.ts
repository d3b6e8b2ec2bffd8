import { expect } from 'chai'
import { afterEach, before, beforeEach, describe, it } from 'mocha'
import type { DtlsAssociation } from '../../dtls/associationTypes.ts'
import { type DtlsContextOptions, dtlsContext } from '../../dtls/context.ts'
import { type UdpClient, udpClient } from '../../dtls/udpClient.ts'
import { type UdpServer, udpServer } from '../../dtls/udpServer.ts'
import { type Hierarchy, makeHierarchy, rawKey } from './credentials.ts'
import { type Bench, type ForeignProgram, freePort, loopback, openBench } from './foreignProgram.ts'
import { ecdsaSuite, pskClient, pskKey, pskServer } from './memoryLink.ts'

const label = 'EXPORTER-oneM2M-Connection'
const hexKey = pskKey.toString('hex')
const pskPriority = 'NORMAL:-VERS-ALL:+VERS-DTLS1.2:-KX-ALL:+PSK:-CIPHER-ALL:+AES-128-CCM-8'
const ecdsaPriority =
  'NORMAL:-VERS-ALL:+VERS-DTLS1.2:-KX-ALL:+ECDHE-ECDSA:-CIPHER-ALL:+AES-128-CCM-8'
const rawPriority = `${ecdsaPriority}:-CTYPE-ALL:+CTYPE-CLI-RAWPK:+CTYPE-SRV-RAWPK`
const opensslPsk = [
  '-dtls1_2',
  '-psk',
  hexKey,
  '-psk_identity',
  'sensor-1',
  '-cipher',
  'PSK-AES128-CCM8:@SECLEVEL=0',
]
const opensslExport = ['-keymatexport', label, '-keymatexportlen', '48']

describe('DTLS against foreign stacks', function () {
  // A bound for a busy machine; each test takes a fraction of it.
  this.timeout(60_000)

  let bench: Bench
  let ca: Hierarchy

  before(async () => {
    ca = await makeHierarchy()
  })

  beforeEach(() => {
    bench = openBench()
  })

  afterEach(() => bench.end())

  const certified = (end: 'client' | 'server'): DtlsContextOptions => ({
    suites: [ecdsaSuite],
    certificate: {
      chain: [ca[end].certificate, ca.intermediate.certificate],
      privateKey: ca[end].privateKey,
    },
    trustAnchors: [ca.root.certificate],
  })

  /** The end of a foreign program: PEM files of its key, its chain and the root. */
  function filesOf(end: 'client' | 'server') {
    const key = ca[end].privateKey.export({ type: 'pkcs8', format: 'pem' })
    return {
      key: bench.file(`${end}.key`, key),
      own: bench.file(`${end}.pem`, ca[end].pem),
      chain: bench.file('chain.pem', ca.intermediate.pem),
      both: bench.file(`${end}-chain.pem`, `${ca[end].pem}\n${ca.intermediate.pem}\n`),
      root: bench.file('root.pem', ca.root.pem),
    }
  }

  /** Our server; it answers each message with the same in brackets. */
  async function ourServer(options: DtlsContextOptions): Promise<{
    readonly server: UdpServer
    readonly associations: DtlsAssociation[]
    readonly received: string[]
    /** Exported key and security of each established association. */
    readonly agreed: { readonly key: string; readonly security: DtlsAssociation['security'] }[]
  }> {
    const associations: DtlsAssociation[] = []
    const received: string[] = []
    const agreed: { key: string; security: DtlsAssociation['security'] }[] = []
    const context = dtlsContext(options)
    const server = await udpServer({
      context,
      listen: { address: loopback, port: 0 },
      onAssociation: (association) => {
        associations.push(association)
        association.onState(({ state }) => {
          if (state !== 'established') return
          const key = association.exportKey(label, 48).toString('hex')
          agreed.push({ key, security: association.security })
        })
        association.onData((data) => {
          received.push(data.toString().trim())
          association.write(Buffer.from(`[${data.toString().trim()}]\n`))
        })
      },
    })
    bench.defer(() => server.close().then(() => context.free()))
    return { server, associations, received, agreed }
  }

  async function ourClient(options: DtlsContextOptions, port: number): Promise<UdpClient> {
    const context = dtlsContext(options)
    bench.defer(() => context.free())
    // The foreign server may take a moment to open its port, and says nothing before: the hello is repeated soon.
    const retransmission = { firstMs: 100, longestMs: 500, giveUpMs: 20_000 }
    const client = await udpClient({ context, to: { address: loopback, port }, retransmission })
    bench.defer(() => client.close())
    return client
  }

  function nextData({ association }: UdpClient): Promise<string> {
    return new Promise((resolve) => association.onData((data) => resolve(data.toString())))
  }

  /** A client of another stack talks with our server: a message each way, and the same exported key. */
  async function talkWithOurServer(
    options: DtlsContextOptions,
    start: (port: number) => ForeignProgram,
    exported: RegExp,
  ) {
    const ours = await ourServer(options)
    const client = start(ours.server.endpoint.port)
    const [, theirKey = ''] = await client.says(exported)
    client.tell('hello\n')
    await client.says(/\[hello\]/)
    expect(ours.received).to.deep.equal(['hello'])
    expect(ours.agreed[0]?.key).to.equal(theirKey.toLowerCase())
    return ours
  }

  const opensslExported = /Keying material: ([0-9A-F]{96})/
  const gnutlsExported = /Key material: ([0-9a-f]{96})/

  it('takes s_client with a pre-shared key, and exports the same key', async () => {
    const { agreed } = await talkWithOurServer(
      pskServer,
      (port) =>
        bench.start('openssl', [
          's_client',
          '-connect',
          `${loopback}:${port}`,
          ...opensslPsk,
          ...opensslExport,
        ]),
      opensslExported,
    )
    expect(agreed[0]?.security.peer).to.deep.equal({
      kind: 'psk',
      identity: Buffer.from('sensor-1'),
    })
  })

  it('takes s_client with a certificate', async () => {
    const { agreed } = await talkWithOurServer(
      certified('server'),
      (port) => {
        const { key, own, chain, root } = filesOf('client')
        const files = ['-key', key, '-cert', own, '-cert_chain', chain, '-CAfile', root]
        const verify = ['-verify_return_error', '-cipher', 'ECDHE-ECDSA-AES128-CCM8:@SECLEVEL=0']
        return bench.start('openssl', [
          's_client',
          '-dtls1_2',
          '-connect',
          `${loopback}:${port}`,
          ...files,
          ...verify,
          ...opensslExport,
        ])
      },
      opensslExported,
    )
    expect(agreed[0]?.security.suite).to.equal(ecdsaSuite)
    expect(agreed[0]?.security.peer).to.deep.include({ kind: 'x509', isTrusted: true })
  })

  it('tells s_client the alert that its certificate deserves', async () => {
    const ours = await ourServer({ ...certified('server'), trustAnchors: [ca.server.certificate] })
    const { key, own, root } = filesOf('client')
    const client = bench.start('openssl', [
      's_client',
      '-dtls1_2',
      '-connect',
      `${loopback}:${ours.server.endpoint.port}`,
      '-key',
      key,
      '-cert',
      own,
      '-CAfile',
      root,
      '-cipher',
      'ECDHE-ECDSA-AES128-CCM8:@SECLEVEL=0',
    ])
    await client.says(/alert unknown ca/)
    expect(ours.agreed).to.deep.equal([])
  })

  it('talks with s_server and its cookies, with a pre-shared key', async () => {
    const port = await freePort()
    const server = bench.start('openssl', [
      's_server',
      '-accept',
      `${loopback}:${port}`,
      '-listen',
      '-nocert',
      ...opensslPsk,
      ...opensslExport,
    ])
    await server.says(/ACCEPT/)
    const client = await ourClient(pskClient, port)
    const [, theirKey = ''] = await server.says(opensslExported)
    expect(client.association.exportKey(label, 48).toString('hex')).to.equal(theirKey.toLowerCase())
    client.association.write(Buffer.from('hello\n'))
    await server.says(/^hello$/m)
    const answer = nextData(client)
    server.tell('and back\n')
    expect(await answer).to.equal('and back\n')
  })

  it('talks with s_server, with certificates on both sides', async () => {
    const port = await freePort()
    const { key, own, chain, root } = filesOf('server')
    const server = bench.start('openssl', [
      's_server',
      '-dtls1_2',
      '-accept',
      `${loopback}:${port}`,
      '-listen',
      '-key',
      key,
      '-cert',
      own,
      '-cert_chain',
      chain,
      '-CAfile',
      root,
      '-Verify',
      '3',
      '-verify_return_error',
      '-cipher',
      'ECDHE-ECDSA-AES128-CCM8:@SECLEVEL=0',
      ...opensslExport,
    ])
    await server.says(/ACCEPT/)
    const client = await ourClient(certified('client'), port)
    expect(client.association.security).to.deep.include({ suite: ecdsaSuite })
    const [, theirKey = ''] = await server.says(opensslExported)
    expect(client.association.exportKey(label, 48).toString('hex')).to.equal(theirKey.toLowerCase())
    client.association.write(Buffer.from('hello\n'))
    await server.says(/^hello$/m)
  })

  it('takes gnutls-cli with a pre-shared key', async () => {
    const ours = await talkWithOurServer(
      pskServer,
      (port) =>
        bench.start('gnutls-cli', [
          '--udp',
          '-p',
          String(port),
          loopback,
          '--pskusername',
          'sensor-1',
          '--pskkey',
          hexKey,
          '--priority',
          pskPriority,
          '--keymatexport',
          label,
          '--keymatexportsize',
          '48',
        ]),
      gnutlsExported,
    )
    expect(ours.agreed[0]?.security.suite).to.equal('TLS_PSK_WITH_AES_128_CCM_8')
  })

  it('takes gnutls-cli with a raw public key, and refuses another', async () => {
    const [own, theirs, other] = [rawKey(), rawKey(), rawKey()]
    const start = (port: number, key: typeof theirs, name: string) =>
      bench.start('gnutls-cli', [
        '--udp',
        '-p',
        String(port),
        loopback,
        ...rawFiles(key, name),
        '--insecure',
        '--priority',
        rawPriority,
        '--keymatexport',
        label,
        '--keymatexportsize',
        '48',
      ])
    const options = {
      suites: [ecdsaSuite],
      rawPublicKey: { privateKey: own.privateKey, expected: [theirs.publicKey] },
    }
    const ours = await talkWithOurServer(
      options,
      (port) => start(port, theirs, 'theirs'),
      gnutlsExported,
    )
    expect(ours.agreed[0]?.security.peer).to.deep.equal({
      kind: 'rawPublicKey',
      publicKey: theirs.publicKey,
      isTrusted: true,
    })
    const refused = start(ours.server.endpoint.port, other, 'other')
    await refused.says(/alert.*Certificate is bad/i)
    expect(ours.agreed).to.have.length(1)
  })

  it('talks with gnutls-serv, with a pre-shared key', async () => {
    const port = await freePort()
    const passwords = bench.file('psk.txt', `sensor-1:${hexKey}\n`)
    const server = bench.start('gnutls-serv', [
      '--udp',
      '--echo',
      '-p',
      String(port),
      '--pskpasswd',
      passwords,
      '--priority',
      pskPriority,
    ])
    await server.says(/listening on IPv4/i)
    const client = await ourClient(pskClient, port)
    const answer = nextData(client)
    client.association.write(Buffer.from('echo this\n'))
    expect(await answer).to.equal('echo this\n')
  })

  it('talks with gnutls-serv, with raw public keys', async () => {
    const [own, theirs] = [rawKey(), rawKey()]
    const port = await freePort()
    const server = bench.start('gnutls-serv', [
      '--udp',
      '--echo',
      '-p',
      String(port),
      ...rawFiles(theirs, 'theirs'),
      '--priority',
      rawPriority,
    ])
    await server.says(/listening on IPv4/i)
    const options = {
      suites: [ecdsaSuite],
      rawPublicKey: { privateKey: own.privateKey, expected: [theirs.publicKey] },
    }
    const client = await ourClient(options, port)
    expect(client.association.security.peer).to.deep.include({ publicKey: theirs.publicKey })
    const answer = nextData(client)
    client.association.write(Buffer.from('echo this\n'))
    expect(await answer).to.equal('echo this\n')
  })

  it('talks with gnutls-serv, with certificates in small datagrams', async () => {
    const port = await freePort()
    const { key, both, root } = filesOf('server')
    const server = bench.start('gnutls-serv', [
      '--udp',
      '--echo',
      '-p',
      String(port),
      '--mtu',
      '500',
      '--x509keyfile',
      key,
      '--x509certfile',
      both,
      '--x509cafile',
      root,
      '--require-client-cert',
      '--verify-client-cert',
      '--priority',
      ecdsaPriority,
    ])
    await server.says(/listening on IPv4/i)
    const client = await ourClient(certified('client'), port)
    const answer = nextData(client)
    client.association.write(Buffer.from('echo this\n'))
    expect(await answer).to.equal('echo this\n')
  })

  function rawFiles({ privateKey, publicKey }: ReturnType<typeof rawKey>, name: string) {
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' })
    const text = publicKey.toString('base64').replace(/.{64}/g, '$&\n')
    const pem = `-----BEGIN PUBLIC KEY-----\n${text}\n-----END PUBLIC KEY-----\n`
    return [
      '--rawpkkeyfile',
      bench.file(`${name}.key`, key),
      '--rawpkfile',
      bench.file(`${name}.pub`, pem),
    ]
  }
})
