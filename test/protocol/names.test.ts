import { expect } from 'chai'
import { describe, it } from 'mocha'
import {
  attributeNames,
  elementNameOf,
  isResourceType,
  requestParameterNames,
  resourceTypeNames,
  resourceTypeOfElement,
  responseParameterNames,
} from '../../protocol/names.ts'

describe('names (TS-0004 8.2)', () => {
  const tables = { requestParameterNames, responseParameterNames, attributeNames }
  for (const [title, table] of Object.entries(tables)) {
    it(`${title} has one long name per short name and the other way round`, () => {
      const long = Object.values(table)
      expect(new Set(long).size).to.equal(long.length)
      for (const [short, name] of Object.entries(table)) {
        expect(short).to.match(/^[a-z]{2,5}$/)
        expect(name).to.match(/^[A-Za-z][A-Za-z0-9-]*$/)
      }
    })
  }

  it('leads from type to element and back, for every row', () => {
    expect(resourceTypeNames.length).to.equal(50)
    for (const { ty, shortName } of resourceTypeNames) {
      expect(elementNameOf(ty)).to.equal(`m2m:${shortName}`)
      expect(resourceTypeOfElement(`m2m:${shortName}`)).to.equal(ty)
      expect(isResourceType(ty) && isResourceType(10000 + ty)).to.equal(true)
    }
  })

  it('knows the types the bench works with', () => {
    const known = [1, 2, 3, 4, 5, 16].map(elementNameOf)
    expect(known).to.deep.equal(['m2m:acp', 'm2m:ae', 'm2m:cnt', 'm2m:cin', 'm2m:cb', 'm2m:csr'])
  })

  it('knows no others', () => {
    for (const ty of [0, -1, 61, 99, 10000, 10099, 20001, 1.5]) {
      expect(isResourceType(ty), String(ty)).to.equal(false)
      expect(elementNameOf(ty)).to.equal(undefined)
    }
    expect(isResourceType(13)).to.equal(true)
    expect(resourceTypeOfElement('cnt')).to.equal(undefined)
    expect(resourceTypeOfElement('m2m:toString')).to.equal(undefined)
  })
})
