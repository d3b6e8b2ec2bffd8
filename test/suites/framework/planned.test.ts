import { expect } from 'chai'
import { describe, it } from 'mocha'
import { BenchError } from '../../../protocol/errors.ts'
import {
  absoluteIdOf,
  aeAddressOf,
  cseBaseOf,
  kpsaIdOf,
  registrarOf,
} from '../../../suites/framework/planned.ts'
import { referencePlan } from '../builders.ts'

const plan = referencePlan()

describe('suites/framework/planned', () => {
  it('names what the plan holds', () => {
    expect(cseBaseOf(plan, 'cse2')).to.equal('/cse2/base')
    expect(aeAddressOf(plan, 'AE2')).to.equal('/cse2/base/ae2')
    expect(registrarOf(plan, 'AE1')).to.equal('cse1')
    expect(absoluteIdOf(plan, 'AE1')).to.equal('//sp.example/cse1/CAE1')
    expect(absoluteIdOf(plan, 'cse1')).to.equal('//sp.example/cse1')
    const credential = plan.credentials.find(({ entityA }) => entityA.endsWith('/CAE1'))
    expect(kpsaIdOf(plan, 'AE1')).to.equal(credential?.id)
  })

  it('says so when the plan does not hold it', () => {
    for (const ask of [
      () => cseBaseOf(plan, 'ae1'),
      () => cseBaseOf(plan, 'cse9'),
      () => aeAddressOf(plan, 'AE9'),
      () => kpsaIdOf({ ...plan, credentials: [] }, 'AE1'),
    ])
      expect(ask).to.throw(BenchError).with.property('code', 'USAGE')
  })
})
