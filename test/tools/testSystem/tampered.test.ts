import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { after, before, describe, it } from 'mocha'
import { catalogue } from '../../../suites/framework/catalogue.ts'
import { executePurpose } from '../../../suites/framework/execute.ts'
import { judgeEvidence, type StoredOutcome } from '../../../suites/framework/judgeEvidence.ts'
import type { TestPurpose } from '../../../suites/framework/testPurpose.ts'
import '../../../suites/hop/delivery.spec.ts'
import { localRuntime } from '../../../tools/runtimes/local.ts'
import { makeBench } from '../../../tools/testSystem/bench.ts'
import { loadEvidence } from '../../../tools/testSystem/loadEvidence.ts'
import { temporaryFolder } from '../temporaryFolder.ts'

const enhancedPacket = 6
const nameResolution = 4
const sectionHeader = 0x0a0d0d0a

interface Block {
  readonly type: number
  readonly start: number
  readonly end: number
}

/** Recordings that lost something: whatever is missing, the verdict of the whole one must not stand. */
describe('judging a recording that was tampered with', () => {
  const folder = temporaryFolder()
  let purpose: TestPurpose
  let stored: StoredOutcome
  let source: string
  let whole: Buffer
  let blocks: readonly Block[]

  before(async function () {
    this.timeout(10_000)
    const found = catalogue().find(({ id }) => id === 'BTP/HOP/PATH/001')
    if (found === undefined) throw new Error('the purpose is gone')
    purpose = found
    const bench = makeBench({ runtime: localRuntime(), seed: 1, outFolder: folder.path })
    const result = await executePurpose(purpose, bench)
    expect(result.verdict, result.reason).to.equal('pass')
    stored = result.stored
    source = join(folder.path, 'purposes/BTP-HOP-PATH-001')
    whole = readFileSync(join(source, 'recording.pcapng'))
    blocks = blocksOf(whole)
  })

  after(() => folder.remove())

  async function verdictOn(bytes: Uint8Array): Promise<string> {
    const copy = join(folder.path, 'copy')
    rmSync(copy, { recursive: true, force: true })
    mkdirSync(copy)
    for (const file of ['plan.json', 'notes.json']) cpSync(join(source, file), join(copy, file))
    writeFileSync(join(copy, 'recording.pcapng'), bytes)
    return judgeEvidence(purpose, await loadEvidence(copy), stored).verdict
  }

  const without = ({ start, end }: Block) =>
    Buffer.concat([whole.subarray(0, start), whole.subarray(end)])

  it('passes as long as it is whole', async () => {
    expect(await verdictOn(whole)).to.equal('pass')
  })

  it('does not pass, and blames nobody, when a frame with payload is missing', async function () {
    this.timeout(10_000)
    const withPayload = blocks.filter(
      (block) => block.type === enhancedPacket && payloadOf(whole, block) > 0,
    )
    expect(withPayload.length).to.be.greaterThan(20)
    for (const block of withPayload)
      expect(await verdictOn(without(block)), `block at ${block.start}`).to.equal('error')
  })

  it('does not pass when secrets are missing', async () => {
    const secrets = blocks.filter(({ type }) => type === 0x0a)
    expect(secrets.length).to.be.greaterThan(0)
    for (const block of secrets) expect(await verdictOn(without(block))).to.equal('inconc')
  })

  it('still passes when only names are missing: the plan knows them', async () => {
    const names = blocks.filter(({ type }) => type === nameResolution)
    expect(names.length).to.be.greaterThan(0)
    for (const block of names) expect(await verdictOn(without(block))).to.equal('pass')
  })

  it('does not pass when it was cut off', async () => {
    for (const share of [0.2, 0.5, 0.8, 0.99]) {
      const bytes = whole.subarray(0, Math.floor(whole.length * share))
      expect(await verdictOn(bytes), `${share} of it`).to.equal('error')
    }
  })

  it('does not pass when the first or second half of its frames is gone', async () => {
    const frames = blocks.filter(({ type }) => type === enhancedPacket)
    const middle = frames[Math.floor(frames.length / 2)]?.start ?? 0
    const heads = blocks.filter(({ type, start }) => type !== enhancedPacket && start < middle)
    const late = Buffer.concat([
      ...heads.map(({ start, end }) => whole.subarray(start, end)),
      whole.subarray(middle),
    ])
    expect(await verdictOn(late)).to.not.equal('pass')
    expect(await verdictOn(whole.subarray(0, middle))).to.not.equal('pass')
  })
})

function blocksOf(bytes: Buffer): readonly Block[] {
  const blocks: Block[] = []
  for (let start = 0; start < bytes.length; ) {
    const end = start + bytes.readUInt32LE(start + 4)
    blocks.push({ type: bytes.readUInt32LE(start), start, end })
    start = end
  }
  expect(blocks[0]?.type).to.equal(sectionHeader)
  return blocks
}

/** Octets of TCP payload in an enhanced packet block of the bench: IPv4 and TCP headers with their own lengths. */
function payloadOf(bytes: Buffer, { start }: Block): number {
  const packet = start + 28
  const ipHeader = ((bytes[packet] ?? 0) & 0x0f) * 4
  const tcpHeader = ((bytes[packet + ipHeader + 12] ?? 0) >> 4) * 4
  return bytes.readUInt16BE(packet + 2) - ipHeader - tcpHeader
}
