import { expect } from 'chai'
import { describe, it } from 'mocha'
import { cipherSuites } from '../../../protocol/security/cipherSuites.ts'
import {
  judge,
  type ProfileJudgement,
  profileOf,
  securityProfiles,
} from '../../../protocol/security/profiles.ts'

describe('security profiles', () => {
  const rows: [version: string, suite: string, expected: ProfileJudgement][] = [
    ['TLS 1.2', 'TLS_PSK_WITH_AES_128_CBC_SHA256', 'within'],
    ['TLS 1.1', 'TLS_PSK_WITH_AES_128_CBC_SHA256', 'breach'],
    ['TLS 1.2', 'TLS_PSK_WITH_AES_128_GCM_SHA256', 'deviation'],
    ['TLS 1.2', 'TLS_PSK_WITH_AES_256_CCM_8', 'deviation'],
    ['TLS 1.2', 'TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256', 'deviation'],
    ['TLS 1.2', 'TLS_PSK_WITH_AES_128_CBC_SHA', 'breach'],
    ['TLS 1.2', 'TLS_PSK_WITH_AES_256_CBC_SHA384', 'breach'],
    ['TLS 1.2', 'TLS_PSK_WITH_NULL_SHA256', 'breach'],
    ['TLS 1.2', 'TLS_DH_anon_WITH_AES_128_GCM_SHA256', 'breach'],
    ['TLS 1.2', 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', 'breach'],
    ['TLS 1.2', 'TLS_AES_128_GCM_SHA256', 'breach'],
    ['TLS 1.3', 'TLS_AES_128_GCM_SHA256', 'deviation'],
    ['TLS 1.3', 'TLS_SHA256_SHA256', 'breach'],
    ['TLS 1.3', 'TLS_PSK_WITH_AES_128_CBC_SHA256', 'breach'],
    ['SSL 3.0', 'TLS_PSK_WITH_AES_128_CBC_SHA256', 'breach'],
  ]
  for (const [version, suite, expected] of rows) {
    it(`judges ${version} with ${suite} as ${expected}`, () =>
      expect(judge(version, suite)).to.equal(expected))
  }

  it('judges the other profiles by their own rows', () => {
    const certificate = profileOf('SAEF/certificate', 'tcp')
    expect(judge('TLS 1.2', 0xc023, certificate)).to.equal('within')
    expect(judge('TLS 1.2', 0x00ae, certificate)).to.equal('breach')
    expect(judge('TLS 1.2', 0xc02b, certificate)).to.equal('deviation')
    expect(judge('TLS 1.2', 0xc02f, certificate)).to.equal('breach')
    expect(judge('DTLS 1.2', 0xc0a8, profileOf('SAEF/PSK', 'udp'))).to.equal('within')
  })

  it('calls a value that is in no table a breach', () =>
    expect(judge('TLS 1.2', 0x0a0a)).to.equal('breach'))

  it('never lets a null, anonymous, export or weak suite through, in any profile and version', () => {
    for (const profile of securityProfiles)
      for (const suite of cipherSuites.filter((row) => row.strength !== 'profile-grade'))
        for (const version of ['TLS 1.2', 'TLS 1.3', 'DTLS 1.2', 'DTLS 1.3'])
          expect(judge(version, suite.id, profile), suite.name).to.equal('breach')
  })

  it('names only suites of the table', () => {
    const names = new Set(cipherSuites.map((row) => row.name))
    for (const profile of securityProfiles)
      for (const name of profile.suites) expect(names.has(name), name).to.equal(true)
  })
})
