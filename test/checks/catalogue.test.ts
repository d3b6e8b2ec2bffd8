import { expect } from 'chai'
import { describe, it } from 'mocha'
import type {
  NegativePurpose,
  PositivePurpose,
  TestPurpose,
} from '../../suites/framework/testPurpose.ts'
import {
  type CatalogueInput,
  checkCatalogue,
  renderPurposes,
} from '../../tools/checks/catalogue.ts'

const data = {
  title: 'a registrar CSE refuses a wrong key',
  objective: 'x',
  requirement: 'TS-0003 8.2.2.1',
  asset: 'authentication',
  framework: 'SAEF/PSK',
  profile: 'smoke',
  selection: 'ICS_MN_CSE',
  iut: { role: 'registrarCse', node: 'cse1' },
  topology: { file: 'reference.yaml' },
  properties: [],
} as const

const positive: PositivePurpose = {
  ...data,
  id: 'BTP/SAEF/PSK/001',
  behaviour: 'BV',
  mutants: [{ misbehaviour: 'm1' }],
  body: async () => undefined,
}

const negative: NegativePurpose = {
  ...data,
  id: 'BTP/SAEF/PSK/002',
  behaviour: 'BI',
  mutants: [{ misbehaviour: 'm2' }],
  stimulus: async () => 1,
  control: () => {},
  judge: () => undefined,
}

function input(
  purposes: readonly TestPurpose[],
  change: Partial<CatalogueInput> = {},
): CatalogueInput {
  return {
    purposes,
    misbehaviours: ['m1', 'm2'],
    topologyFiles: ['reference.yaml'],
    planProblem: () => undefined,
    page: renderPurposes(purposes),
    ...change,
  }
}

function messages(given: CatalogueInput): readonly string[] {
  return checkCatalogue(given).map(({ message }) => message)
}

describe('checkCatalogue', () => {
  it('accepts a sound catalogue', () => {
    expect(messages(input([positive, negative]))).to.deep.equal([])
  })

  const withoutControl = { ...negative, control: undefined } as unknown as TestPurpose
  const planted: readonly (readonly [what: string, given: CatalogueInput, says: RegExp])[] = [
    ['an id used twice', input([positive, negative, positive]), /used by more than one/],
    ['a malformed id', input([{ ...positive, id: 'BTP/SAEF/1' }, negative]), /is not an id/],
    [
      'a requirement without clause',
      input([{ ...positive, requirement: 'the standard' }, negative]),
      /names no clause/,
    ],
    ['a negative one without control', input([positive, withoutControl]), /has no control/],
    [
      'a purpose without mutant',
      input([{ ...positive, mutants: [] }, negative], { misbehaviours: ['m2'] }),
      /names no mutant/,
    ],
    [
      'a mutant that does not exist',
      input([positive, negative], { misbehaviours: ['m1'] }),
      /do not exist: m2/,
    ],
    [
      'a mutant nobody names',
      input([positive, negative], { misbehaviours: ['m1', 'm2', 'm3'] }),
      /m3/,
    ],
    [
      'a mutant listed twice',
      input([positive, negative], { misbehaviours: ['m1', 'm2', 'm2'] }),
      /twice/,
    ],
    ['a missing topology', input([positive, negative], { topologyFiles: [] }), /does not exist/],
    [
      'a network that cannot be planned',
      input([positive, negative], { planProblem: () => 'no node' }),
      /cannot be planned: no node/,
    ],
    ['an old page', input([positive, negative], { page: renderPurposes([positive]) }), /the list/],
  ]
  for (const [what, given, says] of planted) {
    it(`finds ${what}`, () => {
      const found = messages(given)
      expect(found.length).to.be.greaterThan(0)
      for (const message of found) expect(message).to.match(says)
    })
  }

  it('finds a page that is missing', () => {
    const { page, ...without } = input([positive, negative])
    expect(page).to.be.a('string')
    expect(messages(without)).to.have.length(1)
  })

  it('lists purposes by group, in order of id', () => {
    const page = renderPurposes([negative, positive])
    expect(page.indexOf(positive.id)).to.be.lessThan(page.indexOf(negative.id))
    expect(page).to.include('## SAEF/PSK').and.include('2 purposes')
  })
})
