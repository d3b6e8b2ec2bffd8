import { expect } from 'chai'
import { describe, it } from 'mocha'
import type { ExpectedJourney } from '../../../suites/framework/testSystem.ts'
import { journeyIsExpectedPath as property } from '../../../suites/properties/journeyIsExpectedPath.ts'
import type { Journey } from '../../../tools/dissect/trace.ts'
import { connection, evidence, expectedForwarding, forwarded, hop, journey } from '../builders.ts'

const checked = (journeys: readonly Journey[], expected: Partial<ExpectedJourney> = {}) => {
  const expectedJourneys = [{ ...expectedForwarding, ...expected }]
  return property.check(evidence({ notes: { expectedJourneys }, journeys }))
}
const mca = () => hop({ on: connection('ae1-cse1') })
const mcc = () => hop({ on: connection('cse1-cse2') })
const refusedBy = (rsc: number) => forwarded({ response: { rsc } }, { response: { rsc } })

describe('suites/properties/journeyIsExpectedPath', () => {
  it('holds for the expected path', () => {
    const { result, because, frames } = checked([forwarded()])
    expect(result).to.equal('holds')
    expect(because).to.equal('r1: ae1 → cse1 → cse2')
    expect(frames).to.have.length(4)
  })

  it('holds for a refusal that reaches the originator', () => {
    expect(checked([refusedBy(4103)], { delivered: false }).result).to.equal('holds')
  })

  const wrongPaths: readonly (readonly [string, readonly Journey[]])[] = [
    ['a missing last hop', [journey('r1', mca())]],
    ['a missing first hop', [journey('r1', mcc())]],
    ['an extra hop', [journey('r1', mca(), mcc(), mcc())]],
    ['hops out of order', [journey('r1', mcc(), mca())]],
    [
      'a hop to somebody else',
      [
        journey(
          'r1',
          mca(),
          mcc(),
          hop({ on: connection('ae2-cse2', { from: 'cse2', to: 'ae2' }) }),
        ),
      ],
    ],
    [
      'a hop from a node that never had it',
      [journey('r1', mca(), hop({ on: connection('cse1-cse2', { from: 'ae2' }) }))],
    ],
    ['two originators', [forwarded(), forwarded()]],
    ['another request only', [journey('r2', mca(), mcc())]],
  ]
  for (const [what, journeys] of wrongPaths) {
    it(`is violated by ${what}`, () => {
      expect(checked(journeys).result).to.equal('violated')
    })
  }

  const wrongReports: readonly (readonly [string, Journey, boolean])[] = [
    ['success that the last hop refused', forwarded({}, { response: { rsc: 4103 } }), true],
    ['success without an answer of the last hop', forwarded({}, { response: null }), true],
    ['success that was expected to be refused', forwarded(), false],
    ['success hidden from the originator', forwarded({ response: { rsc: 5103 } }), true],
    ['no answer to the originator', forwarded({ response: null }), true],
    [
      'a refusal rewritten to success although not done',
      forwarded({}, { response: { rsc: 4004 } }),
      false,
    ],
    ['a refusal although reported as done', refusedBy(4103), true],
  ]
  for (const [what, seen, delivered] of wrongReports) {
    it(`is violated by ${what}`, () => {
      const { result, frames } = checked([seen], { delivered })
      expect(result).to.equal('violated')
      expect(frames).not.to.deep.equal([])
    })
  }

  it('says where a request ended, and what its originator was told all the same', () => {
    const { because } = checked([journey('r1', mca())])
    expect(because).to.equal(
      'request r1: expected ae1 → cse1 → cse2, seen ae1 → cse1, yet the originator was told 2000',
    )
  })

  it('does not claim that a success was told where a refusal was', () => {
    const { because } = checked([refusedBy(4106)], { delivered: true })
    expect(because).to.equal('request r1: expected as done, cse2 answered 4106')
  })

  it('names requests together that the same went wrong with', () => {
    const rqis = ['r1', 'r2', 'r3']
    const { because, frames } = property.check(
      evidence({
        notes: { expectedJourneys: rqis.map((rqi) => ({ ...expectedForwarding, rqi })) },
        journeys: [journey('r1', mca()), journey('r2', mca())],
      }),
    )
    expect(because).to.match(/^2 requests \(r1, r2\): [^;]*; request r3: [^;]*seen on no wire$/)
    expect(frames).not.to.deep.equal([])
  })

  it('is not observed without expectation, primitives or readable connections', () => {
    expect(property.check(evidence()).result).to.equal('not-observed')
    expect(property.check(evidence({ journeys: [forwarded()] })).result).to.equal('not-observed')
    expect(checked([]).result).to.equal('not-observed')
    const closed = connection('cse1-cse2', { association: { decryption: 'no-secret' } })
    const { result, because } = property.check(
      evidence({
        notes: { expectedJourneys: [expectedForwarding] },
        journeys: [journey('r1', mca())],
        connections: [closed],
      }),
    )
    expect(result).to.equal('not-observed')
    expect(because).to.contain('could not be decrypted')
  })
})
