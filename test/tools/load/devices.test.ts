import { expect } from 'chai'
import { describe, it } from 'mocha'
import { selectDevices } from '../../../tools/load/devices.ts'
import { planOf } from '../runtimes/plans.ts'

const plan = planOf('hundred', { parameters: { middle: 2, devices: 3 } })
const named = (patterns?: readonly string[]) =>
  selectDevices(plan, patterns).map(({ entity }) => entity)

describe('devices of a load', () => {
  it('are the AEs on ADNs, unless others are named', () => {
    expect(named()).to.have.length(6)
    expect(named()).to.not.include('AE1')
    expect(named(['AE1'])).to.deep.equal(['AE1'])
  })

  it('may be named by pattern; one that fits twice comes once', () => {
    const second = named(['ADN2*'])
    expect(second).to.have.length(3)
    expect(named(['ADN2*', '*2-1'])).to.deep.equal(second)
  })

  it('know where their AE resource is', () => {
    const [first] = selectDevices(plan, undefined)
    expect(first?.home).to.equal('/mn1/base/adn1-1')
    expect(first?.aeId).to.match(/^\/\/sp\.example\/mn1\/C/)
  })

  it('must be there', () => {
    expect(() => named(['ADN1-11']))
      .to.throw(/names ADN1-11/)
      .with.property('code', 'LOAD_INVALID')
    expect(() => named(['ADN1?1'])).to.throw()
    const alone = planOf('lone-in-cse')
    expect(() => selectDevices(alone, undefined))
      .to.throw()
      .with.property('code', 'LOAD_INVALID')
  })
})
