import { expect } from 'chai'
import { describe, it } from 'mocha'
import { noCanaryInClear as property } from '../../../suites/properties/noCanaryInClear.ts'
import type { CanaryKnowledge } from '../../../tools/dissect/trace.ts'
import { evidence, frame, knowledge, planWithPlain } from '../builders.ts'

const seen = (wire: string): Partial<CanaryKnowledge> => ({
  inClear: [{ wire, encoding: 'base64', frame: frame(wire) }],
})
const checked = (...rows: readonly CanaryKnowledge[]) =>
  property.check(evidence({ knowledge: rows }))

describe('suites/properties/noCanaryInClear', () => {
  it('holds when it was only found inside protection', () => {
    expect(checked(knowledge(['ae1', 'cse1'])).result).to.equal('holds')
  })

  it('is violated by a canary in clear, whatever the encoding and whatever else is unreadable', () => {
    const unreadable = [frame('cse1-cse2')]
    const { result, because, frames } = checked(
      knowledge([], { ...seen('cse1-cse2'), unreadable, searched: [] }),
    )
    expect(result).to.equal('violated')
    expect(because).to.equal('canary reading is in clear on cse1-cse2 (base64)')
    expect(frames).to.have.length(1)
  })

  it('is violated on a wire that the plan does not know', () => {
    expect(checked(knowledge(['ae1'], seen('x-y'))).result).to.equal('violated')
  })

  it('leaves links out that are plain on purpose', () => {
    const plan = planWithPlain('ae1-cse1')
    const rows = [knowledge(['ae1'], seen('ae1-cse1'))]
    expect(property.check(evidence({ plan, knowledge: rows })).result).to.equal('holds')
  })

  it('is not observed when the canary was never found, not searched for, or could hide', () => {
    expect(property.check(evidence()).result).to.equal('not-observed')
    expect(checked(knowledge([])).result).to.equal('not-observed')
    expect(checked(knowledge(['ae1'], { searched: ['raw'] })).result).to.equal('not-observed')
    const unreadable = [frame('cse1-cse2')]
    expect(checked(knowledge(['ae1'], { unreadable })).result).to.equal('not-observed')
    expect(checked(knowledge(['ae1']), knowledge([])).result).to.equal('not-observed')
  })
})
