import { expect } from 'chai'
import fc from 'fast-check'
import { describe, it } from 'mocha'
import {
  type AccessRequest,
  decide,
  decideByDefault,
} from '../../../protocol/accessControl/decide.ts'
import { type AccessRule, OperationBit, parseRules } from '../../../protocol/accessControl/rules.ts'
import type { Json } from '../../../protocol/primitive.ts'
import { fuzz } from '../arbitraries.ts'

const own = { spId: 'sp.example', cseId: '/cse1' }
const request: AccessRequest = {
  originator: '//sp.example/cse1/CAE1',
  operation: OperationBit.retrieve,
  authenticated: true,
}
const creation = { ...request, operation: OperationBit.create, creation: { parentTy: 3, ty: 4 } }

function rules(...acr: Json[]): AccessRule[] {
  const parsed = parseRules({ acr })
  if (!parsed.ok) throw new Error(parsed.error.message)
  return parsed.value
}

type Row = readonly [title: string, rules: AccessRule[], request: AccessRequest, granted: boolean]

const table: readonly Row[] = [
  ['no rule', rules(), request, false],
  ['a rule for the originator', rules({ acor: ['CAE1'], acop: 2 }), request, true],
  ['a rule for all', rules({ acor: ['all'], acop: 63 }), request, true],
  ['a rule for another', rules({ acor: ['CAE2'], acop: 63 }), request, false],
  ['a rule for nobody', rules({ acor: [], acop: 63 }), request, false],
  ['all operations but the one', rules({ acor: ['all'], acop: 61 }), request, false],
  [
    'retrieve does not hold discovery',
    rules({ acor: ['all'], acop: 2 }),
    {
      ...request,
      operation: OperationBit.discovery,
    },
    false,
  ],
  [
    'two rules, the second grants',
    rules({ acor: ['CAE2'], acop: 63 }, { acor: ['CAE1'], acop: 2 }),
    request,
    true,
  ],
  [
    'two rules that only together would do',
    rules({ acor: ['CAE2'], acop: 2 }, { acor: ['CAE1'], acop: 61 }),
    request,
    false,
  ],
  ['acaf and authenticated', rules({ acor: ['all'], acop: 63, acaf: true }), request, true],
  [
    'acaf and not authenticated',
    rules({ acor: ['all'], acop: 63, acaf: true }),
    { ...request, authenticated: false },
    false,
  ],
  [
    'not authenticated, without acaf',
    rules({ acor: ['all'], acop: 63 }),
    { ...request, authenticated: false },
    true,
  ],
  ['a context', rules({ acor: ['all'], acop: 63, acco: [{}] }), request, false],
  [
    'a context in one rule, none in another',
    rules({ acor: ['all'], acop: 63, acco: [{}] }, { acor: ['all'], acop: 63 }),
    request,
    true,
  ],
  ['a group', rules({ acor: ['grp1'], acop: 63 }), request, false],
  ['a group beside the originator', rules({ acor: ['grp1', 'CAE1'], acop: 63 }), request, true],
  [
    'object details, not a create',
    rules({ acor: ['all'], acop: 63, acod: [{ chty: [3] }] }),
    request,
    true,
  ],
  [
    'object details, type listed',
    rules({ acor: ['all'], acop: 63, acod: [{ chty: [3, 4] }] }),
    creation,
    true,
  ],
  [
    'object details, type not listed',
    rules({ acor: ['all'], acop: 63, acod: [{ chty: [3] }] }),
    creation,
    false,
  ],
  [
    'object details, parent type fits',
    rules({ acor: ['all'], acop: 63, acod: [{ ty: 3, chty: [4] }] }),
    creation,
    true,
  ],
  [
    'object details, other parent type',
    rules({ acor: ['all'], acop: 63, acod: [{ ty: 2, chty: [4] }] }),
    creation,
    false,
  ],
  [
    'object details, one of two fits',
    rules({ acor: ['all'], acop: 63, acod: [{ ty: 2, chty: [4] }, { chty: [4] }] }),
    creation,
    true,
  ],
  [
    'object details, specialization missing',
    rules({ acor: ['all'], acop: 63, acod: [{ spty: 'x', chty: [4] }] }),
    creation,
    false,
  ],
]

describe('access decisions (TS-0003 7.1.5)', () => {
  for (const [title, list, asked, granted] of table) {
    it(`${granted ? 'grants' : 'denies'}: ${title}`, () => {
      expect(decide({ rules: list, request: asked, own }).granted).to.equal(granted)
    })
  }

  it('names the rule that grants, and says what could not be told', () => {
    const list = rules({ acor: ['CAE2'], acop: 63 }, { acor: ['/cse1/*'], acop: 2 })
    expect(decide({ rules: list, request, own }).because).to.equal(
      'rule 2 of 2: acor /cse1/* names //sp.example/cse1/CAE1',
    )
    const unclear = rules({ acor: ['CAE2'], acop: 63 }, { acor: ['all'], acop: 2, acco: [{}] })
    expect(decide({ rules: unclear, request, own }).because).to.contain('acco')
    expect(decide({ rules: rules(), request, own }).because).to.equal('no rule applies')
  })

  it('never grants what no single rule grants, and a further rule never takes away', () => {
    const one = fc.record({
      acor: fc.subarray(['all', 'CAE1', 'CAE2', '//sp.example', 'grp1', '/cse1/*']),
      acop: fc.integer({ min: 0, max: 63 }),
      acaf: fc.boolean(),
    })
    const asked = fc.record({
      originator: fc.constantFrom('//sp.example/cse1/CAE1', '//other.example/cse1/CAE1'),
      operation: fc.constantFrom(...Object.values(OperationBit)),
      authenticated: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(one, { maxLength: 4 }), asked, (list, ask) => {
        const parsed = rules(...list)
        const alone = parsed.map((rule) => decide({ rules: [rule], request: ask, own }).granted)
        expect(decide({ rules: parsed, request: ask, own }).granted).to.equal(alone.includes(true))
      }),
      fuzz,
    )
  })
})

describe('default policy (TS-0001 9.6.1.3.2)', () => {
  const originator = '//sp.example/cse1/CAE1'
  it('grants everything to the creator and nothing to others', () => {
    expect(decideByDefault({ creator: 'CAE1', originator, own }).granted).to.equal(true)
    expect(decideByDefault({ creator: originator, originator, own }).granted).to.equal(true)
    expect(decideByDefault({ creator: 'CAE2', originator, own }).granted).to.equal(false)
    expect(decideByDefault({ creator: undefined, originator, own }).granted).to.equal(false)
    expect(decideByDefault({ creator: '', originator: '', own }).granted).to.equal(false)
  })
})
