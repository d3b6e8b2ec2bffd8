import { getCiphers } from 'node:tls'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import {
  cipherSuite,
  cipherSuiteByName,
  cipherSuiteByOpenssl,
  cipherSuiteName,
  cipherSuites,
} from '../../../protocol/security/cipherSuites.ts'

describe('cipher suites', () => {
  it('resolves the suite of the profile completely', () => {
    expect(cipherSuite(0x00ae)).to.deep.equal({
      id: 0x00ae,
      name: 'TLS_PSK_WITH_AES_128_CBC_SHA256',
      openssl: 'PSK-AES128-CBC-SHA256',
      kx: 'psk',
      auth: 'psk',
      cipher: 'aes-128',
      mode: 'cbc',
      mac: 'sha256',
      keyLength: 16,
      ivLength: 16,
      tagLength: 0,
      prf: 'sha256',
      strength: 'profile-grade',
      tls13: false,
    })
  })

  const rows: [name: string, expected: object][] = [
    ['TLS_PSK_WITH_AES_256_GCM_SHA384', { mode: 'gcm', keyLength: 32, ivLength: 4, prf: 'sha384' }],
    ['TLS_PSK_WITH_AES_128_CCM_8', { mode: 'ccm', tagLength: 8, prf: 'sha256', mac: 'aead' }],
    ['TLS_PSK_WITH_CHACHA20_POLY1305_SHA256', { mode: 'poly1305', ivLength: 12, keyLength: 32 }],
    ['TLS_AES_256_GCM_SHA384', { tls13: true, ivLength: 12, prf: 'sha384', kx: 'any' }],
    ['TLS_RSA_WITH_3DES_EDE_CBC_SHA', { strength: 'weak', ivLength: 8, keyLength: 24 }],
    ['TLS_PSK_WITH_AES_128_CBC_SHA', { strength: 'weak', mac: 'sha1' }],
    ['TLS_PSK_WITH_NULL_SHA256', { strength: 'null', mac: 'sha256', mode: 'null' }],
    ['TLS_SHA256_SHA256', { strength: 'null', tls13: true }],
    ['TLS_DH_anon_WITH_AES_128_GCM_SHA256', { strength: 'anonymous' }],
    ['TLS_ECDH_anon_WITH_NULL_SHA', { strength: 'null' }],
    ['TLS_RSA_EXPORT_WITH_RC4_40_MD5', { strength: 'export', kx: 'rsa' }],
    ['TLS_RSA_WITH_RC4_128_MD5', { strength: 'weak', mode: 'stream' }],
    ['TLS_RSA_WITH_DES_CBC_SHA', { strength: 'weak', cipher: 'des' }],
    ['TLS_NULL_WITH_NULL_NULL', { strength: 'null', mac: 'none' }],
  ]
  for (const [name, expected] of rows) {
    it(`resolves ${name}`, () => expect(cipherSuiteByName(name)).to.deep.include(expected))
  }

  it('has every suite the OpenSSL of this Node can negotiate', () => {
    const known = new Set(cipherSuites.flatMap((row) => [row.openssl, row.name]))
    const missing = getCiphers().filter(
      (name) => ![...known].some((other) => other?.toLowerCase() === name),
    )
    expect(missing).to.deep.equal([])
  })

  it('finds suites by their OpenSSL name', () => {
    expect(cipherSuiteByOpenssl('PSK-AES128-CBC-SHA256')?.id).to.equal(0x00ae)
    expect(cipherSuiteByOpenssl('TLS_AES_128_GCM_SHA256')?.id).to.equal(0x1301)
    expect(cipherSuiteByOpenssl('none')).to.equal(undefined)
  })

  it('has each id and each name once', () => {
    expect(new Set(cipherSuites.map((row) => row.id)).size).to.equal(cipherSuites.length)
    expect(new Set(cipherSuites.map((row) => row.name)).size).to.equal(cipherSuites.length)
    expect(cipherSuites.length).to.be.greaterThan(300)
  })

  it('shows unknown and signalling values without making suites of them', () => {
    expect(cipherSuite(0x0a0a)).to.equal(undefined)
    expect(cipherSuiteName(0x0a0a)).to.equal('0x0A0A')
    expect(cipherSuite(0x00ff)).to.equal(undefined)
    expect(cipherSuiteName(0x00ff)).to.equal('TLS_EMPTY_RENEGOTIATION_INFO_SCSV')
  })
})
