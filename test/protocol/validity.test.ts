import { expect } from 'chai'
import fc from 'fast-check'
import { describe, it } from 'mocha'
import type { RequestPrimitive } from '../../protocol/primitive.ts'
import {
  type AssociatedPeer,
  checkIncoming,
  type ValidityContext,
} from '../../protocol/validity.ts'
import { fuzz, nearlyRight, requests } from './arbitraries.ts'

const own = { spId: 'sp.example', cseId: '/cse1' }
const none: AssociatedPeer = { kind: 'none' }
const ae1: AssociatedPeer = { kind: 'ae', allowed: ['//sp.example/cse1/CAE1'] }
const twoAes: AssociatedPeer = {
  kind: 'ae',
  allowed: ['//sp.example/cse1/CAE1', '//sp.example/SAE2'],
}
const unregistered: AssociatedPeer = { kind: 'ae', allowed: ['//sp.example/cse1/CAE7'] }
const mn: AssociatedPeer = { kind: 'cse', id: '//sp.example/mn' }
const sCse: AssociatedPeer = { kind: 'cse', id: '//sp.example/Server' }

const context: ValidityContext = {
  own,
  association: none,
  registeredAe: (id) => ['//sp.example/cse1/CAE1', '//sp.example/SAE2'].includes(id),
  registreeCses: ['//sp.example/mn', '//sp.example/asn', '//sp.example/Server'],
  nowMs: Date.UTC(2026, 10, 22, 13),
}
const retrieve: RequestPrimitive = { op: 2, to: 'base', fr: 'CAE1', rqi: 'r1', rvi: '3' }
const createAe: RequestPrimitive = { ...retrieve, op: 1, ty: 2 }

function rsc(
  request: RequestPrimitive,
  association: AssociatedPeer = none,
  change: Partial<ValidityContext> = {},
): number {
  return checkIncoming(request, { ...context, association, ...change })?.rsc ?? 2000
}

function from(fr: string | undefined, request: RequestPrimitive = retrieve): RequestPrimitive {
  const { fr: _, ...rest } = request
  return fr === undefined ? rest : { ...rest, fr }
}

type Row = readonly [request: RequestPrimitive, association: AssociatedPeer, expected: number]

/** One group per row of the table, with what must still be let through beside it. */
const table: Readonly<Record<string, readonly Row[]>> = {
  'From missing and not an AE create': [
    [from(undefined), none, 4000],
    [from(undefined), ae1, 4000],
    [from(undefined), mn, 4000],
    [from(undefined, { ...createAe, ty: 3 }), ae1, 4000],
    [from(undefined, createAe), none, 2000],
    [from(undefined, createAe), ae1, 2000],
    [from('C', createAe), none, 2000],
    [from('S', createAe), ae1, 2000],
    [from('C'), ae1, 4000],
    [from('S'), none, 4000],
    [from('admin'), none, 4000],
  ],
  'From of a registree AE not as AE-ID-Stem': [
    [from('/cse1/CAE1'), none, 4000],
    [from('//sp.example/cse1/CAE1'), none, 4000],
    [from('/SAE2'), none, 4000],
    [from('/cse1/CAE1'), ae1, 4000],
    [from('//sp.example/cse1/CAE1'), ae1, 4000],
    [from('CAE1'), none, 2000],
    [from('SAE2'), none, 2000],
  ],
  'association with an AE, From not among its AE-IDs': [
    [from('CAE9'), ae1, 4106],
    [from('SAE2'), ae1, 4106],
    [from('/mn'), ae1, 4106],
    [from('/mn/CAE1'), ae1, 4106],
    [from('//other.example/cse1/CAE1'), ae1, 4106],
    [from('CAE9', createAe), ae1, 4106],
    [from('CAE1'), ae1, 2000],
    [from('CAE1', createAe), ae1, 2000],
    [from('SAE2'), twoAes, 2000],
    [from('/cse1/CAE7'), unregistered, 4000],
    [from('CAE7'), unregistered, 2000],
    [from('CAE1'), { kind: 'ae', allowed: [] }, 4106],
  ],
  'association with a CSE, From is another registree CSE': [
    [from('/asn'), mn, 4106],
    [from('//sp.example/asn'), mn, 4106],
    [from('/Server'), mn, 4106],
    [from('/mn'), mn, 2000],
    [from('//sp.example/mn'), mn, 2000],
    [from('/Server'), sCse, 2000],
    [from('/descendant-of-mn'), mn, 2000],
    [from('//other.example/asn'), mn, 2000],
  ],
  'association with a CSE, From is a bare C stem': [
    [from('CAE1'), mn, 4106],
    [from('CAE1', createAe), mn, 4106],
    [from('SAE9'), mn, 2000],
  ],
  'association with a CSE, From is an AE of another registree CSE': [
    [from('/asn/CAE1'), mn, 4106],
    [from('//sp.example/asn/CAE1'), mn, 4106],
    [from('/mn/CAE1'), mn, 2000],
    [from('/descendant-of-mn/CAE1'), mn, 2000],
    [from('//other.example/asn/CAE1'), mn, 2000],
  ],
  'no association, AE not registered here': [
    [from('CAE9'), none, 4106],
    [from('SAE9'), none, 4106],
    [from('/mn/CAE1'), none, 4106],
    [from('CAE9', createAe), none, 2000],
    [from('CAE9', { ...createAe, ty: 3 }), none, 4106],
    [from('CAE9', { ...retrieve, op: 5, pc: {} }), none, 4106],
  ],
  'no association, From is a CSE-ID': [
    [from('/mn'), none, 4107],
    [from('//other.example/x'), none, 4107],
    [from('/Server'), none, 4107],
    [from('/mn', createAe), none, 4107],
  ],
  'request expired': [
    [{ ...retrieve, rqet: '20261122T130000' }, none, 4008],
    [{ ...retrieve, rqet: '20261122T125959,999' }, none, 4008],
    [{ ...retrieve, to: '/mn/base', rqet: '20261122T130000' }, none, 4008],
    [{ ...retrieve, rqet: '20261122T130001' }, none, 2000],
    [{ ...retrieve, rqet: '1000' }, none, 2000],
    [{ ...retrieve, rqet: 'soon' }, none, 4000],
    [{ ...retrieve, ot: '1000' }, none, 4000],
  ],
  'unsupported parameter at the host': [
    [{ ...retrieve, oet: '1000' }, none, 5001],
    [{ ...retrieve, tkns: ['t'] }, none, 5001],
    [{ ...retrieve, tqi: true }, none, 5001],
    [{ ...retrieve, tqi: false }, none, 2000],
    [{ ...retrieve, to: '/mn/base', tkns: ['t'] }, none, 2000],
  ],
  'create without valid type, with filter, wrong result content': [
    [{ ...retrieve, op: 1 }, none, 4000],
    [{ ...retrieve, op: 1, ty: 0 }, none, 4000],
    [{ ...retrieve, op: 1, ty: 3, fc: { fu: 1 } }, none, 4000],
    [{ ...retrieve, ty: 3 }, none, 4000],
    [{ ...retrieve, op: 1, ty: 3, rcn: 4 }, none, 4000],
    [{ ...retrieve, rcn: 0 }, none, 4000],
    [{ ...retrieve, op: 3, rcn: 4 }, none, 4000],
    [{ ...retrieve, op: 4, rcn: 9 }, none, 4000],
    [{ ...retrieve, op: 5, rcn: 4 }, none, 4000],
    [{ ...retrieve, rcn: 99 }, none, 4000],
    [{ ...retrieve, op: 1, ty: 3, rcn: 1 }, none, 2000],
    [{ ...retrieve, rcn: 4, fc: { fu: 2 } }, none, 2000],
  ],
  'release version at the host': [
    [{ ...retrieve, rvi: '9' }, none, 4001],
    [{ ...retrieve, to: '/mn/base', rvi: '9' }, none, 2000],
    [{ op: 2, to: 'base', fr: 'CAE1', rqi: 'r1' }, none, 2000],
  ],
  address: [[{ ...retrieve, to: 'a//b' }, none, 4000]],
}

describe('validity of an incoming request (TS-0004 7.3.2.1)', () => {
  for (const [title, rows] of Object.entries(table)) {
    describe(title, () => {
      for (const [request, association, expected] of rows) {
        const { rqi: _, rvi: __, ...told } = request
        it(`${association.kind} ${JSON.stringify(told)}: ${expected}`, () => {
          expect(rsc(request, association)).to.equal(expected)
        })
      }
    })
  }

  it('lets the host say which releases and parameters it supports', () => {
    expect(rsc({ ...retrieve, rvi: '4' })).to.equal(4001)
    expect(rsc({ ...retrieve, rvi: '4' }, none, { releases: ['4'] })).to.equal(2000)
    expect(rsc({ ...retrieve, tkns: ['t'] }, none, { unsupported: [] })).to.equal(2000)
  })

  it('says why', () => {
    const because = checkIncoming(from('CAE9'), { ...context, association: ae1 })?.because
    expect(because).to.contain('//sp.example/cse1/CAE9').and.to.contain('//sp.example/cse1/CAE1')
  })

  it('never lets a From through that the association does not allow', () => {
    fc.assert(
      fc.property(requests, nearlyRight, fc.constantFrom(ae1, mn, none), (request, fr, peer) => {
        const code = rsc({ ...request, fr }, peer)
        expect(code).to.be.oneOf([2000, 4000, 4001, 4008, 4106, 4107, 5001])
        const single = request.op === 1 && request.ty === 2
        if (code === 2000 && peer === ae1 && !single) expect(fr).to.equal('CAE1')
        if (code === 2000 && peer === none && !single) expect(['CAE1', 'SAE2']).to.include(fr)
      }),
      fuzz,
    )
  })
})
