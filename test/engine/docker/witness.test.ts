import { cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { assert } from 'chai'
import { catalogue } from '../../../suites/framework/catalogue.ts'
import { executePurpose } from '../../../suites/framework/execute.ts'
import { judgeEvidence, type StoredOutcome } from '../../../suites/framework/judgeEvidence.ts'
import type { TestPurpose } from '../../../suites/framework/testPurpose.ts'
import '../../../suites/hop/delivery.spec.ts'
import { accountsFile, witnessFile } from '../../../tools/dissect/witness/account.ts'
import { dockerRuntime } from '../../../tools/runtimes/docker/dockerRuntime.ts'
import { makeBench } from '../../../tools/testSystem/bench.ts'
import { loadEvidence } from '../../../tools/testSystem/loadEvidence.ts'
import { temporaryFolder } from '../../tools/temporaryFolder.ts'

describe('the kernel as second witness', function () {
  this.timeout(120_000)
  const folder = temporaryFolder()
  const id = 'BTP/HOP/PATH/001'
  let purpose: TestPurpose
  let stored: StoredOutcome
  let source: string
  let copies = 0

  before(async () => {
    const found = catalogue().find((one) => one.id === id)
    if (found === undefined) throw new Error('the purpose is gone')
    purpose = found
    const bench = makeBench({ runtime: dockerRuntime(), seed: 1, outFolder: folder.path })
    const result = await executePurpose(purpose, bench)
    assert.equal(result.verdict, 'pass', result.reason)
    stored = result.stored
    source = join(folder.path, 'purposes', id.replaceAll('/', '-'))
    const witnesses = result.artefacts.filter(({ kind }) => kind === 'witness')
    assert.lengthOf(witnesses, 5)
  })
  after(() => folder.remove())

  /** The verdict on a copy of the evidence that something was done to. */
  async function judged(tamper: (copy: string) => void) {
    copies += 1
    const copy = join(folder.path, `copy-${copies}`)
    cpSync(source, copy, { recursive: true })
    tamper(copy)
    return judgeEvidence(purpose, await loadEvidence(copy), stored)
  }

  async function assertError(tamper: (copy: string) => void, reason: RegExp): Promise<void> {
    const { verdict, reason: because } = await judged(tamper)
    assert.equal(verdict, 'error', because)
    assert.match(because, reason)
  }

  const alter = (path: string, change: (bytes: Buffer) => Buffer) =>
    writeFileSync(path, change(readFileSync(path)))

  /** Of the last frame of a pcap file that carries a payload of some length. */
  function flipInPayload(bytes: Buffer): Buffer {
    const altered = Buffer.from(bytes)
    let at = 24
    let found: number | undefined
    while (at + 16 <= bytes.length) {
      const length = bytes.readUInt32LE(at + 8)
      if (length > 150) found = at + 16 + length - 1
      at += 16 + length
    }
    if (found === undefined) throw new Error('no frame with a payload')
    altered[found] = (altered[found] ?? 0) ^ 1
    return altered
  }

  it('agrees, and its recordings are for their owner only', async () => {
    const { verdict, reason } = await judged(() => {})
    assert.equal(verdict, 'pass', reason)
    for (const name of readdirSync(join(source, 'kernel')))
      assert.equal(statSync(join(source, 'kernel', name)).mode & 0o777, 0o600)
  })

  for (const node of ['ae1', 'cse1', 'cse2', 'ae2'])
    it(`turns the verdict into error where one bit of the recording of ${node} differs`, () =>
      assertError(
        (copy) => alter(join(copy, witnessFile(node)), flipInPayload),
        /cannot be trusted: the connection from .* differs: .* first at octet/,
      ))

  it('turns the verdict into error when a recording of it is missing, cut off or not accounted for', async () => {
    await assertError((copy) => rmSync(join(copy, witnessFile('cse1'))), /cse1 is missing/)
    await assertError(
      (copy) => alter(join(copy, witnessFile('cse1')), (bytes) => bytes.subarray(0, -1)),
      /ends within a frame/,
    )
    await assertError((copy) => rmSync(join(copy, accountsFile)), /gave no account/)
    await assertError((copy) => writeFileSync(join(copy, accountsFile), '[]'), /gave no account/)
    await assertError(
      (copy) =>
        alter(join(copy, accountsFile), (bytes) =>
          Buffer.from(bytes.toString().replace(/"dropped": 0/, '"dropped": 3')),
        ),
      /3 frames were dropped/,
    )
  })

  it('turns the verdict into error when the wires lack a whole connection', () =>
    assertError(
      (copy) => alter(join(copy, 'recording.pcapng'), withoutLastConnection),
      /something past the wires/,
    ))
})

/** Takes every packet of the client port that was seen last out of a recording of the bench's own. */
function withoutLastConnection(bytes: Buffer): Buffer {
  const blocks: Buffer[] = []
  for (let at = 0; at + 12 <= bytes.length; ) {
    const length = bytes.readUInt32LE(at + 4)
    blocks.push(bytes.subarray(at, at + length))
    at += length
  }
  const enhancedPacket = 6
  /** Both ports, smaller first; the packets are IPv4 without options, 28 octets into the block. */
  const portsOf = (block: Buffer) =>
    block.readUInt32LE(0) === enhancedPacket
      ? [block.readUInt16BE(48), block.readUInt16BE(50)].toSorted().join(' ')
      : undefined
  const last = blocks.map(portsOf).findLast((ports) => ports !== undefined)
  return Buffer.concat(blocks.filter((block) => portsOf(block) !== last))
}
