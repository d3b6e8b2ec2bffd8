import { assert } from 'chai'
import { inParallel } from '../../../../tools/runtimes/docker/inParallel.ts'

describe('work in parallel', () => {
  it('keeps the order of results and the bound', async () => {
    let running = 0
    let most = 0
    const items = [5, 1, 4, 2, 3, 0]
    const doubled = await inParallel(items, { atATime: 2 }, async (item) => {
      running += 1
      most = Math.max(most, running)
      for (let turn = 0; turn < item; turn += 1) await Promise.resolve()
      running -= 1
      return item * 2
    })
    assert.deepEqual(doubled, [10, 2, 8, 4, 6, 0])
    assert.equal(most, 2)
  })

  it('begins nothing after a failure, and waits for what goes on', async () => {
    const begun: number[] = []
    let othersEnded = false
    const work = inParallel([0, 1, 2, 3], { atATime: 2 }, async (item) => {
      begun.push(item)
      if (item === 0) throw new Error('no')
      for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
      othersEnded = true
    })
    const error = await work.catch((thrown: Error) => thrown)
    assert.instanceOf(error, Error)
    assert.deepEqual(begun, [0, 1])
    assert.isTrue(othersEnded)
  })

  it('has nothing to do for no items', async () => {
    assert.deepEqual(await inParallel([], { atATime: 3 }, async () => 1), [])
  })
})
