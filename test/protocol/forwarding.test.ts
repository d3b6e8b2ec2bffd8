import { expect } from 'chai'
import fc from 'fast-check'
import { describe, it } from 'mocha'
import {
  convertFrom,
  expired,
  type ForwardingContext,
  nextHop,
  originalRequestId,
  prefixRequestId,
} from '../../protocol/forwarding.ts'
import { fuzz, nearlyRight } from './arbitraries.ts'

const own = { spId: 'sp.example', cseId: '/cse1' }
const middle: ForwardingContext = {
  own,
  registrees: [
    { cseId: '/asn', descendants: [] },
    { cseId: '/mn', descendants: ['/mn-a', '/mn-b'] },
  ],
  registrarCseId: '/in',
  cameFrom: 'ae',
  isIn: false,
}
const { registrarCseId: _, ...withoutRegistrar } = middle
const infrastructure: ForwardingContext = { ...withoutRegistrar, isIn: true }

type Row = readonly [title: string, to: string, context: ForwardingContext, expected: string]

const table: readonly Row[] = [
  ['own resource, CSE-relative', 'base/a', middle, 'hosting'],
  ['own resource, SP-relative', '/cse1/base', middle, 'hosting'],
  ['own resource, absolute', '//sp.example/cse1/base', middle, 'hosting'],
  ['registree', '/asn/base', middle, '/asn'],
  ['registree, absolute', '//sp.example/asn/base', middle, '/asn'],
  ['descendant', '/mn-b/base', middle, '/mn'],
  ['descendant, from the registrar', '/mn-b/base', { ...middle, cameFrom: '/in' }, '/mn'],
  ['unknown CSE, from an AE', '/x/base', middle, '/in'],
  ['unknown CSE, from a registree', '/x/base', { ...middle, cameFrom: '/mn' }, '/in'],
  ['unknown CSE, from the registrar', '/x/base', { ...middle, cameFrom: '/in' }, '4004'],
  ['unknown CSE, no registrar', '/x/base', withoutRegistrar, '4004'],
  ['unknown CSE at the IN', '/x/base', infrastructure, '4004'],
  ['back to the registree it came from', '/mn-b/base', { ...middle, cameFrom: '/mn' }, '4004'],
  ['other provider', '//other.example/asn/base', middle, '/in'],
  ['other provider at the IN', '//other.example/asn/base', infrastructure, '4004'],
  ['own CSE-ID of another provider', '//other.example/cse1/base', infrastructure, '4004'],
  ['no address', 'a//b', middle, '4000'],
]

describe('forwarding (TS-0004 7.3.2.6, 7.3.2.8)', () => {
  for (const [title, to, context, expected] of table) {
    it(`${title}: ${expected}`, () => {
      const hop = nextHop(to, context)
      const seen =
        hop.kind === 'forward' ? hop.cseId : hop.kind === 'refuse' ? `${hop.rsc}` : hop.kind
      expect(seen).to.equal(expected)
    })
  }

  it('prefers the addressed registree to one that calls it a descendant', () => {
    const registrees = [
      { cseId: '/liar', descendants: ['/mn'] },
      { cseId: '/mn', descendants: [] },
    ]
    const hop = nextHop('/mn/base', { ...middle, registrees })
    expect(hop).to.deep.equal({ kind: 'forward', cseId: '/mn' })
  })

  const conversions: readonly (readonly [fr: string, to: string, isIn: boolean, out: string])[] = [
    ['CAE1', '/cse2/base', false, '/cse1/CAE1'],
    ['CAE1', '//other.example/cse9/base', false, '/cse1/CAE1'],
    ['CAE1', '//other.example/cse9/base', true, '//sp.example/cse1/CAE1'],
    ['CAE1', '//sp.example/cse2/base', true, '/cse1/CAE1'],
    ['/cse3/CAE1', '/cse2/base', true, '/cse3/CAE1'],
    ['/cse3/CAE1', '//other.example/cse9/base', true, '//sp.example/cse3/CAE1'],
    ['/cse3', '//other.example/cse9/base', true, '//sp.example/cse3'],
    ['SAE2', '/cse2/base', false, 'SAE2'],
    ['SAE2', '//other.example/cse9/base', true, '//sp.example/SAE2'],
    ['//other.example/cse9', '/cse2/base', true, '//other.example/cse9'],
    ['C', '/cse2/base', false, 'C'],
  ]
  for (const [fr, to, isIn, out] of conversions) {
    it(`From ${fr} leaves ${isIn ? 'an IN' : 'a MN'} towards ${to} as ${out}`, () => {
      expect(convertFrom(fr, { own, to, isIn })).to.equal(out)
    })
  }

  it('prefixes request identifiers and takes the prefix off (TS-0001 7.1.7)', () => {
    expect(prefixRequestId('r1', 'CAE1')).to.equal('CAE1/r1')
    expect(originalRequestId('CAE1/r1')).to.equal('r1')
    expect(originalRequestId('SAE2/a/b')).to.equal('a/b')
    expect(originalRequestId('r1')).to.equal('r1')
    expect(originalRequestId('btp/r1')).to.equal('btp/r1')
    expect(originalRequestId('CAE1/')).to.equal('CAE1/')
    expect(originalRequestId('Cother/r1', 'CAE1')).to.equal('Cother/r1')
    expect(originalRequestId('CAE1/Cother/r1', 'CAE1')).to.equal('Cother/r1')
  })

  const nowMs = Date.UTC(2026, 10, 22, 13)
  const request = { op: 2, to: '/cse2/base', rqi: 'r1' } as const
  for (const name of ['rqet', 'rset', 'oet']) {
    it(`does not pass on what is past its ${name}`, () => {
      const rsc = (text: string) => expired({ ...request, [name]: text }, nowMs)?.rsc
      expect(rsc('20261122T125959')).to.equal(4008)
      expect(rsc('20261122T130000')).to.equal(4008)
      expect(rsc('20261122T130001')).to.equal(undefined)
      expect(rsc('1000')).to.equal(undefined)
      expect(rsc('soon')).to.equal(4000)
      expect(expired(request, nowMs)).to.equal(undefined)
    })
  }

  it('takes any address and From without throwing', () => {
    fc.assert(
      fc.property(nearlyRight, nearlyRight, (to, fr) => {
        const hop = nextHop(to, middle)
        expect(['hosting', 'forward', 'refuse']).to.include(hop.kind)
        const once = convertFrom(fr, { own, to, isIn: true })
        expect(convertFrom(once, { own, to, isIn: true })).to.equal(once)
        expect(originalRequestId(prefixRequestId(fr, 'CAE1'), 'CAE1')).to.equal(fr)
      }),
      fuzz,
    )
  })
})
