import { expect } from 'chai'
import { describe, it } from 'mocha'
import { rolesAsDrawn as property } from '../../../suites/properties/rolesAsDrawn.ts'
import type { Connection } from '../../../tools/dissect/trace.ts'
import { connection, evidence, plainConnection } from '../builders.ts'

const checked = (...connections: readonly Connection[]) => property.check(evidence({ connections }))
const second = (openedAtMs = 5000) =>
  connection('ae2-cse2', { from: 'cse2', to: 'ae2', openedAtMs })

describe('suites/properties/rolesAsDrawn', () => {
  it('holds with the registree as client, and the registrar as client of the second', () => {
    const { result, because } = checked(connection('ae1-cse1'), connection('ae2-cse2'), second())
    expect(result).to.equal('holds')
    expect(because).to.contain('3 associations')
  })

  it('is violated when the registrar is client towards a registree that cannot be reached', () => {
    const { result, because } = checked(connection('ae1-cse1', { from: 'cse1', to: 'ae1' }))
    expect(result).to.equal('violated')
    expect(because).to.contain('cse1 → ae1')
  })

  it('is violated by a second association before the first', () => {
    expect(checked(second(1), connection('ae2-cse2', { openedAtMs: 2 })).result).to.equal(
      'violated',
    )
    expect(checked(second()).result).to.equal('violated')
  })

  it('is violated by a node that is not drawn on the wire', () => {
    expect(checked(connection('ae1-cse1', { from: 'ae2' })).result).to.equal('violated')
    expect(checked(connection('ae1-cse1', { to: 'cse2' })).result).to.equal('violated')
    expect(checked(connection('x-y')).result).to.equal('violated')
  })

  it('leaves the connections of the tester out', () => {
    const on = connection('ae1-cse1', { from: 'ae2', port: 9 })
    const testerConnections = [{ wire: 'ae1-cse1', port: 9, phase: 'body' as const }]
    const connections = [on, connection('ae1-cse1')]
    const { result } = property.check(evidence({ connections, notes: { testerConnections } }))
    expect(result).to.equal('holds')
  })

  it('leaves out where the tester stood in for the registrar, and only there', () => {
    const connections = [connection('ae1-cse1', { to: 'tester' }), connection('cse1-cse2')]
    const at = (impersonated: readonly string[]) =>
      property.check(evidence({ connections, notes: { impersonated } })).result
    expect(at(['ae1-cse1'])).to.equal('holds')
    expect(at(['cse1-cse2'])).to.equal('violated')
  })

  it('is not observed without an established association', () => {
    expect(checked().result).to.equal('not-observed')
    expect(checked(plainConnection('ae1-cse1')).result).to.equal('not-observed')
    const failed = connection('ae1-cse1', { association: { state: 'failed' } })
    expect(checked(failed).result).to.equal('not-observed')
  })
})
