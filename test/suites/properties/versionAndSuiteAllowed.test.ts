import { expect } from 'chai'
import { describe, it } from 'mocha'
import { versionAndSuiteAllowed as property } from '../../../suites/properties/versionAndSuiteAllowed.ts'
import { type ConnectionOverrides, connection, evidence, planWithPlain } from '../builders.ts'

const checked = (association: ConnectionOverrides['association']) =>
  property.check(evidence({ connections: [connection('ae1-cse1', { association })] }))

describe('suites/properties/versionAndSuiteAllowed', () => {
  it('holds for the suite of the profile', () => {
    const { result, deviation } = checked({})
    expect(result).to.equal('holds')
    expect(deviation).to.equal(undefined)
  })

  it('holds with a deviation for what is stronger', () => {
    const gcm = { id: 0x00a8, name: 'TLS_PSK_WITH_AES_128_GCM_SHA256' }
    const { result, deviation } = checked({ suite: gcm })
    expect(result).to.equal('holds')
    expect(deviation).to.contain(gcm.name)
  })

  const breaches = [
    ['an old version', { version: 'TLS 1.1' }],
    ['no encryption', { suite: { id: 0x00b0, name: 'TLS_PSK_WITH_NULL_SHA256' } }],
    ['a MAC beyond the profile', { suite: { id: 0x008c, name: 'TLS_PSK_WITH_AES_128_CBC_SHA' } }],
    ['nobody authenticated', { suite: { id: 0x0034, name: 'TLS_DH_anon_WITH_AES_128_CBC_SHA' } }],
    [
      'a certificate suite',
      { suite: { id: 0xc02b, name: 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256' } },
    ],
    ['an unknown suite', { suite: { id: 0xfefe, name: '0xFEFE' } }],
    ['no suite', { suite: undefined }],
  ] as const
  for (const [what, association] of breaches) {
    it(`is violated by ${what}`, () => {
      const { result, frames } = checked(association)
      expect(result).to.equal('violated')
      expect(frames).to.have.length(1)
    })
  }

  it('judges what the tester got as well', () => {
    const on = connection('ae1-cse1', { port: 5, association: { version: 'TLS 1.0' } })
    const testerConnections = [{ wire: 'ae1-cse1', port: 5, phase: 'fault' as const }]
    const { result } = property.check(evidence({ connections: [on], notes: { testerConnections } }))
    expect(result).to.equal('violated')
  })

  it('is not observed without an association', () => {
    expect(property.check(evidence()).result).to.equal('not-observed')
    expect(checked({ state: 'failed', version: 'TLS 1.0' }).result).to.equal('not-observed')
    const plan = planWithPlain('ae1-cse1')
    const connections = [connection('ae1-cse1', { association: { version: 'TLS 1.0' } })]
    expect(property.check(evidence({ plan, connections })).result).to.equal('not-observed')
  })
})
