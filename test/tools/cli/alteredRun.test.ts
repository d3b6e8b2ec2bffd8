import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { after, before, describe, it } from 'mocha'
import { type Checkout, makeCheckout } from './checkout.ts'

const purpose = 'BTP/HOP/PATH/001'
const inside = 'purposes/BTP-HOP-PATH-001'

/** What `./bench verify` is for: nothing that was changed afterwards keeps its verdict in silence. */
describe('./bench verify of what was changed after the run', function () {
  this.timeout(60_000)
  let checkout: Checkout
  let folder = ''
  let run = ''
  before(async () => {
    checkout = makeCheckout()
    folder = mkdtempSync(join(tmpdir(), 'onem2m-bench-altered-'))
    run = join(folder, 'run')
    const { status, stdout } = await checkout.bench(['run', '--only', purpose, '--out', run])
    expect(status, stdout).to.equal(0)
  })
  after(() => {
    checkout.remove()
    rmSync(folder, { recursive: true, force: true })
  })

  async function verifyChanged(change: (copy: string) => void) {
    const copy = mkdtempSync(join(folder, 'copy-'))
    cpSync(run, copy, { recursive: true })
    change(copy)
    return checkout.bench(['verify', copy])
  }

  function withAlteredOctet(path: string, share: number): void {
    const bytes = readFileSync(path)
    const at = Math.floor((bytes.length - 1) * share)
    bytes[at] = (bytes[at] ?? 0) ^ 1
    writeFileSync(path, bytes)
  }

  it('comes to the same verdict where nothing was', async () => {
    const { status, stdout } = await verifyChanged(() => {})
    expect(status, stdout).to.equal(0)
    expect(stdout).to.contain(`same    ${purpose} pass`)
  })

  for (const share of [0, 0.21, 0.5, 0.64, 0.83, 1])
    it(`notices one bit of the recording, ${share * 100} % from its beginning`, async () => {
      const { status, stdout } = await verifyChanged((copy) =>
        withAlteredOctet(join(copy, inside, 'recording.pcapng'), share),
      )
      expect(status, stdout).to.equal(3)
      expect(stdout).to.match(
        new RegExp(`^DIFFERS ${purpose} error \\(record says pass\\): .+`, 'm'),
      )
    })

  for (const name of ['outcome.json', 'plan.json', 'notes.json'])
    it(`notices one bit of ${name}`, async () => {
      const { status, stdout } = await verifyChanged((copy) =>
        withAlteredOctet(join(copy, inside, name), 0.4),
      )
      expect(status, stdout).to.equal(3)
      expect(stdout)
        .to.match(new RegExp(`^DIFFERS ${purpose} error`, 'm'))
        .and.to.contain(name)
    })

  for (const name of ['recording.pcapng', 'outcome.json', 'plan.json', 'notes.json'])
    it(`gives no verdict without ${name}`, async () => {
      const { status, stdout } = await verifyChanged((copy) => rmSync(join(copy, inside, name)))
      expect(status, stdout).to.equal(3)
      expect(stdout).to.match(new RegExp(`^DIFFERS ${purpose} error`, 'm'))
    })

  it('does not believe a pass for which the record names no recording', async () => {
    const { status, stdout } = await verifyChanged((copy) => {
      const file = join(copy, 'run.json')
      const record = JSON.parse(readFileSync(file, 'utf8'))
      for (const one of record.purposes) one.evidence = []
      writeFileSync(file, JSON.stringify(record))
    })
    expect(status, stdout).to.equal(3)
    expect(stdout).to.contain('names no recording')
  })

  it('reads what comes before the end of a recording that is cut short, and is not content', async () => {
    const file = join(folder, 'cut.pcapng')
    writeFileSync(file, readFileSync(join(run, inside, 'recording.pcapng')).subarray(0, 4000))
    const { status, stdout } = await checkout.bench(['verify', file])
    expect(status).to.equal(3)
    expect(stdout)
      .to.match(/PROBLEM .*truncated/)
      .and.to.match(/^connection 1 /m)
  })

  it('finds nothing to tell in a recording without a frame', async () => {
    const file = join(folder, 'head.pcapng')
    const whole = readFileSync(join(run, inside, 'recording.pcapng'))
    writeFileSync(file, whole.subarray(0, whole.readUInt32LE(4)))
    const { status, stderr } = await checkout.bench(['verify', file])
    expect(status).to.equal(3)
    expect(stderr).to.contain(file).and.to.contain('holds no frame')
  })

  it('refuses what is no recording, by name, and says what would be one', async () => {
    const contents: Readonly<Record<string, Buffer>> = {
      'empty.pcapng': Buffer.alloc(0),
      'five.pcapng': Buffer.from('hello'),
      'page.pcapng': Buffer.from('<!doctype html>'.repeat(100)),
      'zeros.pcapng': Buffer.alloc(5000),
    }
    for (const [name, bytes] of Object.entries(contents)) {
      const file = join(folder, name)
      writeFileSync(file, bytes)
      const { status, stderr } = await checkout.bench(['verify', file])
      expect(status, name).to.equal(2)
      expect(stderr).to.contain(file).and.to.contain('give a recording')
    }
  })

  it('refuses a folder that is no run', async () => {
    const empty = mkdtempSync(join(folder, 'empty-'))
    const { status, stderr } = await checkout.bench(['verify', empty])
    expect(status).to.equal(2)
    expect(stderr).to.contain(join(empty, 'run.json')).and.to.contain('name the folder of a run')
  })
})
