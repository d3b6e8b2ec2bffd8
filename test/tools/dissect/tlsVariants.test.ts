import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ConnectionOptions, TlsOptions } from 'node:tls'
import { expect } from 'chai'
import { afterEach, before, describe, it } from 'mocha'
import { dissect } from '../../../tools/dissect/dissect.ts'
import type { SecurityAssociation } from '../../../tools/dissect/trace.ts'
import { compareWithTshark } from '../../oracles/tshark.ts'
import { temporaryFolder } from '../temporaryFolder.ts'
import { pskIdentity, recordTls } from './recordedTls.ts'

type Both = TlsOptions & ConnectionOptions

interface Variant {
  readonly title: string
  /** Options of both ends. */
  readonly both: Both
  readonly certificate?: boolean
  readonly expected: Partial<SecurityAssociation>
}

const lowSecurity = '@SECLEVEL=0'
const suite = (id: number, name: string) => ({ suite: { id, name } })

const variants: readonly Variant[] = [
  {
    title: 'TLS 1.2 PSK CBC, encrypt then MAC',
    both: { ciphers: 'PSK-AES128-CBC-SHA256' },
    expected: {
      ...suite(0x00ae, 'TLS_PSK_WITH_AES_128_CBC_SHA256'),
      encryptThenMac: true,
      extendedMasterSecret: true,
      pskIdentity,
      pskIdentityHint: 'registrar@sp.example',
      serverName: 'cse1.sp.example',
      version: 'TLS 1.2',
      offeredVersions: ['TLS 1.2'],
      resumed: false,
    },
  },
  {
    title: 'TLS 1.2 PSK CBC, MAC then encrypt',
    // SSL_OP_NO_ENCRYPT_THEN_MAC, which Node gives no name.
    both: { ciphers: 'PSK-AES128-CBC-SHA256', secureOptions: 0x80000 },
    expected: { ...suite(0x00ae, 'TLS_PSK_WITH_AES_128_CBC_SHA256'), encryptThenMac: false },
  },
  {
    title: 'TLS 1.2 PSK CBC with SHA-384, MAC then encrypt',
    both: { ciphers: 'PSK-AES256-CBC-SHA384', secureOptions: 0x80000 },
    expected: suite(0x00af, 'TLS_PSK_WITH_AES_256_CBC_SHA384'),
  },
  {
    title: 'TLS 1.2 PSK CBC with SHA-1',
    both: { ciphers: 'PSK-AES128-CBC-SHA' },
    expected: suite(0x008c, 'TLS_PSK_WITH_AES_128_CBC_SHA'),
  },
  {
    title: 'TLS 1.2 PSK GCM',
    both: { ciphers: 'PSK-AES256-GCM-SHA384' },
    expected: suite(0x00a9, 'TLS_PSK_WITH_AES_256_GCM_SHA384'),
  },
  {
    title: 'TLS 1.2 PSK CCM',
    both: { ciphers: 'PSK-AES128-CCM' },
    expected: suite(0xc0a4, 'TLS_PSK_WITH_AES_128_CCM'),
  },
  {
    title: 'TLS 1.2 PSK CCM_8',
    both: { ciphers: `PSK-AES128-CCM8:${lowSecurity}` },
    expected: suite(0xc0a8, 'TLS_PSK_WITH_AES_128_CCM_8'),
  },
  {
    title: 'TLS 1.2 PSK ChaCha20-Poly1305',
    both: { ciphers: 'PSK-CHACHA20-POLY1305' },
    expected: suite(0xccab, 'TLS_PSK_WITH_CHACHA20_POLY1305_SHA256'),
  },
  {
    title: 'TLS 1.2 ECDHE-PSK',
    both: { ciphers: 'ECDHE-PSK-AES128-CBC-SHA256' },
    expected: { ...suite(0xc037, 'TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256'), pskIdentity },
  },
  {
    title: 'TLS 1.2 PSK without encryption',
    both: { ciphers: `PSK-NULL-SHA256:${lowSecurity}` },
    expected: suite(0x00b0, 'TLS_PSK_WITH_NULL_SHA256'),
  },
  {
    title: 'TLS 1.2 ECDHE-ECDSA',
    both: { ciphers: 'ECDHE-ECDSA-AES128-SHA256' },
    certificate: true,
    expected: suite(0xc023, 'TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256'),
  },
  {
    title: 'TLS 1.1 PSK CBC',
    both: {
      ciphers: `PSK-AES128-CBC-SHA:${lowSecurity}`,
      minVersion: 'TLSv1.1',
      maxVersion: 'TLSv1.1',
    },
    expected: { version: 'TLS 1.1', offeredVersions: ['TLS 1.1'] },
  },
  {
    title: 'TLS 1.0 PSK CBC, MAC then encrypt',
    both: {
      ciphers: `PSK-AES128-CBC-SHA:${lowSecurity}`,
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1',
      secureOptions: 0x80000,
    },
    expected: { version: 'TLS 1.0', encryptThenMac: false },
  },
  {
    title: 'TLS 1.3 with a certificate, AES-GCM',
    both: { ciphers: 'TLS_AES_256_GCM_SHA384', minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' },
    certificate: true,
    expected: { ...suite(0x1302, 'TLS_AES_256_GCM_SHA384'), version: 'TLS 1.3' },
  },
  {
    title: 'TLS 1.3 with a certificate, ChaCha20-Poly1305',
    both: { ciphers: 'TLS_CHACHA20_POLY1305_SHA256', minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' },
    certificate: true,
    expected: suite(0x1303, 'TLS_CHACHA20_POLY1305_SHA256'),
  },
  {
    title: 'TLS 1.3 with a certificate, CCM_8',
    both: {
      ciphers: 'TLS_AES_128_CCM_8_SHA256:DEFAULT@SECLEVEL=0',
      minVersion: 'TLSv1.3',
      maxVersion: 'TLSv1.3',
    },
    certificate: true,
    expected: suite(0x1305, 'TLS_AES_128_CCM_8_SHA256'),
  },
  {
    title: 'TLS 1.3 after a hello retry request',
    both: { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' },
    certificate: true,
    expected: { version: 'TLS 1.3' },
  },
  {
    title: 'TLS 1.3 with a provisioned key',
    both: { ciphers: 'TLS_AES_128_GCM_SHA256', minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' },
    expected: { version: 'TLS 1.3', pskIdentity, resumed: false },
  },
]

const marker = 'canary-7f3a91c2d4e5'

describe('dissecting what OpenSSL says', function () {
  // Each starts tshark, which takes its time on a busy machine.
  this.timeout(20_000)

  let certificate: { key: string; cert: string }
  let folder: ReturnType<typeof temporaryFolder>
  const made: ReturnType<typeof temporaryFolder>[] = []
  const newFolder = () => {
    folder = temporaryFolder()
    made.push(folder)
    return folder.path
  }

  before(() => {
    certificate = mintCertificate(newFolder())
  })

  afterEach(() => {
    for (const each of made.splice(0)) each.remove()
  })

  for (const variant of variants) {
    it(`agrees with tshark on ${variant.title}`, async () => {
      const path = join(newFolder(), 'recording.pcapng')
      const recorded = await recordTls({ path, ...endOptions(variant, certificate) })
      try {
        const answer = await recorded.exchange(createRequest('r1'), body)
        expect(answer).to.deep.equal({ status: 200, body })
        await recorded.exchange(createRequest('r2'), body.repeat(1_000))
      } finally {
        await recorded.close()
      }
      const { trace, knowledge } = await dissect(path, { canaries: [{ label: 'c', text: marker }] })
      const [association] = trace.connections.map((connection) => connection.association)
      expect(association).to.deep.include(variant.expected)
      expect(association).to.deep.include({ state: 'established', decryption: 'complete' })
      expect(association?.handshake.some(({ type }) => type === 'hello_retry_request')).to.equal(
        /retry/.test(variant.title),
      )
      expect(trace.recording.problems).to.deep.equal([])
      expect(trace.primitives.map((primitive) => primitive.protected)).to.deep.equal([
        true,
        true,
        true,
        true,
      ])
      expect(Buffer.from(trace.primitives[0]?.body ?? []).toString()).to.equal(body)
      expect(trace.connections[0]?.clearBytes).to.deep.equal({ client: 0, server: 0 })
      expect(knowledge[0]?.readers.map(({ node }) => node)).to.deep.equal(['client', 'server'])
      const expectedClear = association?.suite?.name.includes('NULL') ? ['raw'] : []
      expect(knowledge[0]?.inClear.map(({ encoding }) => encoding)).to.deep.equal(expectedClear)
      expect(await compareWithTshark(path, trace)).to.deep.equal([])
    })
  }

  const body = JSON.stringify({ 'm2m:cin': { con: marker } })
})

function createRequest(rqi: string) {
  return {
    method: 'POST',
    path: '/~/cse1/base/box',
    headers: {
      'X-M2M-Origin': 'CAE1',
      'X-M2M-RI': rqi,
      'X-M2M-RVI': '3',
      'Content-Type': 'application/json;ty=4',
    },
  }
}

function endOptions(
  variant: Variant,
  certificate: { key: string; cert: string },
): { server: TlsOptions; client: ConnectionOptions } {
  const { both } = variant
  if (variant.certificate !== true) return { server: both, client: both }
  const retry = /retry/.test(variant.title)
  return {
    server: {
      ...both,
      ...certificate,
      pskCallback: undefined,
      pskIdentityHint: undefined,
      ...(retry ? { ecdhCurve: 'secp384r1' } : {}),
    },
    client: {
      ...both,
      ca: certificate.cert,
      pskCallback: undefined,
      ...(retry ? { ecdhCurve: 'X25519:secp384r1' } : {}),
    },
  }
}

function mintCertificate(folder: string): { key: string; cert: string } {
  const key = join(folder, 'key.pem')
  const cert = join(folder, 'cert.pem')
  const config = join(folder, 'openssl.cnf')
  writeFileSync(config, '[req]\ndistinguished_name = dn\n[dn]\n')
  const made = spawnSync('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
    ...[
      '-config',
      config,
      '-subj',
      '/CN=cse1.sp.example',
      '-days',
      '2',
      '-keyout',
      key,
      '-out',
      cert,
    ],
  ])
  expect(made.status, String(made.stderr)).to.equal(0)
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }
}
