import { expect } from 'chai'
import fc from 'fast-check'
import { describe, it } from 'mocha'
import { makeLineSplitter } from '../../protocol/lines.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

describe('makeLineSplitter', () => {
  it('gives the lines of a text back, however it is cut', () => {
    const line = fc.string({ unit: 'grapheme', maxLength: 30 }).filter((s) => !/[\r\n]/.test(s))
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.nat(7)), (texts, cuts) => {
        const splitter = makeLineSplitter(1000)
        let rest = bytes(texts.map((text) => `${text}\n`).join(''))
        const seen: string[] = []
        for (let at = 0; rest.length > 0; at++) {
          const size = 1 + (cuts[at % Math.max(1, cuts.length)] ?? 3)
          for (const found of splitter.push(rest.subarray(0, size)))
            seen.push('text' in found ? found.text : 'too long')
          rest = rest.subarray(size)
        }
        expect(seen).to.deep.equal(texts)
      }),
      { numRuns: 300 },
    )
  })

  it('tells once of a line that is too long, and goes on with the next', () => {
    const splitter = makeLineSplitter(4)
    expect(splitter.push(bytes('12345'))).to.deep.equal([{ tooLong: true }])
    expect(splitter.push(bytes('67890'))).to.deep.equal([])
    expect(splitter.push(bytes('x\n1234\r\n123\r\n'))).to.deep.equal([
      { tooLong: true },
      { text: '123' },
    ])
    expect(splitter.push(bytes('1234\n'))).to.deep.equal([{ text: '1234' }])
  })

  it('does not depend on what becomes of the bytes it was given', () => {
    const splitter = makeLineSplitter(10)
    const reused = bytes('ab')
    splitter.push(reused)
    reused.fill(0)
    expect(splitter.push(bytes('\n'))).to.deep.equal([{ text: 'ab' }])
  })
})
