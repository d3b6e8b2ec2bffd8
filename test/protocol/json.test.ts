import { expect } from 'chai'
import fc from 'fast-check'
import { describe, it } from 'mocha'
import { asJson, asJsonObject, parseJson, parseJsonBytes } from '../../protocol/json.ts'
import { anything, fuzz } from './arbitraries.ts'

describe('JSON from outside', () => {
  it('reads JSON', () => {
    expect(parseJson('{"a":[1,null,"ä"]}')).to.deep.equal({
      ok: true,
      value: { a: [1, null, 'ä'] },
    })
  })

  for (const text of [
    '',
    '{',
    '{"a":1e999}',
    '{"__proto__":1}',
    `${'['.repeat(40)}${']'.repeat(40)}`,
  ]) {
    it(`refuses ${text.slice(0, 20) || 'nothing'}`, () => {
      expect(parseJson(text).ok).to.equal(false)
    })
  }

  it('refuses bytes that are not UTF-8 instead of replacing them', () => {
    expect(parseJsonBytes(Uint8Array.of(0x22, 0xff, 0x22)).ok).to.equal(false)
    expect(parseJsonBytes(Uint8Array.of(0x22, 0x61, 0x22))).to.deep.equal({ ok: true, value: 'a' })
  })

  it('survives nesting of any depth', () => {
    expect(parseJson('['.repeat(100_000)).ok).to.equal(false)
    expect(parseJson(`${'['.repeat(100_000)}${']'.repeat(100_000)}`).ok).to.equal(false)
  })

  it('takes anything without throwing, and what it takes is JSON', () => {
    fc.assert(
      fc.property(anything, fc.string(), fc.uint8Array(), (value, text, bytes) => {
        parseJson(text)
        parseJsonBytes(bytes)
        asJsonObject(value)
        const json = asJson(value)
        if (json.ok) expect(JSON.stringify(json.value)).to.be.a('string')
      }),
      fuzz,
    )
  })
})
