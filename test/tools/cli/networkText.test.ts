import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { describeNetwork } from '../../../tools/cli/networkText.ts'
import { openJournal } from '../../../tools/runtimes/journal.ts'
import { localRuntime } from '../../../tools/runtimes/local.ts'
import type { Reservation } from '../../../tools/runtimes/runtime.ts'
import { planOf } from '../runtimes/plans.ts'
import { temporaryFolder } from '../temporaryFolder.ts'

const shell = promisify(execFile)
const described = (name: string) => describeNetwork(planOf(name), '/keys')

/** The commands of a description, without the word before them. */
function commandsIn(lines: readonly string[]): string[] {
  return lines.flatMap((line) => /(?:printf|curl) .*/.exec(line)?.[0] ?? [])
}

describe('tools/cli/networkText', () => {
  let folder: ReturnType<typeof temporaryFolder>
  let block: Reservation
  beforeEach(async () => {
    folder = temporaryFolder()
    block = await localRuntime().reserve()
  })
  afterEach(async () => {
    await block.release()
    folder.remove()
  })

  async function answersOf(name: string, parameters = {}): Promise<string[]> {
    const plan = planOf(name, { addressing: block.addressing, parameters })
    const runtime = localRuntime({ journal: openJournal(folder.path) })
    const bed = join(folder.path, 'bed')
    const testbed = await runtime.bringUp(plan, { folder: bed })
    try {
      const answers: string[] = []
      for (const command of commandsIn(describeNetwork(plan, join(bed, 'keys')))) {
        const { stdout } = await shell('sh', ['-c', command], { timeout: 10_000 })
        answers.push(stdout)
      }
      return answers
    } finally {
      await testbed.stop()
    }
  }

  it('prints commands that work as they stand over every secured link', async () => {
    const answers = await answersOf('reference')
    expect(answers).to.have.length(3)
    for (const answer of answers) expect(answer).to.contain('X-M2M-RSC: 2000')
  })

  it('prints commands that work as they stand over plain links', async () => {
    const answers = await answersOf('plain')
    expect(answers).to.have.length(2)
    for (const answer of answers) expect(answer).to.match(/^\{"m2m:cb":/)
  })

  it('prints how to look at, and register with, a CSE that stands alone', async () => {
    const address = planOf('smallest', { addressing: block.addressing }).nodes[0]?.address ?? ''
    const answers = await answersOf('lone-in-cse', { address })
    expect(answers).to.have.length(2)
    expect(answers[0]).to.match(/^\{"m2m:cb":/)
    expect(answers[1]).to.contain('"aei":"Cmy"')
  })

  it('gives no address of a CSE that is reached over wires only', () => {
    expect(described('neighbours').join('\n')).not.to.contain('http://')
    expect(described('reference').join('\n')).not.to.contain('http://')
  })

  it('never prints a key', () => {
    for (const line of described('reference')) expect(line).not.to.match(/[0-9a-f]{32}/)
  })
})
