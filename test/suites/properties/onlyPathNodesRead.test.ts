import { expect } from 'chai'
import { describe, it } from 'mocha'
import { onlyPathNodesRead as property } from '../../../suites/properties/onlyPathNodesRead.ts'
import { evidence, expectedForwarding, forwarded, frame, knowledge } from '../builders.ts'

const journeys = [forwarded({ request: { pc: { 'm2m:cin': { con: 'x canary-1 y' } } } })]
const notes = { expectedJourneys: [expectedForwarding] }
const checked = (...rows: ReturnType<typeof knowledge>[]) =>
  property.check(evidence({ notes, journeys, knowledge: rows }))

describe('suites/properties/onlyPathNodesRead', () => {
  it('holds when exactly the path read it', () => {
    const { result, because } = checked(knowledge(['ae1', 'cse1', 'cse2']))
    expect(result).to.equal('holds')
    expect(because).to.contain('reading: ae1, cse1, cse2')
  })

  it('holds when only the answer carries it', () => {
    const answered = forwarded({}, { response: { pc: ['canary-1'] } })
    const rows = [knowledge(['ae1', 'cse1', 'cse2'])]
    const { result } = property.check(evidence({ notes, journeys: [answered], knowledge: rows }))
    expect(result).to.equal('holds')
  })

  it('is violated by a reader off the path', () => {
    const { result, because, frames } = checked(knowledge(['ae1', 'cse1', 'cse2', 'ae2']))
    expect(result).to.equal('violated')
    expect(because).to.contain('ae2 could read canary reading')
    expect(frames).to.have.length(1)
  })

  it('is violated by a reader who is on another canary’s path', () => {
    const other = { rqi: 'r2', path: ['ae2', 'cse2'], delivered: true }
    const { result } = property.check(
      evidence({
        notes: { expectedJourneys: [expectedForwarding, other] },
        journeys: [...journeys, { rqi: 'r2', hops: [] }],
        knowledge: [knowledge(['ae1', 'cse1', 'cse2', 'ae2'])],
      }),
    )
    expect(result).to.equal('violated')
  })

  it('is not observed when an expected journey was not seen, for it may have brought the canary', () => {
    const unseen = { rqi: 'r2', path: ['ae2', 'cse2'], delivered: true }
    const { result, because } = property.check(
      evidence({
        notes: { expectedJourneys: [expectedForwarding, unseen] },
        journeys,
        knowledge: [knowledge(['ae1', 'cse1', 'cse2', 'ae2'])],
      }),
    )
    expect(result).to.equal('not-observed')
    expect(because).to.contain('r2')
  })

  it('is not observed when it was not followed all the way', () => {
    expect(property.check(evidence()).result).to.equal('not-observed')
    expect(checked(knowledge(['ae1', 'cse1'])).result).to.equal('not-observed')
    const unreadable = [frame('cse1-cse2')]
    const all = ['ae1', 'cse1', 'cse2']
    expect(checked(knowledge(all, { unreadable })).result).to.equal('not-observed')
    const elsewhere = evidence({ journeys, knowledge: [knowledge(all)] })
    expect(property.check(elsewhere).result).to.equal('not-observed')
  })
})
