import { expect } from 'chai'
import fc from 'fast-check'
import { describe, it } from 'mocha'
import { hmacSha256 } from '../../protocol/crypto.ts'
import { seededBytes, seededHex, seededInt } from '../../protocol/random.ts'
import { fuzz } from './arbitraries.ts'

const utf8 = new TextEncoder()

describe('seeded random', () => {
  it('hmacSha256 is that of RFC 4231, test case 2', () => {
    const mac = hmacSha256(utf8.encode('Jefe'), utf8.encode('what do ya want for nothing?'))
    const hex = Array.from(mac, (byte) => byte.toString(16).padStart(2, '0')).join('')
    expect(hex).to.equal('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843')
  })

  it('gives the same bytes for the same seed and label, other bytes for others', () => {
    const one = seededHex(42, 'key of AE1', 40)
    expect(seededHex(42, 'key of AE1', 40)).to.equal(one)
    expect(one).to.match(/^[0-9a-f]{80}$/)
    expect(seededHex(43, 'key of AE1', 40)).not.to.equal(one)
    expect(seededHex(42, 'key of AE2', 40)).not.to.equal(one)
    expect(one.slice(64)).not.to.equal(one.slice(0, 16))
    expect(seededBytes(42, 'key of AE1', 40).slice(0, 8)).to.deep.equal(
      seededBytes(42, 'key of AE1', 8),
    )
  })

  it('keeps integers in their range, both ends included', () => {
    fc.assert(
      fc.property(fc.integer(), fc.string(), fc.nat(50), (seed, label, width) => {
        const value = seededInt(seed, label, { min: -3, max: width - 3 })
        expect(value).to.be.within(-3, width - 3)
      }),
      fuzz,
    )
    const seen = new Set(
      Array.from({ length: 60 }, (_, i) => seededInt(i, 'x', { min: 1, max: 3 })),
    )
    expect([...seen].sort()).to.deep.equal([1, 2, 3])
  })
})
