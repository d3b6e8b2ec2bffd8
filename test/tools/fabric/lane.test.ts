import { expect } from 'chai'
import { describe, it } from 'mocha'
import type { Impairment } from '../../../tools/fabric/fabric.ts'
import { makeLane } from '../../../tools/fabric/lane.ts'

describe('a lane', () => {
  it('hands on at once what nothing holds up', () => {
    const out: number[] = []
    const lane = makeLane<number>({ impairment: () => ({}), deliver: (item) => out.push(item) })
    lane.push(1, 10)
    lane.push(2, 10)
    expect(out).to.deep.equal([1, 2])
    expect(lane.waiting).to.equal(0)
  })

  it('keeps the order when the delay ends while items wait', async () => {
    const out: number[] = []
    let impairment: Impairment = { delayMs: 10 }
    const { promise, resolve } = Promise.withResolvers<void>()
    const lane = makeLane<number>({
      impairment: () => impairment,
      deliver(item) {
        out.push(item)
        if (item === 2) {
          resolve()
        }
      },
    })
    lane.push(1, 10)
    impairment = {}
    lane.push(2, 7)
    expect(out).to.deep.equal([])
    expect(lane.waiting).to.equal(17)
    await promise
    expect(out).to.deep.equal([1, 2])
    expect(lane.waiting).to.equal(0)
  })

  it('forgets what waits when it is stopped, even from within a delivery', async () => {
    const out: number[] = []
    const { promise, resolve } = Promise.withResolvers<void>()
    const lane = makeLane<number>({
      impairment: () => ({ delayMs: 2 }),
      deliver(item) {
        out.push(item)
        lane.stop()
        setImmediate(() => setImmediate(resolve))
      },
    })
    for (const item of [1, 2, 3]) {
      lane.push(item, 1)
    }
    await promise
    lane.push(4, 1)
    expect(out).to.deep.equal([1])
    expect(lane.waiting).to.equal(0)
  })
})
