import { expect } from 'chai'
import { describe, it } from 'mocha'
import { originConvertedInTransit as property } from '../../../suites/properties/originConvertedInTransit.ts'
import type { Journey } from '../../../tools/dissect/trace.ts'
import { connection, evidence, expectedForwarding, forwarded, hop, journey } from '../builders.ts'

const checked = (seen: Journey) =>
  property.check(evidence({ notes: { expectedJourneys: [expectedForwarding] }, journeys: [seen] }))

describe('suites/properties/originConvertedInTransit', () => {
  it('holds for the SP-relative and the absolute form', () => {
    expect(checked(forwarded()).result).to.equal('holds')
    const absolute = forwarded({}, { request: { fr: '//sp.example/cse1/CAE1' } })
    expect(checked(absolute).result).to.equal('holds')
  })

  for (const fr of [
    'CAE1',
    '/cse2/CAE1',
    '/cse1',
    '/cse1/CAE2',
    '//other.example/cse1/CAE1',
    undefined,
  ]) {
    it(`is violated by From ${fr}`, () => {
      const { result, frames } = checked(forwarded({}, { request: { fr } as never }))
      expect(result).to.equal('violated')
      expect(frames).to.have.length(2)
    })
  }

  it('is not observed when no request of an AE was passed on', () => {
    expect(property.check(evidence()).result).to.equal('not-observed')
    expect(checked(journey('r1', hop({ on: connection('ae1-cse1') }))).result).to.equal(
      'not-observed',
    )
    const ofCse = journey(
      'r1',
      hop({ on: connection('cse1-cse2'), request: { fr: '/cse1' } }),
      hop({ on: connection('ae2-cse2', { from: 'cse2', to: 'ae2' }), request: { fr: '/cse1' } }),
    )
    expect(checked(ofCse).result).to.equal('not-observed')
  })
})
