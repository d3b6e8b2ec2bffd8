import { expect } from 'chai'
import fc from 'fast-check'
import { describe, it } from 'mocha'
import { attributeNames, elementNameOf } from '../../../protocol/names.ts'
import type { JsonObject } from '../../../protocol/primitive.ts'
import { contentSizeOf, serialize } from '../../../protocol/resources/representation.ts'
import { implementedTypes, resourceRow } from '../../../protocol/resources/resourceTable.ts'
import { validateCreate, validateUpdate } from '../../../protocol/resources/validate.ts'
import { content, fuzz } from '../arbitraries.ts'

const context = { nowMs: Date.UTC(2026, 10, 22, 13) }
const rules = { acr: [{ acor: ['all'], acop: 63 }] }

/** The least that makes a resource of each type, and a parent it may have. */
const least: Readonly<Record<number, readonly [parent: number, attributes: JsonObject]>> = {
  1: [5, { pv: {}, pvs: rules }],
  2: [5, { api: 'Nsensor', rr: false, srv: ['3'] }],
  3: [2, {}],
  4: [3, { con: '21.5' }],
  16: [5, { cb: '/mn/base', rr: true }],
}

function createRsc(ty: number, parent: number, given: JsonObject | undefined): number {
  const result = validateCreate(ty, parent, given, context)
  return result.ok ? 2001 : result.error.rsc
}

function updateRsc(ty: number, changes: JsonObject): number {
  const result = validateUpdate(ty, serialize(ty, changes), context)
  return result.ok ? 2004 : result.error.rsc
}

describe('resource tables', () => {
  for (const ty of implementedTypes()) {
    it(`type ${ty}: every attribute once, with a long name and a permitted use`, () => {
      const row = resourceRow(ty)
      const names = row?.attributes.map((attribute) => attribute.name) ?? []
      expect(new Set(names).size).to.equal(names.length)
      for (const attribute of row?.attributes ?? []) {
        expect(Object.keys(attributeNames)).to.include(attribute.name)
        expect(['M', 'O', 'NP', 'U']).to.include(attribute.create).and.to.include(attribute.update)
      }
      for (const child of row?.children ?? []) expect(implementedTypes()).to.include(child)
    })
  }
})

describe('create representation (TS-0004 7.3.3.3)', () => {
  for (const [type, [parent, attributes]] of Object.entries(least)) {
    const ty = Number(type)
    it(`type ${ty}: the mandatory attributes are enough, and each of them is needed`, () => {
      const result = validateCreate(ty, parent, serialize(ty, attributes), context)
      expect(result).to.deep.equal({ ok: true, value: attributes })
      for (const name of Object.keys(attributes)) {
        const { [name]: _, ...rest } = attributes
        expect(createRsc(ty, parent, serialize(ty, rest)), name).to.equal(4000)
      }
    })

    it(`type ${ty}: every attribute that must not be given or is not supported is refused`, () => {
      for (const { name, create } of resourceRow(ty)?.attributes ?? []) {
        if (create !== 'NP' && create !== 'U') continue
        const code = createRsc(ty, parent, serialize(ty, { ...attributes, [name]: 'x' }))
        expect(code, name).to.equal(create === 'NP' ? 4000 : 5001)
      }
    })

    it(`type ${ty}: only below its parents`, () => {
      for (const candidate of implementedTypes()) {
        const permitted = resourceRow(candidate)?.children.includes(ty)
        const code = createRsc(ty, candidate, serialize(ty, attributes))
        expect(code, String(candidate)).to.equal(permitted ? 2001 : 4108)
      }
    })
  }

  const cnt = (attributes: JsonObject) => ({ 'm2m:cnt': attributes })
  const refused: readonly (readonly [
    title: string,
    ty: number,
    parent: number,
    given: JsonObject | undefined,
    rsc: number,
  ])[] = [
    ['a CSEBase', 5, 5, { 'm2m:cb': {} }, 4005],
    ['a type not implemented', 23, 3, { 'm2m:sub': {} }, 5001],
    ['a number that is no type', 99, 3, {}, 4000],
    ['not implemented before wrong parent', 23, 4, undefined, 5001],
    ['wrong parent before content', 4, 2, undefined, 4108],
    ['no content', 3, 2, undefined, 4000],
    ['empty content', 3, 2, {}, 4000],
    ['content of another type', 3, 2, { 'm2m:cin': { con: 'x' } }, 4000],
    ['two resources', 3, 2, { 'm2m:cnt': {}, 'm2m:cin': {} }, 4000],
    ['attributes as text', 3, 2, { 'm2m:cnt': 'x' }, 4000],
    ['an unknown attribute', 3, 2, cnt({ xyz: 1 }), 4000],
    ['a name of Object.prototype', 3, 2, cnt({ toString: 1 }), 4000],
    ['an unknown attribute beside an unsupported one', 3, 2, cnt({ li: 'x', xyz: 1 }), 4000],
    ['a creator', 3, 2, cnt({ cr: 'CAdmin' }), 4000],
    ['an expiration in the past', 3, 2, cnt({ et: '20261122T125959' }), 4000],
    ['an expiration now', 3, 2, cnt({ et: '20261122T130000' }), 4000],
    ['a negative limit', 3, 2, cnt({ mni: -1 }), 4000],
    ['a limit as text', 3, 2, cnt({ mni: '1' }), 4000],
    ['a name with a slash', 3, 2, cnt({ rn: 'a/b' }), 4000],
    ['the shorthand of the CSEBase as name', 3, 2, cnt({ rn: '-' }), 4000],
    ['a name of dots', 3, 2, cnt({ rn: '..' }), 4000],
    ['la in a container', 3, 3, cnt({ rn: 'la' }), 4105],
    ['ol in a container', 4, 3, { 'm2m:cin': { rn: 'ol', con: 'x' } }, 4105],
    ['an empty acpi', 3, 2, cnt({ acpi: [] }), 4000],
    ['acpi as text', 3, 2, cnt({ acpi: 'acp1' }), 4000],
    ['acpi on a contentInstance', 4, 3, { 'm2m:cin': { con: 'x', acpi: ['a'] } }, 4000],
    ['content NULL', 4, 3, { 'm2m:cin': { con: null } }, 4000],
    [
      'an App-ID that starts with x',
      2,
      5,
      { 'm2m:ae': { api: 'xApp', rr: true, srv: ['3'] } },
      4000,
    ],
    ['rr as text', 2, 5, { 'm2m:ae': { api: 'N1', rr: 'true', srv: ['3'] } }, 4000],
    ['pvs without rules', 1, 5, { 'm2m:acp': { pv: {}, pvs: { acr: [] } } }, 4000],
    ['pvs empty', 1, 5, { 'm2m:acp': { pv: {}, pvs: {} } }, 4000],
    ['pv malformed', 1, 5, { 'm2m:acp': { pv: { acr: [{}] }, pvs: rules } }, 4000],
    ['pv of a later release', 1, 5, { 'm2m:acp': { pv: [], pvs: rules } }, 4000],
    ['csi that is no CSE-ID', 16, 5, { 'm2m:csr': { cb: 'x', rr: true, csi: 'mn' } }, 4000],
  ]
  for (const [title, ty, parent, given, rsc] of refused) {
    it(`refuses ${title} with ${rsc}`, () => {
      expect(createRsc(ty, parent, given)).to.equal(rsc)
    })
  }

  it('takes optional attributes, a NULL creator and an expiration to come', () => {
    const attributes = { rn: 'a', lbl: ['x'], cr: null, et: '20261122T130001', mni: 0 }
    expect(createRsc(3, 2, cnt(attributes))).to.equal(2001)
    expect(createRsc(3, 2, cnt({ rn: 'la' }))).to.equal(2001)
  })

  it('needs no release list of a Release 1 AE', () => {
    const given = { 'm2m:ae': { api: 'N1', rr: false } }
    expect(validateCreate(2, 5, given, { ...context, release: '1' }).ok).to.equal(true)
    expect(validateCreate(2, 5, given, { ...context, release: '2a' }).ok).to.equal(false)
  })
})

describe('update representation (TS-0004 7.3.3.4)', () => {
  const rows: readonly (readonly [title: string, ty: number, changes: JsonObject, rsc: number])[] =
    [
      ['a label', 3, { lbl: ['x'] }, 2004],
      ['nothing', 3, {}, 2004],
      ['an optional attribute away', 3, { lbl: null, mni: null }, 2004],
      ['a mandatory attribute away', 2, { rr: null }, 4000],
      ['the privileges away', 1, { pv: null }, 4000],
      ['the expiration away', 3, { et: null }, 4000],
      ['the name', 3, { rn: 'b' }, 4000],
      ['the creator', 3, { cr: null }, 4000],
      ['the creation time', 3, { ct: '20261122T130000' }, 4000],
      ['the App-ID', 2, { api: 'N2' }, 4000],
      ['the CSE-ID', 16, { csi: '/other' }, 4000],
      ['the descendants', 16, { dcse: ['/a'] }, 2004],
      ['acpi alone', 3, { acpi: ['acp1'] }, 2004],
      ['acpi away', 3, { acpi: null }, 2004],
      ['acpi with another', 3, { acpi: ['acp1'], lbl: ['x'] }, 4000],
      ['acpi empty', 3, { acpi: [] }, 4000],
      ['pvs without rules', 1, { pvs: {} }, 4000],
      ['pv without rules', 1, { pv: {} }, 2004],
      ['an unsupported attribute', 3, { daci: ['x'] }, 5001],
      ['an unknown attribute', 3, { xyz: 1 }, 4000],
      ['an expiration in the past', 3, { et: '20200101T000000' }, 4000],
      ['a contentInstance', 4, { lbl: ['x'] }, 4005],
      ['a CSEBase', 5, { lbl: ['x'] }, 4005],
      ['a type not implemented', 23, {}, 5001],
    ]
  for (const [title, ty, changes, rsc] of rows) {
    it(`answers an update of ${title} with ${rsc}`, () =>
      expect(updateRsc(ty, changes)).to.equal(rsc))
  }

  it('refuses an update without content', () => {
    expect(validateUpdate(3, undefined, context).ok).to.equal(false)
    expect(validateUpdate(3, { 'm2m:ae': {} }, context).ok).to.equal(false)
  })
})

describe('representations', () => {
  it('counts the octets of content, not its characters', () => {
    expect(contentSizeOf('ä€')).to.equal(5)
    expect(contentSizeOf('')).to.equal(0)
    expect(contentSizeOf({ a: 1 })).to.equal(7)
    expect(contentSizeOf(21.5)).to.equal(4)
  })

  it('puts attributes under the name of their type, and knows no other type', () => {
    expect(serialize(4, { con: 'x' })).to.deep.equal({ 'm2m:cin': { con: 'x' } })
    expect(() => serialize(99, {})).to.throw(/99/)
  })

  it('takes any content without throwing', () => {
    const names = fc.constantFrom(...Object.keys(attributeNames))
    const given = fc.dictionary(names, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 })
    const types = fc.constantFrom(...implementedTypes(), 23, 99)
    fc.assert(
      fc.property(types, types, content, given, (ty, parent, any, attributes) => {
        const codes = [2001, 4000, 4005, 4105, 4108, 5001]
        expect(codes).to.include(createRsc(ty, parent, any))
        const element = elementNameOf(ty) ?? 'm2m:xyz'
        const near = JSON.parse(JSON.stringify({ [element]: attributes })) as JsonObject
        expect(codes).to.include(createRsc(ty, parent, near))
        const updated = validateUpdate(ty, near, context)
        if (!updated.ok) expect(codes).to.include(updated.error.rsc)
      }),
      fuzz,
    )
  })
})
