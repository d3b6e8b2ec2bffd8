import { expect } from 'chai'
import { describe, it } from 'mocha'
import { pskIdentityWellFormedAndExpected as property } from '../../../suites/properties/pskIdentityWellFormedAndExpected.ts'
import { type ConnectionOverrides, connection, evidence } from '../builders.ts'

const checked = (association: ConnectionOverrides['association']) =>
  property.check(evidence({ connections: [connection('ae1-cse1', { association })] }))

describe('suites/properties/pskIdentityWellFormedAndExpected', () => {
  it('holds for the provisioned identity', () => {
    const { result, because } = checked({})
    expect(result).to.equal('holds')
    expect(because).to.equal('kpsa-CAE1@sp.example')
  })

  const breaches = [
    ['an identity without issuer', { pskIdentity: 'kpsa-CAE1' }],
    ['an identity in a foreign alphabet', { pskIdentity: 'kpsa CAE1@sp.example' }],
    ['an empty identity', { pskIdentity: '' }],
    ['the identity of another link', { pskIdentity: 'kpsa-cse1@sp.example' }],
    ['an unknown identity', { pskIdentity: 'kpsa-other@sp.example' }],
    ['a malformed identity in a failed handshake', { pskIdentity: 'CAE1', state: 'failed' }],
    ['no identity', { pskIdentity: undefined }],
  ] as const
  for (const [what, association] of breaches) {
    it(`is violated by ${what}`, () => {
      const { result, frames } = checked(association)
      expect(result).to.equal('violated')
      expect(frames).to.have.length(1)
    })
  }

  it('leaves the tester out', () => {
    const on = connection('ae1-cse1', { port: 9, association: { pskIdentity: 'CAE1' } })
    const testerConnections = [{ wire: 'ae1-cse1', port: 9, phase: 'fault' as const }]
    const { result } = property.check(evidence({ connections: [on], notes: { testerConnections } }))
    expect(result).to.equal('not-observed')
  })

  it('is not observed where no identity could be read', () => {
    expect(property.check(evidence()).result).to.equal('not-observed')
    expect(checked({ pskIdentity: undefined, state: 'failed' }).result).to.equal('not-observed')
    expect(checked({ pskIdentity: undefined, version: 'TLS 1.3' }).result).to.equal('not-observed')
    expect(checked({ pskIdentity: undefined, resumed: true }).result).to.equal('not-observed')
  })
})
