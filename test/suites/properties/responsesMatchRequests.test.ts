import { expect } from 'chai'
import { describe, it } from 'mocha'
import { responsesMatchRequests as property } from '../../../suites/properties/responsesMatchRequests.ts'
import { connection, evidence, forwarded, hop, journey } from '../builders.ts'

describe('suites/properties/responsesMatchRequests', () => {
  it('holds when each answer carries the identifier of its request', () => {
    const { result, because } = property.check(evidence({ journeys: [forwarded()] }))
    expect(result).to.equal('holds')
    expect(because).to.contain('2 responses')
  })

  it('is violated by another identifier', () => {
    const { result, frames } = property.check(
      evidence({ journeys: [forwarded({ response: { rqi: 'r2' } })] }),
    )
    expect(result).to.equal('violated')
    expect(frames).to.have.length(2)
  })

  it('is violated by answers in the wrong order', () => {
    const on = connection('ae1-cse1')
    const one = hop({ on, request: { rqi: 'r1' }, response: { rqi: 'r2' } })
    const two = hop({ on, request: { rqi: 'r2' }, response: { rqi: 'r1' } })
    const journeys = [journey('r1', one), journey('r2', two)]
    expect(property.check(evidence({ journeys })).result).to.equal('violated')
  })

  it('is violated by an answer to nothing', () => {
    const { response } = hop({ on: connection('ae1-cse1') })
    const primitives = response === undefined ? [] : [response]
    expect(property.check(evidence({ primitives })).result).to.equal('violated')
  })

  it('is not observed without an answer', () => {
    expect(property.check(evidence()).result).to.equal('not-observed')
    const unanswered = forwarded({ response: null }, { response: null })
    expect(property.check(evidence({ journeys: [unanswered] })).result).to.equal('not-observed')
  })
})
