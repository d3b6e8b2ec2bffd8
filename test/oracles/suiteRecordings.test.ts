import { execFile } from 'node:child_process'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { after, before, describe, it } from 'mocha'
import { loadPurposes } from '../../tools/cli/run/loadPurposes.ts'
import { dissect } from '../../tools/dissect/dissect.ts'
import { temporaryFolder } from '../tools/temporaryFolder.ts'
import { compareWithTshark } from './tshark.ts'

const project = join(import.meta.dirname, '..', '..')
/** tshark takes most of a core; more of them at a time would only crowd out what else runs. */
const atATime = 2
const enhancedPacket = 6

/** The judge and an independent reader, side by side on everything that the suites record: sound, broken and attacked. */
describe('every recording of the suites, read by tshark', function () {
  // Some 130 recordings, two at a time: about 25 s on two idle cores. The bound is for busy ones.
  this.timeout(300_000)

  const folder = temporaryFolder()
  const proof = join(folder.path, 'proof')
  let recordings: readonly string[] = []

  before(async () => {
    const words = ['tools/cli/main.ts', 'prove', '--out', proof, '--json']
    const options = { cwd: project, maxBuffer: 64 * 1024 * 1024 }
    await promisify(execFile)(process.execPath, words, options)
    recordings = globSync('**/*.pcapng', { cwd: proof }).sort()
  })

  after(() => folder.remove())

  it('is there for every purpose, and for every mutant of each', async () => {
    const folderOf = (id: string) => id.replaceAll('/', '-')
    const expected = (await loadPurposes()).flatMap(({ id, iut, mutants }) => [
      `purposes/${folderOf(id)}/recording.pcapng`,
      ...mutants.map(
        ({ node = iut.node, misbehaviour }) =>
          `mutants/${folderOf(id)}/${node}-${misbehaviour}/recording.pcapng`,
      ),
    ])
    expect(recordings).to.deep.equal(expected.sort())
    expect(recordings.length).to.be.greaterThan(100)
  })

  it('says the same of version, suite, identities, handshake, alerts and decrypted HTTP', async () => {
    const found = await inPairs(recordings, async (name) => {
      const path = join(proof, name)
      const { trace } = await dissect(path)
      expect(trace.connections, name).to.not.have.length(0)
      return (await compareWithTshark(path, trace)).map((line) => `${name}: ${line}`)
    })
    expect(found).to.deep.equal([])
  })

  it('says the same where a client port is one of another protocol', async () => {
    const name = recordings.find((path) => path.includes('BTP-HOP-PATH-001/recording')) ?? ''
    const bytes = readFileSync(join(proof, name))
    const { connections } = (await dissect(join(proof, name))).trace
    const path = join(folder.path, 'other-port.pcapng')
    writeFileSync(path, withPort(bytes, connections[0]?.client.port ?? 0, 44_818))
    const { trace } = await dissect(path)
    expect(trace.connections[0]?.client.port).to.equal(44_818)
    expect(await compareWithTshark(path, trace)).to.deep.equal([])
  })

  it('says the same of what comes before the end of one that is cut short', async () => {
    const cuts = sample(recordings, 8).flatMap((name) =>
      [0.4, 0.8].map((share) => ({ name, share })),
    )
    const found = await inPairs(cuts, async ({ name, share }) => {
      const whole = readFileSync(join(proof, name))
      const path = join(folder.path, `${recordings.indexOf(name)}-${share}.pcapng`)
      writeFileSync(path, whole.subarray(0, Math.floor(whole.length * share)))
      const { trace } = await dissect(path)
      return (await compareWithTshark(path, trace)).map((line) => `${name} at ${share}: ${line}`)
    })
    expect(found).to.deep.equal([])
  })

  /** tshark does not check the integrity of every record; what does not open for the judge may open for it, never else. */
  it('differs only on the connection where an octet of a protected record was altered', async () => {
    const found = await inPairs(sample(recordings, 8), async (name) => {
      const path = join(folder.path, `${recordings.indexOf(name)}-altered.pcapng`)
      writeFileSync(path, withAlteredOctet(readFileSync(join(proof, name))))
      const { trace } = await dissect(path)
      const broken = trace.connections
        .filter(({ association }) => association?.decryption !== 'complete')
        .map(({ id }) => `connection ${id},`)
      const differences = await compareWithTshark(path, trace)
      return differences
        .filter((line) => !broken.some((connection) => line.startsWith(connection)))
        .map((line) => `${name} altered: ${line}`)
    })
    expect(found).to.deep.equal([])
  })
})

/** The same recording, had the system chosen another port for a client. */
function withPort(bytes: Buffer, from: number, to: number): Buffer {
  const changed = Buffer.from(bytes)
  for (const { start } of packetsOf(bytes)) {
    const tcp = start + 28 + ((bytes[start + 28] ?? 0) & 0x0f) * 4
    for (const at of [tcp, tcp + 2])
      if (bytes.readUInt16BE(at) === from) changed.writeUInt16BE(to, at)
  }
  return changed
}

function packetsOf(bytes: Buffer): { readonly start: number; readonly length: number }[] {
  const packets: { start: number; length: number }[] = []
  for (let start = 0; start < bytes.length; start += bytes.readUInt32LE(start + 4))
    if (bytes.readUInt32LE(start) === enhancedPacket)
      packets.push({ start, length: bytes.readUInt32LE(start + 20) })
  return packets
}

/** Runs over all items, a few at a time, and puts the results one behind the other. */
async function inPairs<T>(
  items: readonly T[],
  work: (item: T) => Promise<readonly string[]>,
): Promise<string[]> {
  const found: string[] = []
  const left = items.values()
  const worker = async () => {
    for (const item of left) found.push(...(await work(item)))
  }
  await Promise.all(Array.from({ length: atATime }, worker))
  return found
}

/** So many of them, spread over the whole list. */
function sample<T>(items: readonly T[], count: number): readonly T[] {
  const step = items.length / count
  return items.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step))
}

/** One bit of the last octets of a long packet in the middle: of a protected record, in most recordings. */
function withAlteredOctet(bytes: Buffer): Buffer {
  const packets = packetsOf(bytes).filter(({ length }) => length > 200)
  const { start, length } = packets[Math.floor(packets.length / 2)] ?? { start: 0, length: 0 }
  const altered = Buffer.from(bytes)
  const at = start + 28 + length - 3
  altered[at] = (altered[at] ?? 0) ^ 1
  return altered
}
