import { PassThrough, Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { assert } from 'chai'
import fc from 'fast-check'
import { demultiplex } from '../../../../tools/runtimes/docker/demultiplex.ts'

const header = (kind: number, length: number) => {
  const bytes = Buffer.from([kind, 0, 0, 0, 0, 0, 0, 0])
  bytes.writeUInt32BE(length, 4)
  return bytes
}
const piece = (kind: number, bytes: Uint8Array) =>
  Buffer.concat([header(kind, bytes.length), bytes])

describe('the attach stream of an engine', () => {
  it('is taken apart whatever pieces it comes in', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom(1, 2), fc.uint8Array({ maxLength: 40 }))),
        fc.integer({ min: 1, max: 30 }),
        async (pieces, size) => {
          const all = Buffer.concat(pieces.map(([kind, bytes]) => piece(kind, bytes)))
          const chunks = Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
            all.subarray(index * size, (index + 1) * size),
          )
          const { stdout, stderr } = demultiplex(Readable.from(chunks, { objectMode: false }))
          const of = (wanted: number) =>
            Buffer.concat(pieces.filter(([kind]) => kind === wanted).map(([, bytes]) => bytes))
          const [out, err] = await Promise.all([buffer(stdout), buffer(stderr)])
          assert.isTrue(out.equals(of(1)) && err.equals(of(2)))
        },
      ),
      { numRuns: 100, seed: 3 },
    )
  })

  it('ends both outputs when it breaks off in the middle', async () => {
    const source = new PassThrough()
    const { stdout, stderr } = demultiplex(source)
    const [out, err] = [buffer(stdout), buffer(stderr)]
    source.write(Buffer.concat([header(1, 100), Buffer.from('half')]))
    source.destroy(new Error('reset'))
    assert.equal((await err).length, 0)
    assert.isAtMost((await out).length, 4)
  })

  it('takes no more from the engine than its readers take', async () => {
    let taken = 0
    const source = new Readable({
      highWaterMark: 1024,
      read() {
        taken += 1
        this.push(taken > 10_000 ? null : piece(1, Buffer.alloc(1016)))
      },
    })
    const { stdout } = demultiplex(source)
    await new Promise((resolve) => stdout.once('readable', resolve))
    await new Promise((resolve) => setImmediate(resolve))
    assert.isBelow(taken, 500)
    stdout.destroy()
  })

  it('goes on with one output when the reader of the other gives up', async () => {
    const source = new PassThrough()
    const { stdout, stderr } = demultiplex(source)
    const err = buffer(stderr)
    source.write(piece(1, Buffer.alloc(100_000)))
    stdout.destroy()
    source.end(piece(2, Buffer.from('last words')))
    assert.equal((await err).toString(), 'last words')
  })
})
