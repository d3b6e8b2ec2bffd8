import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { makeRecorder } from '../../../tools/capture/pcapngWriter.ts'
import type { RecordingSink } from '../../../tools/capture/recordingSink.ts'
import { temporaryFolder } from '../temporaryFolder.ts'
import { tsharkFields } from './tsharkFields.ts'

const ends = {
  client: { address: '127.42.0.1', port: 40_001 },
  server: { address: '127.42.0.2', port: 8080 },
}
const checksums = ['ip.check_checksum', 'tcp.check_checksum', 'udp.check_checksum'].flatMap(
  (preference) => ['-o', `${preference}:TRUE`],
)
const clientRandom = 'ab'.repeat(32)
const secret = `CLIENT_RANDOM ${clientRandom} ${'cd'.repeat(48)}`

describe('makeRecorder', () => {
  let folder: ReturnType<typeof temporaryFolder>
  let path: string
  beforeEach(() => {
    folder = temporaryFolder()
    path = join(folder.path, 'run.pcapng')
  })
  afterEach(() => folder.remove())

  it('writes connections that tshark finds nothing wrong with', async () => {
    const recorder = await makeRecorder(path)
    const tcp = recorder.addWire('ae1-cse1').openTcp(ends)
    tcp.data('client', Buffer.from('GET /base HTTP/1.1\r\nHost: cse1\r\n\r\n'))
    tcp.data('server', Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: 200001\r\n\r\n`))
    tcp.data('server', Buffer.alloc(200_001, 0x61))
    tcp.end('client')
    tcp.end('server')
    await recorder.close()

    const fields = ['tcp.analysis.flags', 'ip.checksum.status', 'tcp.checksum.status', 'ip.ttl']
    const frames = await tsharkFields(path, fields, checksums)
    expect(frames).to.have.length(3 + 2 + 4 + 3)
    for (const frame of frames) {
      expect(frame).to.deep.equal(['', '1', '1', '64'])
    }
    const answers = await tsharkFields(path, ['http.response.code', 'http.content_length'])
    expect(answers.filter(([code]) => code !== '')).to.deep.equal([['200', '200001']])
  })

  it('acknowledges a stream that gets no data back', async () => {
    const recorder = await makeRecorder(path)
    const tcp = recorder.addWire('w').openTcp(ends)
    for (let piece = 0; piece < 10; piece += 1) {
      tcp.data('server', Buffer.alloc(1024 * 1024))
    }
    await recorder.close()
    const fields = ['tcp.ack', 'tcp.analysis.flags']
    const acknowledgements = await tsharkFields(path, fields, [
      '-Y',
      'tcp.srcport == 40001 && tcp.len == 0 && tcp.ack > 1',
    ])
    expect(acknowledgements).to.have.length(2)
    expect(acknowledgements.map(([, flags]) => flags)).to.deep.equal(['', ''])
  })

  it('writes datagrams and IPv6 that tshark finds nothing wrong with', async () => {
    const recorder = await makeRecorder(path)
    const wire = recorder.addWire('udp')
    wire.datagram(ends, 'client', Buffer.from('odd'))
    wire.datagram(ends, 'server', Buffer.alloc(65_507, 0xff))
    const v6 = { client: { address: '::1', port: 1 }, server: { address: 'fe80::2%lo', port: 2 } }
    wire.openTcp(v6).data('server', Buffer.from([1, 2, 3]))
    wire.datagram(v6, 'client', Buffer.from('x'))
    await recorder.close()
    const statuses = await tsharkFields(
      path,
      ['udp.checksum.status', 'tcp.checksum.status'],
      [...checksums],
    )
    expect(statuses.map((status) => status.join(''))).to.deep.equal(new Array(7).fill('1'))
    const sources = await tsharkFields(path, ['ipv6.src', 'udp.srcport'])
    expect(sources.at(-3)).to.deep.equal(['::1', ''])
    expect(sources.at(-2)).to.deep.equal(['fe80::2', ''])
    expect(sources.at(1)).to.deep.equal(['', '8080'])
  })

  it('names its wires and addresses and keeps notes on the next frame', async () => {
    const recorder = await makeRecorder(path)
    recorder.nameAddress('127.42.0.1', 'ae1')
    const first = recorder.addWire('ae1-cse1')
    const second = recorder.addWire('cse1-cse2')
    first.datagram(ends, 'client', Buffer.from('1'))
    recorder.annotate('cut')
    recorder.annotate('healed')
    second.datagram(ends, 'client', Buffer.from('2'))
    first.datagram(ends, 'client', Buffer.from('3'))
    recorder.annotate('the end')
    await recorder.close()
    const frames = await tsharkFields(
      path,
      ['frame.interface_name', 'frame.comment', 'ip.src_host'],
      ['-N', 'n'],
    )
    expect(frames).to.deep.equal([
      ['ae1-cse1', '', 'ae1'],
      ['cse1-cse2', 'cut,healed', 'ae1'],
      ['ae1-cse1', '', 'ae1'],
    ])
    expect(readFileSync(path).includes('the end')).to.equal(true)
  })

  it('gives every frame a later time than the one before, even when the clock steps back', async () => {
    const times = [1000.5, 1000.5, 999, 1002]
    const recorder = await makeRecorder(path, { now: () => times.shift() ?? 0 })
    const wire = recorder.addWire('w')
    for (let frame = 0; frame < 4; frame += 1) {
      wire.datagram(ends, 'client', Buffer.from('x'))
    }
    await recorder.close()
    const frames = await tsharkFields(path, ['frame.time_epoch'])
    const microseconds = frames.map(([time]) => Number(time?.match(/\.(\d{6})/)?.[1]))
    expect(microseconds).to.deep.equal([500, 501, 502, 2000])
  })

  it('embeds each secret once, ahead of the frames just before it too, and nothing that is no secret', async () => {
    const recorder = await makeRecorder(path)
    const wire = recorder.addWire('w')
    wire.datagram(ends, 'client', Buffer.from('just before'))
    for (const line of [secret, secret, '# comment', 'CLIENT_RANDOM x y', `${secret}\n${secret}`]) {
      recorder.addSecret(line)
    }
    wire.datagram(ends, 'client', Buffer.from('after'))
    await recorder.close()
    const bytes = readFileSync(path).toString('latin1')
    expect(bytes.split(clientRandom)).to.have.length(2)
    expect(bytes.indexOf(clientRandom)).to.be.lessThan(bytes.indexOf('just before'))
    expect(bytes).not.to.contain('# comment')
  })

  it('keeps the file to its owner', async () => {
    const recorder = await makeRecorder(path)
    await recorder.close()
    expect(statSync(path).mode & 0o777).to.equal(0o600)
  })

  it('survives a full disk and says so', async () => {
    const recorder = await makeRecorder(path, { sink: fullAfter(300_000) })
    const wire = recorder.addWire('w')
    expect(recorder.failure).to.equal(undefined)
    for (let frame = 0; frame < 20; frame += 1) {
      wire.datagram(ends, 'client', Buffer.alloc(60_000))
    }
    await recorder.close()
    expect(recorder.failure).to.have.property('code', 'DISK_FULL')
  })

  it('says which file it cannot write', async () => {
    const missing = join(folder.path, 'no', 'such', 'folder.pcapng')
    const failure = await makeRecorder(missing).then(
      () => undefined,
      (error: unknown) => error,
    )
    expect(failure).to.have.property('code', 'FILE_UNREADABLE')
    expect(String(failure)).to.contain(missing)
  })

  it('leaves a readable file when its process is killed', async () => {
    const writer = new URL('./endlessWriter.ts', import.meta.url).pathname
    const child = spawn(process.execPath, [writer, path], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(child.stdout, 'data')
    child.kill('SIGKILL')
    await once(child, 'close')
    const frames = await tsharkFields(path, ['frame.number', 'udp.length'])
    expect(frames.length).to.be.greaterThan(100)
    expect(new Set(frames.map(([, length]) => length))).to.deep.equal(new Set(['508']))
  })

  it('keeps the stream whole whatever the pieces are', async () => {
    const piece = fc.tuple(
      fc.constantFrom<'client' | 'server'>('client', 'server'),
      fc.uint8Array({ maxLength: 70_000, size: 'max' }),
    )
    const pieces = fc.array(piece, { maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(pieces, async (conversation) => {
        const packets = await packetsOf(conversation)
        const spoken = (side: 'client' | 'server') =>
          Buffer.concat(conversation.filter(([from]) => from === side).map(([, bytes]) => bytes))
        expect(packets.client.equals(spoken('client'))).to.equal(true)
        expect(packets.server.equals(spoken('server'))).to.equal(true)
      }),
      { numRuns: 40, seed: 7 },
    )
  })
})

/** Reassembles what a recorder wrote, by sequence number, straight from the blocks. */
async function packetsOf(
  conversation: readonly (readonly ['client' | 'server', Uint8Array])[],
): Promise<{ client: Buffer; server: Buffer }> {
  const written: Buffer[] = []
  const sink: RecordingSink = {
    write: (bytes) => void written.push(Buffer.from(bytes)),
    close() {},
  }
  const recorder = await makeRecorder('memory', { sink })
  const tcp = recorder.addWire('w').openTcp(ends)
  for (const [from, bytes] of conversation) {
    tcp.data(from, bytes)
  }
  await recorder.close()
  const file = Buffer.concat(written)
  const streams = { client: [] as Buffer[], server: [] as Buffer[] }
  const next: Record<'client' | 'server', number | undefined> = {
    client: undefined,
    server: undefined,
  }
  for (let at = 0; at < file.length; at += file.readUInt32LE(at + 4)) {
    if (file.readUInt32LE(at) !== 6) {
      continue
    }
    const packet = file.subarray(at + 28, at + 28 + file.readUInt32LE(at + 20))
    const side = packet.readUInt16BE(20) === ends.client.port ? 'client' : 'server'
    const sequence = packet.readUInt32BE(24)
    const payload = packet.subarray(20 + ((packet[32] ?? 0) >> 4) * 4)
    expect(next[side] ?? sequence).to.equal(sequence)
    const syn = ((packet[33] ?? 0) & 2) / 2
    next[side] = (sequence + payload.length + syn) % 2 ** 32
    streams[side].push(payload)
  }
  return { client: Buffer.concat(streams.client), server: Buffer.concat(streams.server) }
}

function fullAfter(bound: number): RecordingSink {
  let taken = 0
  return {
    write(bytes) {
      taken += bytes.length
      if (taken > bound) {
        throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
      }
    },
    close() {},
  }
}
