import { expect } from 'chai'
import { describe, it } from 'mocha'
import { requestIdPrefixedInTransit as property } from '../../../suites/properties/requestIdPrefixedInTransit.ts'
import type { Journey } from '../../../tools/dissect/trace.ts'
import { connection, evidence, expectedForwarding, forwarded, hop, journey } from '../builders.ts'

const checked = (seen: Journey) =>
  property.check(evidence({ notes: { expectedJourneys: [expectedForwarding] }, journeys: [seen] }))

describe('suites/properties/requestIdPrefixedInTransit', () => {
  it('holds for the stem and a slash', () => {
    const { result, because } = checked(forwarded())
    expect(result).to.equal('holds')
    expect(because).to.equal('CAE1/r1')
  })

  for (const rqi of ['r1', 'CAE2/r1', '/r1', 'CAE1/r2', 'CAE1/CAE1/r1', 'cse1/r1']) {
    it(`is violated by ${rqi}`, () => {
      const { result, frames } = checked(forwarded({}, { request: { rqi } }))
      expect(result).to.equal('violated')
      expect(frames).to.have.length(2)
    })
  }

  it('is not observed when no request of an AE was passed on', () => {
    expect(property.check(evidence()).result).to.equal('not-observed')
    expect(checked(journey('r1', hop({ on: connection('ae1-cse1') }))).result).to.equal(
      'not-observed',
    )
    expect(checked(journey('r1', hop({ on: connection('cse1-cse2') }))).result).to.equal(
      'not-observed',
    )
  })
})
