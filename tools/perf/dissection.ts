import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { dissect } from '../dissect/dissect.ts'
import type { Figure } from './figure.ts'
import { sealedRecording } from './sealedRecording.ts'

const rounds = 20_000
const canaries = [
  { label: 'one', text: 'canary-7f3a91c2d4e5' },
  { label: 'two', text: 'canary "quoted" 0a1b2c' },
]
const content = '{"m2m:cin":{"con":"reading 42"}}'
const request = Buffer.from(
  'POST /~/cse1/base/box HTTP/1.1\r\nHost: cse1\r\nX-M2M-RI: r1\r\nX-M2M-Origin: CAE1\r\nX-M2M-RVI: 3\r\n' +
    `Content-Type: application/json;ty=4\r\nContent-Length: ${content.length}\r\n\r\n${content}`,
)
const response = Buffer.from(
  'HTTP/1.1 201 Created\r\nX-M2M-RI: r1\r\nX-M2M-RSC: 2001\r\nX-M2M-RVI: 3\r\nContent-Length: 0\r\n\r\n',
)

/** Speed of dissection with decryption, primitives and the search for canaries; and how memory grows with the recording. */
export async function dissectionFigures(): Promise<Figure[]> {
  const recording = Buffer.concat([...sealedRecording({ rounds, request, response })])
  const before = process.cpuUsage()
  const startedAt = performance.now()
  const { trace } = await dissect(recording, { canaries })
  const seconds = (performance.now() - startedAt) / 1000
  const cpu = process.cpuUsage(before)
  const cpuSeconds = (cpu.user + cpu.system) / 1e6
  const small = await heldAtMost(5_000)
  const large = await heldAtMost(40_000)
  return [
    {
      name: 'dissection with decryption, elapsed',
      value: trace.recording.frames / seconds,
      unit: 'frames/s',
      atLeast: 20_000,
    },
    {
      name: 'dissection with decryption, per second of processor time',
      value: trace.recording.frames / cpuSeconds,
      unit: 'frames/s',
    },
    {
      name: 'memory while reading 8 times the recording (opaque content)',
      value: large / small,
      unit: '×',
      atMost: 1.5,
    },
    { name: 'memory while reading, at most', value: large / 2 ** 20, unit: 'MiB' },
  ]
}

/**
 * The most memory held while a recording of opaque content streams by, in bytes above what was held before. Content that
 * is no HTTP leaves nothing in the trace, so whatever grows is the dissector's own.
 */
async function heldAtMost(opaqueRounds: number): Promise<number> {
  const collect = garbageCollector()
  const held = () => {
    // The first sweep of buffers goes on beside the program; the second waits for it.
    collect()
    collect()
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    return heapUsed + arrayBuffers
  }
  const opaque = Buffer.alloc(1_000, 0x80)
  const before = held()
  let most = 0
  let chunks = 0
  async function* source() {
    const made = sealedRecording({ rounds: opaqueRounds, request: opaque, response: opaque })
    for (const chunk of made) {
      yield chunk
      if (++chunks % 8 === 0) most = Math.max(most, held() - before)
    }
  }
  await dissect(source, { canaries })
  return most
}

/** Node hides it behind a flag, which can be set while running. */
function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  return typeof collect === 'function' ? () => collect() : () => {}
}
