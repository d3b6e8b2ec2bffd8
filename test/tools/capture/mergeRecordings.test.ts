import { existsSync, readdirSync, readFileSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { BenchError } from '../../../protocol/errors.ts'
import { type ClockOffset, correctTime } from '../../../tools/capture/clockCorrection.ts'
import { type MergeOptions, mergeRecordings } from '../../../tools/capture/mergeRecordings.ts'
import { makeRecorder } from '../../../tools/capture/pcapngWriter.ts'
import { readRecording } from '../../../tools/capture/reading/readRecording.ts'
import type { RecordingItem } from '../../../tools/capture/reading/recordingItem.ts'
import { temporaryFolder } from '../temporaryFolder.ts'
import { tsharkFields } from './tsharkFields.ts'

const ends = {
  client: { address: '10.1.0.3', port: 40_001 },
  server: { address: '10.1.0.4', port: 8080 },
}
const startMs = 1_700_000_000_000
const secretOf = (octet: string) => `CLIENT_RANDOM ${octet.repeat(32)} ${'cd'.repeat(48)}`

describe('mergeRecordings', () => {
  let folder: ReturnType<typeof temporaryFolder>
  let path: string
  beforeEach(() => {
    folder = temporaryFolder()
    path = join(folder.path, 'whole.pcapng')
  })
  afterEach(() => folder.remove())

  /** A recording of one wire; a datagram at each time, in milliseconds since the start. */
  async function record(wire: string, times: readonly number[], comment?: string): Promise<string> {
    let nowMs = 0
    const file = join(folder.path, `${wire}.pcapng`)
    const recorder = await makeRecorder(file, { now: () => startMs + nowMs })
    const recorded = recorder.addWire(wire)
    recorder.nameAddress('10.1.0.3', 'ae1')
    recorder.addSecret(secretOf(wire === 'a' ? '0a' : '0b'))
    for (nowMs of times) {
      if (comment !== undefined) recorder.annotate(`${comment} ${nowMs}`)
      recorded.datagram(ends, 'client', Buffer.from(`${wire} ${nowMs}`))
    }
    await recorder.close()
    return file
  }

  async function items(file: string): Promise<readonly RecordingItem[]> {
    const all: RecordingItem[] = []
    for await (const batch of readRecording(file)) all.push(...batch)
    return all
  }

  const frames = async () =>
    (await items(path)).flatMap((item) => {
      if (item.kind !== 'frame') return []
      return [
        {
          wire: item.interface.name,
          text: item.data.subarray(28).toString(),
          atMs: item.atMs - startMs,
          comments: item.comments,
        },
      ]
    })

  const same = (thereMs: number) => thereMs
  const merge = (options: Partial<MergeOptions>) =>
    mergeRecordings({ parts: [], path, secrets: [], notes: [], ...options })

  it('has every frame of every part, in order of time, under the name of its wire', async () => {
    const parts = [await record('a', [1, 4, 5]), await record('b', [2, 3, 6])]
    await merge({ parts: parts.map((part) => ({ path: part, correct: same })) })
    const found = await frames()
    expect(found.map(({ wire, text }) => [wire, text])).to.deep.equal([
      ['a', 'a 1'],
      ['b', 'b 2'],
      ['b', 'b 3'],
      ['a', 'a 4'],
      ['a', 'a 5'],
      ['b', 'b 6'],
    ])
    expect(found.map(({ atMs }) => Math.round(atMs))).to.deep.equal([1, 2, 3, 4, 5, 6])
    expect(statSync(path).mode & 0o777).to.equal(0o600)
    expect(readdirSync(folder.path).filter((name) => name.includes('merging'))).to.deep.equal([])
  })

  it('puts frames in order by the clock that counts', async () => {
    // The clock of b is a second ahead, and gains a millisecond in ten.
    const first: ClockOffset = { atMs: startMs, aheadMs: 1000, uncertaintyMs: 0 }
    const last: ClockOffset = { atMs: startMs + 10, aheadMs: 1001, uncertaintyMs: 0 }
    const parts = [
      { path: await record('a', [1, 4, 8.5]), correct: same },
      { path: await record('b', [1002.2, 1008.8, 1011]), correct: correctTime(first, last) },
    ]
    await merge({ parts })
    const found = await frames()
    // Without the drift b's second would be behind a's last.
    expect(found.map(({ wire }) => wire).join('')).to.equal('ababab')
    expect(found[1]?.atMs).to.be.closeTo(1.98, 0.01)
    expect(found[3]?.atMs).to.be.closeTo(7.92, 0.01)
  })

  it('never turns the order of one part round, and gives no time twice', async () => {
    const parts = [
      { path: await record('a', [1, 2, 3]), correct: () => startMs },
      { path: await record('b', [1, 2, 3]), correct: () => startMs },
    ]
    await merge({ parts })
    const found = await frames()
    const times = found.map(({ atMs }) => atMs)
    expect(new Set(times).size).to.equal(6)
    expect(times).to.deep.equal(times.toSorted((x, y) => x - y))
    expect(found.filter(({ wire }) => wire === 'a').map(({ text }) => text)).to.deep.equal([
      'a 1',
      'a 2',
      'a 3',
    ])
  })

  it('has secrets of all before the first frame, each once', async () => {
    const parts = [await record('a', [1]), await record('b', [2])]
    const held = [secretOf('0c'), secretOf('0a')]
    await merge({ parts: parts.map((part) => ({ path: part, correct: same })), secrets: held })
    const all = await items(path)
    const firstFrame = all.findIndex(({ kind }) => kind === 'frame')
    const before = all.slice(0, firstFrame).flatMap((item) => {
      return item.kind === 'secrets' ? item.lines.filter((line) => line !== '') : []
    })
    expect(before.toSorted()).to.deep.equal([secretOf('0a'), secretOf('0b'), secretOf('0c')])
    expect(all.slice(firstFrame).some(({ kind }) => kind === 'secrets')).to.equal(false)
    expect(all.filter(({ kind }) => kind === 'name')).to.have.length(1)
  })

  it('puts each note on the next frame, before what the part itself says', async () => {
    const parts = [{ path: await record('a', [1, 5], 'cut'), correct: same }]
    const notes = [
      { atMs: 0, text: 'clocks' },
      { atMs: startMs + 3, text: 'body' },
      { atMs: startMs + 9, text: 'after all' },
    ]
    await merge({ parts, notes })
    const found = await frames()
    expect(found.map(({ comments }) => comments)).to.deep.equal([
      ['clocks', 'cut 1'],
      ['body', 'cut 5'],
    ])
    expect(readFileSync(path).includes('after all')).to.equal(true)
  })

  it('refuses a damaged part, and leaves nothing of the whole', async () => {
    const part = await record('a', [1, 2])
    truncateSync(part, statSync(part).size - 7)
    const error = await merge({ parts: [{ path: part, correct: same }] }).then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    expect(error).to.be.instanceOf(BenchError).and.include({ code: 'RECORDING_INVALID' })
    expect(existsSync(path)).to.equal(false)
    expect(existsSync(`${path}.merging`)).to.equal(false)
  })

  it('writes what tshark reads as the writer meant it', async () => {
    const parts = [await record('a', [1, 3]), await record('b', [2])]
    await merge({ parts: parts.map((part) => ({ path: part, correct: same })) })
    const fields = await tsharkFields(path, ['frame.interface_name', 'udp.length', 'ip.src'])
    expect(fields).to.deep.equal([
      ['a', '11', '10.1.0.3'],
      ['b', '11', '10.1.0.3'],
      ['a', '11', '10.1.0.3'],
    ])
  })
})
