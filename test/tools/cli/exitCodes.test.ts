import { join } from 'node:path'
import { expect } from 'chai'
import { after, before, describe, it } from 'mocha'
import { exitCode } from '../../../tools/cli/command.ts'
import { type Checkout, makeCheckout, type StartOptions } from './checkout.ts'
import { leftRunning } from './leftBehind.ts'
import { at } from './moments.ts'

/** One start of `./bench` for every exit code, and what it says besides. */
const rows: readonly {
  readonly code: keyof typeof exitCode
  readonly words: readonly string[]
  readonly options?: StartOptions
  readonly says: RegExp
}[] = [
  {
    code: 'passed',
    words: ['run', '--only', 'BTP/HOP/PATH/001'],
    says: /executed 1: 1 pass/,
  },
  {
    code: 'failed',
    words: ['run', '--only', 'BTP/HOP/PATH/002', '--mutant', 'cse1:transit-drops-silently'],
    says: /FAIL +BTP\/HOP\/PATH\/002/,
  },
  { code: 'usage', words: ['run', '--profile', 'nonsense'], says: /one of: smoke, ci/ },
  {
    code: 'inconclusive',
    words: ['run', '--only', 'BTP/HOP/PATH/001', '--mutant', 'ae1:identity-of-another'],
    says: /INCONC BTP\/HOP\/PATH\/001[\s\S]*ae1 did not come up/,
  },
  { code: 'nothingExecuted', words: ['down'], says: /no network is up/ },
  { code: 'incapable', words: ['doctor'], says: /missing +engine[\s\S]*--fix/ },
  {
    code: 'interrupted',
    words: ['run', '--profile', 'smoke'],
    options: at('line 2', 'SIGINT'),
    says: /interrupted: ended by Ctrl-C/,
  },
]

describe('the exit codes of ./bench', function () {
  this.timeout(30_000)
  let checkout: Checkout
  before(() => {
    checkout = makeCheckout()
  })
  after(() => checkout.remove())

  it('all have a start below that ends with them', () => {
    expect(rows.map(({ code }) => code)).to.have.members(Object.keys(exitCode))
  })

  for (const { code, words, options, says } of rows)
    it(`are ${exitCode[code]} for ${code}: ${words.join(' ')}`, async () => {
      const out = words[0] === 'run' ? ['--out', join(checkout.path, `out-${code}`)] : []
      const { status, stdout, stderr } = await checkout.bench([...words, ...out], options)
      expect(status, stderr).to.equal(exitCode[code])
      expect(stdout + stderr).to.match(says)
      expect(leftRunning(checkout)).to.deep.equal([])
    })
})
