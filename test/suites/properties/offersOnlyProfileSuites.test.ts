import { expect } from 'chai'
import { describe, it } from 'mocha'
import { offersOnlyProfileSuites as property } from '../../../suites/properties/offersOnlyProfileSuites.ts'
import { connection, evidence, plainConnection } from '../builders.ts'

const profile = { id: 0x00ae, name: 'TLS_PSK_WITH_AES_128_CBC_SHA256' }
const gcm = { id: 0x00a8, name: 'TLS_PSK_WITH_AES_128_GCM_SHA256' }
const nothing = { id: 0x00b0, name: 'TLS_PSK_WITH_NULL_SHA256' }
const tls13 = { id: 0x1301, name: 'TLS_AES_128_GCM_SHA256' }

const checked = (offeredSuites = [profile], offeredVersions = ['TLS 1.2']) => {
  const association = { offeredSuites, offeredVersions, state: 'failed' } as const
  return property.check(evidence({ connections: [connection('ae1-cse1', { association })] }))
}

describe('suites/properties/offersOnlyProfileSuites', () => {
  it('holds for the profile, signalling values aside', () => {
    const signals = [
      { id: 0x00ff, name: 'x' },
      { id: 0x5600, name: 'x' },
      { id: 0x8a8a, name: 'x' },
    ]
    const { result, deviation } = checked([profile, ...signals])
    expect([result, deviation]).to.deep.equal(['holds', undefined])
  })

  it('holds with a deviation for stronger offers', () => {
    const { result, deviation } = checked([profile, gcm, tls13], ['TLS 1.3', 'TLS 1.2'])
    expect(result).to.equal('holds')
    expect(deviation).to.contain(gcm.name).and.to.contain('TLS 1.3')
  })

  it('is violated by a suite without encryption, a certificate suite or an old version', () => {
    expect(checked([profile, nothing]).result).to.equal('violated')
    expect(
      checked([{ id: 0xc02b, name: 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256' }]).result,
    ).to.equal('violated')
    const old = checked([profile], ['TLS 1.2', 'TLS 1.1'])
    expect(old.result).to.equal('violated')
    expect(old.because).to.equal('ae1 offers TLS 1.1 on ae1-cse1')
    expect(old.frames).to.have.length(1)
  })

  it('is not observed without a ClientHello of a node', () => {
    expect(property.check(evidence()).result).to.equal('not-observed')
    const connections = [plainConnection('ae1-cse1')]
    expect(property.check(evidence({ connections })).result).to.equal('not-observed')
  })
})
