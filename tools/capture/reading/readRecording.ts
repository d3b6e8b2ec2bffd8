import { createReadStream } from 'node:fs'
import { isPcapMagic, PcapParser } from './pcap.ts'
import { PcapngParser } from './pcapng.ts'
import type { RecordingItem, RecordingParser } from './recordingItem.ts'

/** A file, the bytes of one, or something that can hand them out again and again. */
export type RecordingSource = string | Uint8Array | (() => AsyncIterable<Uint8Array>)

const chunkLength = 1024 * 1024

/**
 * Reads pcapng or classic pcap in one pass, a batch of items per chunk of the file. Never throws for what the file holds:
 * trouble is an item, and everything before it stands. Rejects with the system's error when the file cannot be read.
 */
export async function* readRecording(
  source: RecordingSource,
): AsyncGenerator<readonly RecordingItem[]> {
  let parser: RecordingParser | undefined
  let head: Buffer = Buffer.alloc(0)
  for await (const chunk of chunksOf(source)) {
    if (parser === undefined) {
      head = Buffer.concat([head, chunk])
      if (head.length < 4) continue
      parser = parserFor(head)
      if (parser === undefined) break
      yield parser.push(head)
    } else yield parser.push(asBuffer(chunk))
  }
  yield parser?.finish() ?? [
    { kind: 'problem', code: 'foreign', message: 'neither pcapng nor pcap', offset: 0 },
  ]
}

function parserFor(head: Buffer): RecordingParser | undefined {
  if (head.readUInt32BE(0) === 0x0a0d0d0a) return new PcapngParser()
  return isPcapMagic(head) ? new PcapParser() : undefined
}

async function* chunksOf(source: RecordingSource): AsyncGenerator<Uint8Array> {
  if (typeof source === 'string') yield* createReadStream(source, { highWaterMark: chunkLength })
  else if (typeof source === 'function') yield* source()
  else
    for (let at = 0; at < source.length; at += chunkLength)
      yield source.subarray(at, at + chunkLength)
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
