import { expect } from 'chai'
import { describe, it } from 'mocha'
import { heldOutput } from '../../../tools/capture/heldOutput.ts'

const secret = `CLIENT_RANDOM ${'ab'.repeat(32)} ${'cd'.repeat(48)}`

describe('heldOutput', () => {
  function output() {
    const written: string[] = []
    const sink = {
      write: (bytes: Uint8Array) => void written.push(Buffer.from(bytes).toString('latin1')),
      close: () => void written.push('closed'),
    }
    const held = heldOutput(sink, { path: 'memory', header: Buffer.from('header') })
    return { held, written }
  }

  it('puts a secret before a frame that came first, however late the event loop is', async () => {
    const { held, written } = output()
    held.add(Buffer.from('key exchange'))
    const stalledUntil = performance.now() + 40
    while (performance.now() < stalledUntil) {
      // The process is busy: when it looks again, every timer is due at once, before any socket.
    }
    await new Promise((resolve) => setImmediate(resolve))
    held.addSecret(secret)
    held.close()
    const bytes = written.join('')
    expect(bytes.indexOf(secret)).to.be.within(1, bytes.indexOf('key exchange'))
    expect(bytes.startsWith('header')).to.equal(true)
  })

  it('writes by itself what nothing comes after', async () => {
    const { held, written } = output()
    held.add(Buffer.from('frame'))
    while (!written.includes('frame')) {
      await new Promise((resolve) => setImmediate(resolve))
    }
    held.close()
    held.close()
    expect(written).to.deep.equal(['header', 'frame', 'closed'])
  })

  it('does not hold more than its bound', () => {
    const { held, written } = output()
    held.add(Buffer.alloc(3_000_000))
    expect(written).to.have.length(1)
    held.add(Buffer.alloc(3_000_000))
    expect(written.map((piece) => piece.length)).to.deep.equal([6, 6_000_000])
    held.close()
  })
})
