import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { BenchError } from '../../../protocol/errors.ts'
import { frontSecrets } from '../../../tools/capture/frontSecrets.ts'
import { temporaryFolder } from '../temporaryFolder.ts'
import {
  type BlockOptions,
  block,
  enhancedPacket,
  interfaceDescription,
  sectionHeader,
} from './reading/pcapngBuilder.ts'

const secretsBlock = 10

describe('frontSecrets', () => {
  let folder: ReturnType<typeof temporaryFolder>
  let from: string
  let to: string
  beforeEach(() => {
    folder = temporaryFolder()
    from = join(folder.path, 'arriving')
    to = join(folder.path, 'recording.pcapng')
  })
  afterEach(() => folder.remove())

  const secret = (text: string, options: BlockOptions = {}) =>
    block(secretsBlock, Buffer.from(text.padEnd(8)), options)
  const packet = (text: string, options: BlockOptions = {}) =>
    enhancedPacket(Buffer.from(text), options)

  async function moved(blocks: readonly Buffer[]): Promise<Buffer> {
    writeFileSync(from, Buffer.concat(blocks))
    await frontSecrets(from, to)
    expect(readdirSync(folder.path)).to.deep.equal(['recording.pcapng'])
    return readFileSync(to)
  }

  it('puts late secrets before the first packet, and leaves all else as it was', async () => {
    for (const options of [{}, { bigEndian: true }]) {
      const header = sectionHeader(options)
      const [wire, wire2] = [interfaceDescription(options), interfaceDescription(options)]
      const [a, b] = [secret('first', options), secret('second', options)]
      const [p, q] = [packet('one', options), packet('two', options)]
      const result = await moved([header, wire, a, p, wire2, q, b])
      expect(result).to.deep.equal(Buffer.concat([header, a, b, wire, p, wire2, q]))
    }
  })

  it('only moves the file when nothing came late', async () => {
    const blocks = [sectionHeader(), interfaceDescription(), secret('early'), packet('one')]
    expect(await moved(blocks)).to.deep.equal(Buffer.concat(blocks))
  })

  it('writes what nobody but the owner may read', async () => {
    await moved([sectionHeader(), interfaceDescription(), packet('one'), secret('late')])
    expect(statSync(to).mode & 0o777).to.equal(0o600)
  })

  it('keeps every block, whatever their order and size', async function () {
    this.timeout(20_000)
    const piece = fc.record({ isSecret: fc.boolean(), size: fc.nat(3000) })
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 30 }), async (pieces) => {
        const blocks = pieces.map(({ isSecret, size }, index) =>
          isSecret ? secret(`${index}`.padEnd(size)) : packet(`${index}`.padEnd(size)),
        )
        const isSecret = (_: Buffer, index: number) => pieces[index]?.isSecret === true
        const head = [sectionHeader(), interfaceDescription()]
        const result = await moved([...head, ...blocks])
        const rest = blocks.filter((each, index) => !isSecret(each, index))
        const lateOnes = blocks.filter(isSecret)
        const inOrder = Buffer.concat([...head, ...blocks])
        const expected = Buffer.concat([
          head[0] ?? '',
          ...lateOnes,
          head[1] ?? '',
          ...rest,
        ] as Buffer[])
        expect(result.equals(expected) || result.equals(inOrder)).to.equal(true)
        expect(secretAfterPacket(result)).to.equal(false)
      }),
      { numRuns: 100 },
    )
  })

  it('reads files that are larger than what it reads at a time', async () => {
    const large = Array.from({ length: 40 }, (_, index) => packet(`${index}`.padEnd(100_000)))
    const result = await moved([sectionHeader(), interfaceDescription(), ...large, secret('late')])
    expect(secretAfterPacket(result)).to.equal(false)
    expect(result.subarray(-100).toString()).to.match(/^ +/)
  })

  const damages: Readonly<Record<string, () => Buffer>> = {
    'is empty': () => Buffer.alloc(0),
    'is no pcapng': () => Buffer.from('no recording at all, but long enough'),
    'breaks off within a block': () =>
      Buffer.concat([sectionHeader(), packet('one'), packet('two').subarray(0, 20)]),
    'breaks off within a head': () =>
      Buffer.concat([sectionHeader(), packet('one').subarray(0, 8)]),
    'has a block of no length': () => Buffer.concat([sectionHeader(), Buffer.alloc(12)]),
    'has a second section': () => Buffer.concat([sectionHeader(), packet('one'), sectionHeader()]),
  }
  for (const [name, damaged] of Object.entries(damages)) {
    it(`refuses a file that ${name}, and leaves it where it is`, async () => {
      writeFileSync(from, damaged())
      const failure = await frontSecrets(from, to).catch((error: unknown) => error)
      expect(failure).to.be.instanceOf(BenchError).with.property('code', 'RECORDING_INVALID')
      expect(readdirSync(folder.path)).to.deep.equal(['arriving'])
    })
  }

  it('refuses anything else, throwing nothing but its own errors', async function () {
    this.timeout(20_000)
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 100 }), fc.nat(60), async (noise, at) => {
        const whole = Buffer.concat([sectionHeader(), packet('one'), secret('late')])
        Buffer.from(noise).copy(whole, at)
        writeFileSync(from, whole)
        const failure: unknown = await frontSecrets(from, to).catch((error: unknown) => error)
        if (failure !== undefined) expect(failure).to.be.instanceOf(BenchError)
      }),
      { numRuns: 200 },
    )
  })

  it('says which file cannot be written', async () => {
    writeFileSync(from, Buffer.concat([sectionHeader(), packet('one'), secret('late')]))
    const nowhere = join(folder.path, 'missing', 'recording.pcapng')
    const failure = await frontSecrets(from, nowhere).catch((error: unknown) => error)
    expect(failure).to.be.instanceOf(BenchError).with.property('code', 'FILE_UNREADABLE')
    expect(existsSync(from)).to.equal(true)
  })
})

function secretAfterPacket(recording: Buffer): boolean {
  let sawPacket = false
  for (let at = 0; at < recording.length; at += recording.readUInt32LE(at + 4)) {
    const type = recording.readUInt32LE(at)
    if (type === secretsBlock && sawPacket) return true
    sawPacket ||= type === 6
  }
  return false
}
