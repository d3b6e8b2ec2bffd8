import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { after, afterEach, before, beforeEach, describe, it } from 'mocha'
import { type Checkout, makeCheckout } from './checkout.ts'
import { leftRunning } from './leftBehind.ts'

/** What people write wrongly, where it is, and what they are told to do. */
const topologies: readonly {
  readonly wrong: string
  readonly text: string
  readonly at: string
  readonly told: readonly RegExp[]
}[] = [
  {
    wrong: 'no nodes at all',
    text: 'name: zero\nnodes: {}\n',
    at: ':2:',
    told: [/`nodes` is empty/, /at least one/],
  },
  {
    wrong: 'a name twice',
    text: 'name: twice\nnodes:\n  a: { kind: in }\n  a: { kind: in }\n',
    at: ':4:3',
    told: [/the name `a` is used twice/, /rename or remove/],
  },
  {
    wrong: 'an unknown field',
    text: 'name: field\nnodes:\n  a: { kind: in, colour: red }\n',
    at: ':3:18',
    told: [/unknown field `colour`/, /fields known here: kind/],
  },
  { wrong: 'nothing', text: '', at: ':1:1', told: [/must be object/, /nodes/] },
  {
    wrong: 'no text',
    text: String.fromCharCode(...Array.from({ length: 400 }, (_, n) => (n * 37) % 256)),
    at: ':1:',
    told: [/correct the lines named above/],
  },
]

describe('bad input on the command line', function () {
  this.timeout(60_000)
  let checkout: Checkout
  let folder = ''
  before(() => {
    checkout = makeCheckout()
  })
  after(() => checkout.remove())
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'onem2m-bench-bad-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  for (const { wrong, text, at, told } of topologies)
    it(`a topology with ${wrong} starts nothing, and says where and what to do`, async () => {
      const file = join(folder, 'bad.yaml')
      writeFileSync(file, text)
      const out = join(folder, 'out')
      for (const words of [
        ['validate', file],
        ['run', '--topology', file, '--only', 'BTP/HOP/PATH/001', '--out', out],
      ]) {
        const { status, stderr } = await checkout.bench(words)
        expect(status, words[0]).to.equal(2)
        expect(stderr).to.contain(`${file}${at}`)
        for (const line of told) expect(stderr).to.match(line)
        expect(existsSync(out), `${words[0]} made its folder`).to.equal(false)
      }
    })

  it('a file that cannot be read is named, with the reason and what to name instead', async () => {
    const link = join(folder, 'link.yaml')
    symlinkSync(join(folder, 'nowhere'), link)
    mkdirSync(join(folder, 'folder.yaml'))
    for (const [path, reason] of [
      [link, 'ENOENT'],
      [join(folder, 'folder.yaml'), 'EISDIR'],
      [join(folder, 'missing.yaml'), 'ENOENT'],
      ['/proc/self/mem', 'EIO'],
    ]) {
      const { status, stderr } = await checkout.bench(['validate', path ?? ''])
      expect(status, path).to.equal(2)
      expect(stderr).to.contain(path).and.to.contain(reason)
      expect(stderr).to.match(/name a readable topology file/)
    }
  })

  it('a port in use is named, and what to do about it', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : undefined
    const words = ['up', 'topologies/lone-in-cse.yaml', '--set', `port=${port}`, '--out', folder]
    const { status, stderr } = await checkout.bench(words)
    server.close()
    await once(server, 'close')
    expect(status).to.equal(3)
    expect(stderr)
      .to.contain(`127.0.0.1:${port} is in use`)
      .and.to.match(/choose another port/)
    expect(leftRunning(checkout)).to.deep.equal([])
  })

  it('a node that never gets ready is named with what it said last, and all is taken down', async () => {
    const file = join(folder, 'slow.yaml')
    writeFileSync(
      file,
      [
        'name: slow',
        'nodes:',
        '  ae1: { kind: adn, registrar: cse1 }',
        '  cse1: { kind: in }',
        'links:',
        '  ae1-cse1: { impair: { delayMs: 60000 } }',
      ].join('\n'),
    )
    const { status, stderr } = await checkout.bench(['up', file, '--out', join(folder, 'out')])
    expect(status).to.equal(3)
    expect(stderr)
      .to.match(/ae1 did not come up: .*(AE1|5000 ms)/)
      .and.to.contain('last lines of ae1:')
      .and.to.match(/^ {2}read what it said last/m)
    expect(leftRunning(checkout)).to.deep.equal([])
  })

  it('does not lose its way when nobody reads what it prints', async () => {
    const through = ['sh', '-c', '"$@" 2>&1 | head -n 1', 'sh']
    const words = ['run', '--only', 'BTP/HOP/PATH/001', '--out', join(folder, 'out')]
    const { stdout } = await checkout.bench(words, { through })
    expect(stdout).to.match(/^ok /)
    expect(existsSync(join(folder, 'out', 'run.json'))).to.equal(true)
    expect(leftRunning(checkout)).to.deep.equal([])
  })
})
