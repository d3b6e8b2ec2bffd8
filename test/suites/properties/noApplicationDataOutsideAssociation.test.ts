import { expect } from 'chai'
import { describe, it } from 'mocha'
import { noApplicationDataOutsideAssociation as property } from '../../../suites/properties/noApplicationDataOutsideAssociation.ts'
import {
  connection,
  evidence,
  forwarded,
  hop,
  journey,
  plainConnection,
  planWithPlain,
} from '../builders.ts'

describe('suites/properties/noApplicationDataOutsideAssociation', () => {
  it('holds when everything is inside', () => {
    const { result, because } = property.check(evidence({ journeys: [forwarded()] }))
    expect(result).to.equal('holds')
    expect(because).to.contain('4 application data records')
  })

  it('is violated by a plain connection on a secured wire', () => {
    const on = plainConnection('cse1-cse2')
    const { result, frames } = property.check(evidence({ connections: [on] }))
    expect(result).to.equal('violated')
    expect(frames).to.deep.equal([on.clearFrame])
  })

  it('is violated by clear bytes after an association', () => {
    const clearBytes = { client: 0, server: 1 }
    const connections = [connection('ae1-cse1', { clearBytes })]
    expect(property.check(evidence({ connections })).result).to.equal('violated')
  })

  it('is violated by application data in an association that was not established', () => {
    const connections = [connection('ae1-cse1', { association: { state: 'failed' } })]
    const { result, because } = property.check(evidence({ connections }))
    expect(result).to.equal('violated')
    expect(because).to.contain('before the association was established')
  })

  it('is violated by a wire that the plan does not know', () => {
    const connections = [plainConnection('x-y')]
    expect(property.check(evidence({ connections })).result).to.equal('violated')
  })

  const byTester = { testerConnections: [{ wire: 'ae1-cse1', port: 9, phase: 'fault' as const }] }
  const inClear = () => plainConnection('ae1-cse1', { port: 9 })

  it('counts a node that answers the tester in clear', () => {
    const journeys = [journey('r1', hop({ on: inClear() }))]
    const { result, because } = property.check(evidence({ journeys, notes: byTester }))
    expect(result).to.equal('violated')
    expect(because).to.contain('cse1 sends a response in clear')
  })

  it('leaves out what the tester itself sends in clear', () => {
    const journeys = [forwarded(), journey('r2', hop({ on: inClear(), response: null }))]
    expect(property.check(evidence({ journeys, notes: byTester })).result).to.equal('holds')
  })

  it('leaves out what the tester sends as registrar, but not what the node sends to it', () => {
    const notes = { impersonated: ['ae1-cse1'] }
    const at = (client: number, server: number, to: string) => {
      const connections = [connection('ae1-cse1', { to, clearBytes: { client, server } })]
      return property.check(evidence({ connections, notes })).result
    }
    expect(at(0, 9, 'tester')).to.equal('holds')
    expect(at(9, 0, 'tester')).to.equal('violated')
    expect(at(0, 9, 'cse1')).to.equal('violated')
  })

  it('is not observed without application data on a secured wire', () => {
    expect(property.check(evidence()).result).to.equal('not-observed')
    const plan = planWithPlain('ae1-cse1')
    const connections = [plainConnection('ae1-cse1')]
    expect(property.check(evidence({ plan, connections })).result).to.equal('not-observed')
  })
})
