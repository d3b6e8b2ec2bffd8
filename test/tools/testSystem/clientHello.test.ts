import { expect } from 'chai'
import fc from 'fast-check'
import { describe, it } from 'mocha'
import { buildClientHello, parseHelloAnswer } from '../../../tools/testSystem/clientHello.ts'

const random = new Uint8Array(32).fill(7)
const serverHello = (suite: number, sessionId = 0) => {
  const body = [3, 3, ...random, sessionId, ...new Array<number>(sessionId).fill(1)]
  const hello = [...body, suite >> 8, suite & 0xff, 0]
  const message = [2, 0, 0, hello.length, ...hello]
  return Uint8Array.from([0x16, 3, 3, 0, message.length, ...message])
}

describe('tools/testSystem/clientHello', () => {
  it('writes one record whose lengths fit, with version, suites and server name', () => {
    const spec = { version: 0x0303, suites: [0x0003, 0x00ae], serverName: 'cse1.sp.example' }
    const bytes = Buffer.from(buildClientHello(spec, random))
    expect(bytes[0]).to.equal(0x16)
    expect(bytes.readUInt16BE(3)).to.equal(bytes.length - 5)
    expect(bytes.readUIntBE(6, 3)).to.equal(bytes.length - 9)
    expect(bytes.readUInt16BE(9)).to.equal(0x0303)
    expect(bytes.subarray(11, 43)).to.deep.equal(Buffer.from(random))
    expect(bytes.subarray(44, 50).toString('hex')).to.equal('0004000300ae')
    expect(bytes.includes('cse1.sp.example')).to.equal(true)
  })

  it('leaves signature algorithms out before TLS 1.2', () => {
    const offer = (version: number) =>
      Buffer.from(buildClientHello({ version, suites: [1] }, random))
    expect(offer(0x0303).length - offer(0x0302).length).to.equal(14)
  })

  it('reads version and suite of a ServerHello, with and without a session id', () => {
    for (const bytes of [serverHello(0x00ae), serverHello(0x00ae, 32)])
      expect(parseHelloAnswer(bytes)).to.deep.equal({
        answer: 'server-hello',
        version: 0x0303,
        suite: 0x00ae,
      })
  })

  it('reads an alert by its name', () => {
    expect(parseHelloAnswer(Uint8Array.from([0x15, 3, 3, 0, 2, 2, 40]))).to.deep.equal({
      answer: 'alert',
      level: 2,
      description: 'handshake_failure',
    })
  })

  it('waits for the rest of what has only begun', () => {
    const whole = serverHello(0x00ae, 32)
    for (let length = 0; length < whole.length - 2; length++)
      expect(parseHelloAnswer(whole.subarray(0, length)), `${length} bytes`).to.equal(undefined)
    expect(parseHelloAnswer(Uint8Array.from([0x15, 3, 3, 0, 2, 2]))).to.equal(undefined)
  })

  it('takes nothing else for TLS', () => {
    const answers = ['HTTP/1.1 400', '\x16\x02\x00\x00\x01\x00', '\x15\x03\x03\x00\x05\x01\x02']
    for (const text of answers)
      expect(parseHelloAnswer(Buffer.from(text, 'latin1'))?.answer).to.equal('other')
  })

  it('never throws, whatever comes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, tls) => {
        const input = tls ? Uint8Array.from([0x16, 3, 3, ...bytes]) : bytes
        const answer = parseHelloAnswer(input)?.answer
        expect([undefined, 'server-hello', 'alert', 'other']).to.include(answer)
      }),
      { seed: 1, numRuns: 500 },
    )
  })
})
