import { PassThrough } from 'node:stream'
import { expect } from 'chai'
import fc from 'fast-check'
import { describe, it } from 'mocha'
import type { ControlCommand, ControlReply, StreamReply } from '../../nodes/contract.ts'
import { openStreamControl } from '../../nodes/streamControl.ts'

type CarryOut = (command: ControlCommand) => Promise<ControlReply>

const done: CarryOut = async () => ({ ok: true, value: null })

function open(carryOut: CarryOut = done) {
  const input = new PassThrough()
  const replies: StreamReply[] = []
  let ended = 0
  openStreamControl({
    input,
    carryOut,
    reply: (reply) => void replies.push(reply),
    onEnd: () => {
      ended += 1
    },
  })
  const settled = async () => {
    await new Promise((resolve) => setImmediate(resolve))
    return replies
  }
  return { input, settled, ended: () => ended }
}

describe('control over streams', () => {
  it('answers each command with its number, in whatever order they are done', async () => {
    const waiting: ((reply: ControlReply) => void)[] = []
    const { input, settled } = open(() => new Promise((resolve) => void waiting.push(resolve)))
    input.write('{"id":1,"command":{"do":"describe"}}\n{"id":2,"command":{"do":"resources"}}\n')
    await settled()
    waiting[1]?.({ ok: true, value: 'second' })
    waiting[0]?.({ ok: false, code: 127, because: 'first' })
    expect(await settled()).to.deep.equal([
      { reply: 2, ok: true, value: 'second' },
      { reply: 1, ok: false, code: 127, because: 'first' },
    ])
  })

  it('answers what is no command with 2, with the number where there is one', async () => {
    const { input, settled } = open()
    input.write('garbage\n{"id":-1,"command":{}}\n{"id":7}\n{"id":8,"command":[]}\n"text"\n')
    const replies = await settled()
    expect(replies.map((reply) => [reply.reply, !reply.ok && reply.code])).to.deep.equal([
      [null, 2],
      [null, 2],
      [7, 2],
      [8, 2],
      [null, 2],
    ])
  })

  it('refuses a line that is too long, and takes the next', async () => {
    const { input, settled } = open()
    input.write(`${'x'.repeat(1024 * 1024 + 1)}\n{"id":1,"command":{"do":"describe"}}\n`)
    const [tooLong, next] = await settled()
    expect(tooLong).to.deep.include({ reply: null, ok: false, code: 2 })
    expect(next).to.deep.equal({ reply: 1, ok: true, value: null })
  })

  it('does no more than so many at a time', async () => {
    let begun = 0
    const { input, settled } = open(() => {
      begun += 1
      return new Promise(() => {})
    })
    for (let id = 0; id < 300; id++) input.write(`{"id":${id},"command":{"do":"describe"}}\n`)
    const replies = await settled()
    expect(begun).to.equal(256)
    expect(replies).to.have.length(44)
    expect(replies[0]).to.deep.include({ reply: 256, ok: false, code: 1 })
  })

  it('survives anything, answering every line', async () => {
    const line = fc.oneof(
      fc.string(),
      fc.json(),
      fc.record({ id: fc.anything(), command: fc.anything() }).map((v) => JSON.stringify(v) ?? ''),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 8 }), async (lines) => {
        const whole = lines.map((text) => text.replaceAll(/[\r\n]/g, ' '))
        const { input, settled, ended } = open()
        input.end(whole.map((text) => `${text}\n`).join(''))
        expect(await settled()).to.have.length(whole.length)
        expect(ended()).to.equal(1)
      }),
      { numRuns: 300 },
    )
  })

  it('tells when the input ends or breaks', async () => {
    for (const finish of [
      (input: PassThrough) => void input.end(),
      (input: PassThrough) => void input.destroy(new Error('broken')),
    ]) {
      const { input, settled, ended } = open()
      finish(input)
      await settled()
      expect(ended()).to.equal(1)
    }
  })
})
