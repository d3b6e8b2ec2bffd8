import { expect } from 'chai'
import { describe, it } from 'mocha'
import type { RequestPrimitive } from '../../../protocol/primitive.ts'
import { fromMatchesAuthenticatedIdentity as property } from '../../../suites/properties/fromMatchesAuthenticatedIdentity.ts'
import {
  type ConnectionOverrides,
  connection,
  evidence,
  forwarded,
  hop,
  journey,
  plainConnection,
  referencePlan,
} from '../builders.ts'

interface Case {
  readonly wire?: string
  readonly request?: Partial<RequestPrimitive>
  readonly rsc?: number
  readonly on?: ConnectionOverrides
}

const checked = ({ wire = 'ae1-cse1', request, rsc = 2000, on = {} }: Case) => {
  const one = hop({ on: connection(wire, on), request, response: { rsc } })
  return property.check(evidence({ journeys: [journey('r1', one)] }))
}
const aeCreate = { op: 1, ty: 2 } as const

describe('suites/properties/fromMatchesAuthenticatedIdentity', () => {
  it('holds on both reference points', () => {
    const { result, because } = property.check(evidence({ journeys: [forwarded()] }))
    expect(result).to.equal('holds')
    expect(because).to.contain('2 granted requests')
  })

  const fitting: readonly (readonly [string, Case])[] = [
    ['the stem', { request: { fr: 'CAE1' } }],
    ['the SP-relative form', { request: { fr: '/cse1/CAE1' } }],
    ['the absolute form', { request: { fr: '//sp.example/cse1/CAE1' } }],
    ['an AE that registers without From', { request: { ...aeCreate, fr: undefined } }],
    ['an AE that registers with C', { request: { ...aeCreate, fr: 'C' } }],
    ['a CSE for itself', { wire: 'cse1-cse2', request: { fr: '/cse1' } }],
    ['a CSE for an S-type AE', { wire: 'cse1-cse2', request: { fr: '/SAE9' } }],
  ]
  for (const [what, each] of fitting) {
    it(`holds for ${what}`, () => {
      expect(checked(each).result).to.equal('holds')
    })
  }

  const foreign: readonly (readonly [string, Case])[] = [
    ['another AE', { request: { fr: 'CAE2' } }],
    ['the AE of another CSE', { request: { fr: '/cse2/CAE1' } }],
    ['nobody', { request: { fr: undefined } }],
    ['a CSE, by an AE', { request: { fr: '/cse1' } }],
    ['another AE that registers', { request: { ...aeCreate, fr: 'CAE2' } }],
    ['an identity nobody provisioned', { on: { association: { pskIdentity: 'x@sp.example' } } }],
    ["another link's identity", { on: { association: { pskIdentity: 'kpsa-CAE2@sp.example' } } }],
    ['no identity', { on: { association: { pskIdentity: undefined } } }],
    ['another CSE', { wire: 'cse1-cse2', request: { fr: '/cse3' } }],
    ['the receiver itself', { wire: 'cse1-cse2', request: { fr: '/cse2' } }],
    [
      'a CSE with the identity of an AE',
      {
        wire: 'cse1-cse2',
        request: { fr: '/cse1' },
        on: { association: { pskIdentity: 'kpsa-CAE1@sp.example' } },
      },
    ],
    ['a bare stem, by a CSE', { wire: 'cse1-cse2', request: { fr: 'CAE1' } }],
    ['an AE of another CSE', { wire: 'cse1-cse2', request: { fr: '/cse2/CAE2' } }],
    ['another provider', { wire: 'cse1-cse2', request: { fr: '//x.example/cse1' } }],
  ]
  for (const [what, each] of foreign) {
    it(`is violated when ${what} is granted, and holds when it is refused`, () => {
      const granted = checked(each)
      expect(granted.result).to.equal('violated')
      expect(granted.frames).to.have.length(2)
      expect(checked({ ...each, rsc: 4106 }).result).to.equal('holds')
    })
  }

  it('is violated by a request in clear that is granted', () => {
    const one = hop({ on: plainConnection('ae1-cse1') })
    expect(property.check(evidence({ journeys: [journey('r1', one)] })).result).to.equal('violated')
  })

  it('compares with the form of a stem that is still to be assigned', () => {
    const plan = referencePlan()
    const credentials = plan.credentials.map((each) => ({
      ...each,
      entityA: each.entityA.replace('CAE1', 'C*'),
    }))
    const granted = (fr: string) => {
      const one = hop({ on: connection('ae1-cse1'), request: { fr } })
      return property.check(
        evidence({ plan: { ...plan, credentials }, journeys: [journey('r1', one)] }),
      ).result
    }
    expect(granted('C0815')).to.equal('holds')
    expect(granted('S0815')).to.equal('violated')
  })

  it('is not observed without a request to a registrar', () => {
    expect(property.check(evidence()).result).to.equal('not-observed')
    const toRegistree = hop({ on: connection('ae2-cse2', { from: 'cse2', to: 'ae2' }) })
    const journeys = [journey('r1', toRegistree)]
    expect(property.check(evidence({ journeys })).result).to.equal('not-observed')
  })
})
