import { once } from 'node:events'
import { type Duplex, duplexPair } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { expect } from 'chai'
import fc from 'fast-check'
import { describe, it } from 'mocha'
import { BenchError } from '../../../protocol/errors.ts'
import { type Mux, openMux } from '../../../tools/fabric/mux.ts'
import { channelWindow } from '../../../tools/fabric/muxChannel.ts'
import { encodeFrame, type MuxFrame, makeFrameDecoder } from '../../../tools/fabric/muxFrames.ts'

const bound = { timeoutMs: 1000 }
const turn = () => new Promise((resolve) => setImmediate(resolve))

interface Heard {
  readonly told: unknown[]
}

interface EndOptions {
  readonly onRequest?: (body: unknown) => unknown
  readonly onTold?: (body: unknown) => void
}

function end(stream: Duplex, side: 'bench' | 'agent', options: EndOptions = {}): Mux & Heard {
  const told: unknown[] = []
  const mux = openMux({
    input: stream,
    output: stream,
    side,
    onRequest: options.onRequest ?? ((body) => body),
    onTold: options.onTold ?? ((body) => void told.push(body)),
  })
  return Object.assign(mux, { told })
}

function pair(agent: EndOptions = {}, bench: EndOptions = {}) {
  const [a, b] = duplexPair()
  return { bench: end(a, 'bench', bench), agent: end(b, 'agent', agent), below: [a, b] as const }
}

/** A channel with both of its ends, opened by the bench. */
function channelPair(allowHalfOpen = true) {
  const { bench, agent, below } = pair()
  const near = bench.open({ allowHalfOpen })
  const far = agent.accept(near.number, { allowHalfOpen })
  return { bench, agent, near, far, below }
}

async function failure(promise: Promise<unknown>): Promise<Error & { code?: string }> {
  return promise.then(
    () => new Error('it did not fail'),
    (error: Error) => error,
  )
}

describe('the multiplexed stream: messages', () => {
  it('answers requests, each with its own answer, in whatever order', async () => {
    const { bench } = pair({
      onRequest: async (body) => {
        if (body instanceof Object && 'slow' in body) await turn()
        return { seen: body }
      },
    })
    const [slow, quick] = [bench.request({ slow: 1 }, bound), bench.request({ quick: 2 }, bound)]
    expect(await quick).to.deep.equal({ seen: { quick: 2 } })
    expect(await slow).to.deep.equal({ seen: { slow: 1 } })
  })

  it('brings errors across: code, message and remedy', async () => {
    const errors = [
      new BenchError('ADDRESS_IN_USE', 'taken', { remedy: 'choose another' }),
      Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }),
    ]
    const { bench } = pair({
      onRequest: () => {
        throw errors.shift()
      },
    })
    const first = await failure(bench.request({}, bound))
    expect(first).to.be.instanceOf(BenchError)
    expect(first).to.include({ code: 'ADDRESS_IN_USE', message: 'taken', remedy: 'choose another' })
    const second = await failure(bench.request({}, bound))
    expect(second).not.to.be.instanceOf(BenchError)
    expect(second).to.include({ code: 'ECONNREFUSED', message: 'connect ECONNREFUSED' })
  })

  it('does not wait for ever for an answer', async () => {
    const { bench } = pair({ onRequest: () => new Promise(() => {}) })
    const error = await failure(bench.request({}, { timeoutMs: 5 }))
    expect(error).to.include({ code: 'TIMED_OUT' })
  })

  it('tells no later than it hands on the data that was sent after', async () => {
    const seen: string[] = []
    const { bench, agent } = pair({ onTold: (body) => void seen.push(JSON.stringify(body)) })
    const near = bench.open()
    const far = agent.accept(near.number)
    far.on('data', (bytes: Buffer) => seen.push(bytes.toString()))
    near.write('before')
    await turn()
    bench.tell({ secret: 1 })
    near.write('after')
    await turn()
    expect(seen).to.deep.equal(['before', '{"secret":1}', 'after'])
  })
})

describe('the multiplexed stream: channels', () => {
  it('carries bytes both ways, and each half ends by itself', async () => {
    const { near, far } = channelPair()
    const big = Buffer.alloc(3 * channelWindow, 'abc')
    near.end(big)
    expect((await buffer(far)).equals(big)).to.equal(true)
    expect(far.writable).to.equal(true)
    far.end('answer')
    expect((await buffer(near)).toString()).to.equal('answer')
    await Promise.all([near, far].map((side) => side.closed || once(side, 'close')))
  })

  it('ends both ways with the far half where half-open is not wanted', async () => {
    const { near, far } = channelPair(false)
    near.resume()
    far.resume()
    far.end()
    await Promise.all([once(near, 'close'), once(far, 'close')])
    expect(near.errored).to.equal(null)
  })

  it('sends no more than a window to who does not read', async () => {
    const { near, far } = channelPair()
    let sent = 0
    for (let piece = 0; piece < 40; piece++) {
      near.write(Buffer.alloc(64 * 1024), () => {
        sent += 64 * 1024
      })
    }
    await turn()
    await turn()
    // What is taken from the wire is the window, and what the reader's own stream buffers.
    expect(sent).to.be.within(channelWindow, channelWindow + 2 * 64 * 1024)
    let received = 0
    far.on('data', (bytes: Buffer) => {
      received += bytes.length
    })
    near.end()
    await once(far, 'end')
    expect(received).to.equal(40 * 64 * 1024)
  })

  it('does not let a slow channel hold up another', async () => {
    const { bench, agent, near } = channelPair()
    near.write(Buffer.alloc(2 * channelWindow))
    const other = bench.open()
    const far = agent.accept(other.number)
    other.end('quick')
    expect((await buffer(far)).toString()).to.equal('quick')
  })

  it('breaks off with the code of the error, after what came before it', async () => {
    const { near, far } = channelPair()
    const seen: string[] = []
    far.on('data', (bytes: Buffer) => seen.push(bytes.toString()))
    far.on('error', (error: Error & { code?: string }) => seen.push(error.code ?? ''))
    near.on('error', () => {})
    near.write('last words')
    near.destroy(Object.assign(new Error('gone'), { code: 'ECONNRESET' }))
    await new Promise((resolve) => far.once('close', resolve))
    expect(seen).to.deep.equal(['last words', 'ECONNRESET'])
  })

  it('closes without an error when the other side was closed without one', async () => {
    const { near, far } = channelPair()
    far.resume()
    near.destroy()
    await once(far, 'close')
    expect(far.errored).to.equal(null)
    // Data that was on its way to the closed side is nothing to complain of.
    far.write('too late', () => {})
  })

  it('numbers the channels of the two sides apart', () => {
    const { bench, agent } = pair()
    const numbers = [bench.open(), bench.open(), agent.open(), agent.open()].map((c) => c.number)
    expect(new Set(numbers)).to.have.property('size', 4)
    expect(() => bench.accept(numbers[0] ?? 0)).to.throw(BenchError)
    bench.accept(numbers[2] ?? 0)
    expect(() => bench.accept(numbers[2] ?? 0)).to.throw(BenchError)
  })
})

describe('the multiplexed stream: what is not to be trusted', () => {
  it('ends everything when the stream is gone, and says so', async () => {
    const { bench, near, far, below } = channelPair()
    far.on('error', () => {})
    const errors = Promise.all([failure(bench.request({}, bound)), once(near, 'error')])
    below[1].destroy()
    const [refused, [error]] = await errors
    expect(refused).to.include({ code: 'FABRIC_LOST' })
    expect(error).to.include({ code: 'FABRIC_LOST' })
    expect(await bench.ended).to.equal(undefined)
    expect(await failure(bench.request({}, bound))).to.include({ code: 'FABRIC_LOST' })
  })

  it('knows a foreign stream by its first bytes', async () => {
    for (const text of [
      'Error: cannot find module\n',
      '{"event":"ready"}\n',
      '\0\0\0\x05\x01abcd',
    ]) {
      const [a, b] = duplexPair()
      const bench = end(a, 'bench')
      b.write(text)
      expect(await bench.ended, text).to.include({ code: 'FABRIC_LOST' })
    }
  })

  it('takes nothing before the greeting', async () => {
    const [a, b] = duplexPair()
    const bench = end(a, 'bench')
    b.write(encodeFrame({ kind: 'message', text: '{"body":1}' }))
    expect(await bench.ended).to.include({ code: 'FABRIC_LOST' })
    expect(bench.told).to.deep.equal([])
  })

  it('refuses a frame for what its head says, before it has all of it', () => {
    for (const [type, length] of [
      [1, 5 * 1024 * 1024],
      [2, 70_000],
      [3, 9],
      [4, 5],
      [5, 70],
      [9, 1],
      [1, -1],
    ] as const) {
      const decoder = makeFrameDecoder()
      decoder.push(encodeFrame({ kind: 'hello' }))
      const head = Buffer.alloc(5)
      head.writeUInt32BE(length + 1)
      head[4] = type
      expect(() => decoder.push(head), `${type} ${length}`).to.throw(BenchError)
    }
  })

  const offences: Readonly<Record<string, readonly MuxFrame[]>> = {
    'a channel nobody opened': [{ kind: 'end', channel: 6 }],
    'data after the end': [
      { kind: 'end', channel: 1 },
      { kind: 'data', channel: 1, bytes: Buffer.from('x') },
    ],
    'a second end': [
      { kind: 'end', channel: 1 },
      { kind: 'end', channel: 1 },
    ],
    'more data than allowed': Array.from({ length: 8 }, () => ({
      kind: 'data' as const,
      channel: 1,
      bytes: Buffer.alloc(64 * 1024),
    })),
    'too much credit': [{ kind: 'credit', channel: 1, count: 1 }],
    'a second greeting': [{ kind: 'hello' }],
    'a message that is no JSON': [{ kind: 'message', text: '{' }],
    'a message that is no object': [{ kind: 'message', text: '[1]' }],
  }
  for (const [name, frames] of Object.entries(offences)) {
    it(`ends at ${name}`, async () => {
      const [a, b] = duplexPair()
      const bench = end(a, 'bench')
      const channel = bench.open({ allowHalfOpen: true })
      channel.on('error', () => {})
      for (const frame of [{ kind: 'hello' } as const, ...frames]) b.write(encodeFrame(frame))
      expect(await bench.ended).to.include({ code: 'FABRIC_LOST' })
    })
  }

  it('reads its own frames back, however they are cut', () => {
    const channel = fc.integer({ min: 1, max: 2 ** 32 - 1 })
    const bytes = fc.uint8Array({ maxLength: 300 }).map((b) => Buffer.from(b))
    const frame: fc.Arbitrary<MuxFrame> = fc.oneof(
      fc.record({ kind: fc.constant('message' as const), text: fc.string({ unit: 'grapheme' }) }),
      fc.record({ kind: fc.constant('data' as const), channel, bytes }),
      fc.record({ kind: fc.constant('credit' as const), channel, count: channel }),
      fc.record({ kind: fc.constant('end' as const), channel }),
      fc.record({ kind: fc.constant('reset' as const), channel, code: fc.constant('EPIPE') }),
    )
    fc.assert(
      fc.property(fc.array(frame), fc.array(fc.integer({ min: 1, max: 40 })), (frames, cuts) => {
        const all: MuxFrame[] = [{ kind: 'hello' }, ...frames]
        let rest = Buffer.concat(all.map(encodeFrame))
        const decoder = makeFrameDecoder()
        const seen: MuxFrame[] = []
        for (let at = 0; rest.length > 0; at++) {
          const size = cuts[at % Math.max(1, cuts.length)] ?? 7
          seen.push(...decoder.push(rest.subarray(0, size)))
          rest = rest.subarray(size)
        }
        expect(seen).to.deep.equal(all)
      }),
      { numRuns: 200 },
    )
  })

  it('throws nothing but its own error and holds no more than a frame, whatever it is given', () => {
    const start = encodeFrame({ kind: 'hello' })
    const noise = fc.uint8Array({ maxLength: 200 })
    fc.assert(
      fc.property(fc.boolean(), fc.array(noise, { maxLength: 6 }), (greeted, pieces) => {
        const decoder = makeFrameDecoder()
        try {
          if (greeted) decoder.push(start)
          for (const piece of pieces) decoder.push(Buffer.from(piece))
        } catch (error) {
          expect(error).to.be.instanceOf(BenchError).with.property('code', 'FABRIC_LOST')
        }
      }),
      { numRuns: 2000 },
    )
  })

  it('survives a conversation in which single bytes are wrong', async () => {
    const [below, recorded] = duplexPair()
    const agent = end(below, 'agent')
    agent.tell({ event: 'x' })
    const channel = agent.open({ allowHalfOpen: true })
    agent.tell({ connection: channel.number })
    channel.end('some bytes')
    await turn()
    const sound: Buffer = recorded.read() ?? Buffer.alloc(0)
    expect(sound.length).to.be.greaterThan(80)
    for (let at = 0; at < sound.length; at++) {
      const broken = Buffer.from(sound)
      broken[at] = (broken[at] ?? 0) ^ 0x55
      const [a, b] = duplexPair()
      const bench: Mux = end(a, 'bench', {
        onTold: (body) => {
          if (body instanceof Object && 'connection' in body)
            bench.accept(Number(body.connection)).on('error', () => {})
        },
      })
      b.end(broken)
      const reason = await bench.ended
      if (reason !== undefined) expect(reason).to.be.instanceOf(BenchError)
    }
  })
})
