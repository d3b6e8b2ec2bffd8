import { expect } from 'chai'
import fc from 'fast-check'
import { describe, it } from 'mocha'
import { formatTimestamp, parseExpiry, parseTimestamp } from '../../protocol/time.ts'
import { fuzz } from './arbitraries.ts'

const noon = Date.UTC(2026, 10, 22, 12, 0, 0)

describe('times', () => {
  it('reads timestamps with and without fraction', () => {
    expect(parseTimestamp('20261122T120000')).to.deep.equal({ ok: true, value: noon })
    expect(parseTimestamp('20261122T120000,25')).to.deep.equal({ ok: true, value: noon + 250 })
    expect(parseTimestamp('20261122T120000.250999')).to.deep.equal({ ok: true, value: noon + 250 })
    expect(parseTimestamp('20240229T235959').ok).to.equal(true)
  })

  for (const text of ['', '20261122', '20261122T1200', '20261322T120000', '20260431T120000']) {
    it(`refuses ${JSON.stringify(text)}`, () => expect(parseTimestamp(text).ok).to.equal(false))
  }
  for (const text of ['20261122T240000', '20261122T126000', '20250229T000000', '00500101T000000']) {
    it(`refuses ${text}`, () => expect(parseTimestamp(text).ok).to.equal(false))
  }

  it('writes what it reads', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) }), (ms) => {
        expect(parseTimestamp(formatTimestamp(ms))).to.deep.equal({ ok: true, value: ms })
      }),
      fuzz,
    )
  })

  it('reads an expiry as a timestamp or as milliseconds from now', () => {
    expect(parseExpiry('5000', noon)).to.deep.equal({ ok: true, value: noon + 5000 })
    expect(parseExpiry('20261122T120000', 0)).to.deep.equal({ ok: true, value: noon })
    for (const text of ['0', '-5', '1.5', '5e3', '+5', ' 5', '9999999999999']) {
      expect(parseExpiry(text, noon).ok, text).to.equal(false)
    }
  })

  it('takes any text without throwing', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^\d{8}T\d{6}(,\d{1,7})?$/)), (text) => {
        const due = parseExpiry(text, noon)
        if (due.ok) expect(Number.isFinite(due.value)).to.equal(true)
      }),
      fuzz,
    )
  })
})
