import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { after, before, describe, it } from 'mocha'
import { interruptedRecord, leftRunning, leftUnfinished } from './leftBehind.ts'
import { at, type Lanes, makeLanes } from './moments.ts'

/** From the first thing done to the last but one: coming up, acting, judging, writing down. */
const moments: Readonly<Record<string, readonly string[]>> = {
  run: [
    ...['journal 1', 'journal 2', 'listen 1', 'listen 2', 'listen 9', 'record 1', 'record 6'],
    ...['connect 1', 'connect 4', 'connect 23', 'accept 2', 'accept 30', 'line 1', 'line 5'],
    ...['report 1', 'report 4'],
  ],
  demo: [
    ...['journal 2', 'listen 1', 'listen 30', 'record 3', 'connect 1', 'connect 12', 'accept 9'],
    ...['line 1', 'line 2', 'line 6', 'line 12', 'line 25', 'line 30', 'report 1', 'report 6'],
  ],
  prove: [
    ...['journal 2', 'journal 7', 'listen 1', 'listen 50', 'record 2', 'record 40'],
    ...['connect 1', 'connect 29', 'connect 70', 'accept 5', 'report 1', 'report 5'],
  ],
}
const words: Readonly<Record<string, readonly string[]>> = {
  run: ['run', '--profile', 'full'],
  demo: ['demo'],
  prove: ['prove', '--only', 'BTP/HOP/**'],
}
const endedPurpose = /^(ok|FAIL|INCONC|ERROR) +BTP\//gm

describe('Ctrl-C', function () {
  this.timeout(120_000)
  let lanes: Lanes
  before(() => {
    lanes = makeLanes()
  })
  after(() => lanes.remove())

  for (const [command, when] of Object.entries(moments)) {
    it(`stops ./bench ${command} at any moment, and what was recorded stays readable`, async () => {
      const wrong = await lanes.each(when, async (checkout, moment) => {
        const folder = join(checkout.path, `${command}-${moment.replace(' ', '')}`)
        const start = [...(words[command] ?? []), '--out', folder]
        const { status, stdout, stderr } = await checkout.bench(start, at(moment, 'SIGINT'))
        const ended = stdout.match(endedPurpose)?.length ?? 0
        return [
          ...(status === 130 ? [] : [`ended with ${status}: ${stderr.slice(-500)}`]),
          ...(stderr.includes('interrupted') ? [] : ['does not say that it was interrupted']),
          ...leftRunning(checkout),
          ...(await leftUnfinished(folder)),
          ...interruptedRecord(folder, command === 'prove' ? 0 : ended),
        ]
      })
      expect(wrong).to.deep.equal([])
    })
  }

  it('leaves a record that is judged again to the same verdicts', async () => {
    const wrong = await lanes.each(['line 4'], async (checkout, moment) => {
      const folder = join(checkout.path, 'again')
      await checkout.bench(['run', '--profile', 'full', '--out', folder], at(moment, 'SIGINT'))
      const { status, stdout } = await checkout.bench(['verify', folder])
      const differences = stdout.match(/^DIFFERS.*/gm) ?? []
      return status === 130 ? differences : [`ended with ${status}`, ...differences]
    })
    expect(wrong).to.deep.equal([])
  })

  it('given twice ends at once, and ./bench clean removes the rest', async () => {
    const wrong = await lanes.each(['connect 3'], async (checkout, moment) => {
      const folder = join(checkout.path, 'twice')
      const { env = {} } = at(moment, 'SIGINT')
      const { status } = await checkout.bench(['run', '--out', folder], {
        env: { ...env, SIGNAL_AT: `${moment} SIGINT TWICE` },
      })
      const kept = checkout.leftInJournal().length
      await checkout.bench(['clean'])
      return [
        ...(status === 130 ? [] : [`ended with ${status}`]),
        ...(kept > 0 ? [] : ['stopped in order, as after the first']),
        ...(existsSync(folder) ? ['the folder is still there'] : []),
        ...leftRunning(checkout),
      ]
    })
    expect(wrong).to.deep.equal([])
  })

  const comingUp = ['journal 1', 'journal 2', 'listen 1', 'listen 3', 'listen 6', 'record 1']
  const thenToo = ['connect 1', 'connect 3', 'accept 1', 'accept 4']
  it('stops a network that is coming up by ./bench up', async () => {
    const wrong = await lanes.each([...comingUp, ...thenToo], async (checkout, moment) => {
      const folder = join(checkout.path, `up-${moment.replace(' ', '')}`)
      const start = ['up', 'topologies/reference.yaml', '--out', folder]
      const { status, stderr } = await checkout.bench(start, at(moment, 'SIGINT'))
      return [
        ...(status === 130 ? [] : [`ended with ${status}: ${stderr.slice(-500)}`]),
        ...leftRunning(checkout),
        ...(await leftUnfinished(folder)),
      ]
    })
    expect(wrong).to.deep.equal([])
  })

  it('ends ./bench up with success once the network is up, whichever line it prints', async () => {
    const lines = Array.from({ length: 10 }, (_, index) => `line ${index + 1}`)
    const wrong = await lanes.each(lines, async (checkout, moment) => {
      const folder = join(checkout.path, `up-${moment.replace(' ', '')}`)
      const start = ['up', 'topologies/reference.yaml', '--out', folder]
      const { status, stdout } = await checkout.bench(start, at(moment, 'SIGINT'))
      return [
        ...(status === 0 ? [] : [`ended with ${status}`]),
        ...(/^recording: /m.test(stdout) ? [] : ['does not say where the recording is']),
        ...leftRunning(checkout),
        ...(await leftUnfinished(folder)),
      ]
    })
    expect(wrong).to.deep.equal([])
  })
})
