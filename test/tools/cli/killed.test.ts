import { existsSync, globSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { after, before, describe, it } from 'mocha'
import type { Checkout } from './checkout.ts'
import { leftRunning, leftUnfinished } from './leftBehind.ts'
import { at, type Lanes, makeLanes } from './moments.ts'

const duringRun = [
  ...['journal 1', 'journal 2', 'journal 3', 'listen 1', 'listen 7', 'listen 30', 'record 1'],
  ...['record 9', 'connect 1', 'connect 6', 'accept 4', 'line 1', 'line 3', 'report 1', 'report 2'],
]
const duringUp = [
  ...['journal 1', 'journal 2', 'listen 1', 'listen 4', 'listen 8', 'record 1', 'record 2'],
  ...['connect 1', 'connect 4', 'accept 1', 'line 1', 'line 7'],
]

/** Nobody can clean up after `kill -9` but somebody else. */
describe('a bench that was killed', function () {
  this.timeout(120_000)
  let lanes: Lanes
  before(() => {
    lanes = makeLanes()
  })
  after(() => lanes.remove())

  async function killAndClean(checkout: Checkout, words: readonly string[], moment: string) {
    const killed = await checkout.bench(words, at(moment, 'SIGKILL'))
    const cleaned = await checkout.bench(['clean'])
    return [
      ...(killed.status === 137 ? [] : [`was not killed but ended with ${killed.status}`]),
      ...(cleaned.status === 0 ? [] : [`clean ended with ${cleaned.status}: ${cleaned.stderr}`]),
      ...leftRunning(checkout),
    ]
  }

  it('leaves nothing of what ./bench run had not finished, once cleaned', async () => {
    const wrong = await lanes.each(duringRun, async (checkout, moment) => {
      const folder = join(checkout.path, `run-${moment.replace(' ', '')}`)
      const words = ['run', '--profile', 'smoke', '--out', folder]
      return [
        ...(await killAndClean(checkout, words, moment)),
        ...(await leftUnfinished(folder)),
        ...keysWithoutEvidence(folder),
      ]
    })
    expect(wrong).to.deep.equal([])
  })

  it('leaves nothing of a network that ./bench up kept running, once cleaned', async () => {
    const wrong = await lanes.each(duringUp, async (checkout, moment) => {
      const folder = join(checkout.path, `up-${moment.replace(' ', '')}`)
      const words = ['up', 'topologies/reference.yaml', '--out', folder]
      const found = await killAndClean(checkout, words, moment)
      return existsSync(folder) ? [...found, 'left its folder'] : found
    })
    expect(wrong).to.deep.equal([])
  })

  it('does not stand in the way of the next network', async () => {
    const wrong = await lanes.each(['line 2'], async (checkout, moment) => {
      const words = ['up', 'topologies/reference.yaml']
      const killed = await checkout.bench(words, at(moment, 'SIGKILL'))
      const again = await checkout.bench(words, at(moment, 'SIGINT'))
      return [killed.status, again.status].join() === '137,0' ? [] : [again.stderr]
    })
    expect(wrong).to.deep.equal([])
  })
})

/** Keys are left only beside the recording that they were used for. */
function keysWithoutEvidence(folder: string): string[] {
  return globSync('**/keys', { cwd: folder })
    .filter((keys) => !existsSync(join(folder, dirname(keys), 'plan.json')))
    .map((keys) => `left ${keys}`)
}
