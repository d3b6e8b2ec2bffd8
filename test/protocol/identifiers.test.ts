import { expect } from 'chai'
import fc from 'fast-check'
import { describe, it } from 'mocha'
import {
  absoluteOf,
  credentialIdOfKpsa,
  parseAeIdStem,
  parseAppId,
  parseCseId,
  parseEntityId,
  parseKpsaId,
  parseSpId,
  sameEntity,
  toAbsolute,
  toSpRelative,
} from '../../protocol/identifiers.ts'
import { fuzz, nearlyRight } from './arbitraries.ts'

const own = { spId: 'sp.example', cseId: '/cse1' }

const entities: readonly (readonly [text: string, absolute: string, spRelative: string])[] = [
  ['CAE1', '//sp.example/cse1/CAE1', '/cse1/CAE1'],
  ['SAE2', '//sp.example/SAE2', '/SAE2'],
  ['/SAE2', '//sp.example/SAE2', '/SAE2'],
  ['/cse2', '//sp.example/cse2', '/cse2'],
  ['/cse2/CAE1', '//sp.example/cse2/CAE1', '/cse2/CAE1'],
  ['//other.example/cse2', '//other.example/cse2', '/cse2'],
  ['//other.example/cse2/CAE1', '//other.example/cse2/CAE1', '/cse2/CAE1'],
  ['//other.example/SAE2', '//other.example/SAE2', '/SAE2'],
]

describe('identifiers (TS-0001 7.2)', () => {
  for (const [text, absolute, spRelative] of entities) {
    it(`reads ${text} as ${absolute}`, () => {
      const id = parseEntityId(text)
      if (!id.ok) throw new Error(id.error.message)
      expect(toAbsolute(id.value, own)).to.equal(absolute)
      expect(toSpRelative(id.value, own)).to.equal(spRelative)
      expect(absoluteOf(absolute, own)).to.equal(absolute)
    })
  }

  const noEntities = [
    '',
    '/',
    '//',
    'AE1',
    'C',
    'S',
    '/cse1/',
    '/cse1/AE1',
    '/cse1/SAE1',
    '/a/C1/b',
  ]
  const moreNoEntities = [
    '//SP.example/cse1',
    '//sp.example',
    '//sp..x/a',
    '/cse 1',
    'CAE\n',
    '/cse1/C',
  ]
  for (const text of [...noEntities, ...moreNoEntities, `C${'x'.repeat(600)}`]) {
    it(`refuses ${JSON.stringify(text.slice(0, 20))} as AE-ID or CSE-ID`, () => {
      const id = parseEntityId(text)
      expect(id.ok).to.equal(false)
      if (!id.ok) expect(id.error.rsc).to.equal(4000)
    })
  }

  it('compares forms of one id and keeps case', () => {
    expect(sameEntity('CAE1', '/cse1/CAE1', own)).to.equal(true)
    expect(sameEntity('CAE1', '//sp.example/cse1/CAE1', own)).to.equal(true)
    expect(sameEntity('CAE1', '/cse2/CAE1', own)).to.equal(false)
    expect(sameEntity('CAE1', 'CAe1', own)).to.equal(false)
    expect(sameEntity('CAE1', '//other.example/cse1/CAE1', own)).to.equal(false)
    expect(sameEntity('bad id', 'bad id', own)).to.equal(false)
  })

  const parsers = [
    {
      parse: parseSpId,
      good: ['//sp.example', 'sp.example'],
      bad: ['', '//', 'Sp.example', '-a.b', 'a..b', '///a'],
    },
    {
      parse: parseCseId,
      good: ['/cse1', '/a~b.c_d-e'],
      bad: ['', '/', 'cse1', '/a/b', '/ä', '//a'],
    },
    { parse: parseAeIdStem, good: ['C1', 'SAE'], bad: ['', 'C', 'S', 'ae', 'C/1', 'C*'] },
    {
      parse: parseAppId,
      good: ['Nsensor', 'Ra1.example.com.app', 'ra1.b'],
      bad: ['', 'sensor', 'N', 'R1', 'R.', 'Na b'],
    },
    {
      parse: parseKpsaId,
      good: ['k-1@sp.example', 'A_b.c@x'],
      bad: ['', 'k', 'k@', '@x', 'k@X', 'k@a@b', 'k~@x'],
    },
  ]
  for (const { parse, good, bad } of parsers) {
    it(`${parse.name} takes what the form allows and nothing else`, () => {
      for (const text of good) expect(parse(text).ok, text).to.equal(true)
      for (const text of bad) expect(parse(text).ok, text).to.equal(false)
    })
  }

  it('names a KpsaID with credential type 12', () => {
    expect(credentialIdOfKpsa('k1@sp.example')).to.equal('12-k1@sp.example')
  })

  it('takes any text without throwing, and what it takes it reads again', () => {
    fc.assert(
      fc.property(nearlyRight, (text) => {
        for (const { parse } of parsers) parse(text)
        const id = parseEntityId(text)
        if (!id.ok) return
        const absolute = toAbsolute(id.value, own)
        expect(absoluteOf(absolute, own)).to.equal(absolute)
        expect(sameEntity(toSpRelative(id.value, own), absolute, own)).to.equal(
          id.value.spId === undefined || id.value.spId === own.spId,
        )
      }),
      fuzz,
    )
  })
})
