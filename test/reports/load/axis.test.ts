import { expect } from 'chai'
import fc from 'fast-check'
import { describe, it } from 'mocha'
import { linearAxis, logAxis } from '../../../reports/load/axis.ts'

describe('axes', () => {
  it('write round numbers at even distances', () => {
    expect(linearAxis(0, 500).ticks).to.deep.equal([0, 100, 200, 300, 400, 500])
    expect(linearAxis(-3, 10, 10).ticks).to.deep.equal([-2, 0, 2, 4, 6, 8, 10])
    expect(logAxis(0.3, 40).ticks).to.deep.equal([0.1, 1, 10, 100])
  })

  it('put values in order, from one end to the other', () => {
    const { at } = linearAxis(10, 30)
    expect([10, 20, 30, 99, -5].map(at)).to.deep.equal([0, 0.5, 1, 1, 0])
    expect([1, 10, 100, 0].map(logAxis(1, 100).at)).to.deep.equal([0, 0.5, 1, 0])
  })

  it('survive any ends', () => {
    const value = fc.double({ min: -1e9, max: 1e9, noNaN: true })
    fc.assert(
      fc.property(value, value, (a, b) => {
        for (const axis of [linearAxis(a, b), logAxis(Math.abs(a), Math.abs(b))]) {
          expect(axis.ticks.length).to.be.below(30 + 340)
          for (const probe of [a, b, 0]) expect(axis.at(probe)).to.be.within(0, 1)
        }
      }),
    )
  })
})
