import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { after, before, describe, it } from 'mocha'
import { type Checkout, makeCheckout } from '../tools/cli/checkout.ts'

const page = readFileSync(new URL('../../docs/write-a-purpose.md', import.meta.url), 'utf8')
const [, example = ''] = /```ts\n([\s\S]*?)```/.exec(page) ?? []
const [, id = ''] = /id: '(.*?)'/.exec(example) ?? []

describe('docs/write-a-purpose.md', function () {
  this.timeout(60_000)
  let checkout: Checkout
  before(() => {
    checkout = makeCheckout()
    writeFileSync(join(checkout.path, 'suites/hop/example.spec.ts'), example)
  })
  after(() => checkout.remove())

  it('shows a purpose that passes on our nodes, and that its mutants fail', async () => {
    const run = await checkout.bench(['run', '--only', id, '--out', join(checkout.path, 'run')])
    expect(run.status, run.stdout + run.stderr).to.equal(0)
    const words = ['prove', '--only', id, '--out', join(checkout.path, 'prove')]
    const { status, stdout } = await checkout.bench(words)
    expect(status, stdout).to.equal(0)
  })
})
