import { expect } from 'chai'
import { describe, it } from 'mocha'
import { everyHopHasItsOwnAssociation as property } from '../../../suites/properties/everyHopHasItsOwnAssociation.ts'
import {
  association,
  connection,
  evidence,
  expectedForwarding,
  forwarded,
  hop,
  journey,
  plainConnection,
  planWithPlain,
} from '../builders.ts'

const notes = { expectedJourneys: [expectedForwarding] }
const mca = () => hop({ on: connection('ae1-cse1') })
const checked = (...hops: Parameters<typeof journey> extends [string, ...infer H] ? H : never) =>
  property.check(evidence({ notes, journeys: [journey('r1', ...hops)] }))

describe('suites/properties/everyHopHasItsOwnAssociation', () => {
  it('holds when each hop has one', () => {
    const { result, because } = property.check(evidence({ notes, journeys: [forwarded()] }))
    expect(result).to.equal('holds')
    expect(because).to.contain('2 hops')
  })

  it('is violated by a hop in clear', () => {
    const { result, because, frames } = checked(mca(), hop({ on: plainConnection('cse1-cse2') }))
    expect(result).to.equal('violated')
    expect(because)
      .to.contain('hop cse1 → cse2')
      .and.to.contain('outside an established association')
    expect(frames).not.to.deep.equal([])
  })

  it('is violated by a hop in an association that was never established', () => {
    const on = connection('cse1-cse2', { association: { state: 'failed' } })
    expect(checked(mca(), hop({ on })).result).to.equal('violated')
  })

  it('is violated by one association over two hops', () => {
    const { clientRandom, serverRandom } = association('ae1-cse1')
    const shared = { association: { clientRandom, serverRandom } }
    const { result, because } = checked(
      hop({ on: connection('ae1-cse1', shared) }),
      hop({ on: connection('cse1-cse2', shared) }),
    )
    expect(result).to.equal('violated')
    expect(because).to.contain('share one association')
  })

  it('is violated by a handshake that was relayed, even without a journey in it', () => {
    const { clientRandom, serverRandom } = association('ae1-cse1')
    const shared = { association: { clientRandom, serverRandom } }
    const connections = [connection('ae1-cse1', shared), connection('cse1-cse2', shared)]
    const { result } = property.check(evidence({ notes, journeys: [forwarded()], connections }))
    expect(result).to.equal('violated')
  })

  it('is violated by an answer in another connection', () => {
    const first = mca()
    const other = hop({ on: connection('ae1-cse1') })
    const { result } = checked({ ...first, response: other.response })
    expect(result).to.equal('violated')
  })

  it('leaves links out that are plain on purpose', () => {
    const journeys = [journey('r1', mca(), hop({ on: plainConnection('cse1-cse2') }))]
    const plan = planWithPlain('cse1-cse2')
    expect(property.check(evidence({ plan, notes, journeys })).result).to.equal('holds')
  })

  it('is not observed without evidence', () => {
    expect(property.check(evidence()).result).to.equal('not-observed')
    expect(property.check(evidence({ notes })).result).to.equal('not-observed')
    expect(property.check(evidence({ journeys: [forwarded()] })).result).to.equal('not-observed')
  })
})
