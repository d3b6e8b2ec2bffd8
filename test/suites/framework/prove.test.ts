import { expect } from 'chai'
import { describe, it } from 'mocha'
import { killMatrix } from '../../../suites/framework/prove.ts'
import type { TestPurpose } from '../../../suites/framework/testPurpose.ts'
import { evidence } from '../builders.ts'
import { type FakeBench, fakeBench, holding, positivePurpose } from './fakeBench.ts'

const misbehaviours = [
  { name: 'origin-unchecked', summary: 'Every decision grants.', origin: 'W5' },
  { name: 'default-admin', summary: 'CAdmin may do anything.' },
]

/** A bench whose recording has a problem under `broken`, and where the probe fails under `mute`. */
function bench(): FakeBench {
  let current: readonly string[] = []
  return fakeBench({
    bringUp: async ({ mutants }) => {
      current = mutants.map(({ misbehaviour }) => misbehaviour)
    },
    finish: async () => evidence({ problems: current.includes('broken') ? ['a gap'] : [] }),
    probe: async () =>
      current.includes('mute')
        ? { answer: 'other', because: 'nothing' }
        : { answer: 'unsupported', because: '127' },
    tester: {},
  })
}

/** Fails while one of the given misbehaviours is on: the bench's only sign of it is the order of calls. */
function purposeKilling(killed: readonly string[], named: readonly string[], fake: FakeBench) {
  const isOn = () =>
    killed.some((name) => fake.calls.findLast((call) => call.startsWith('bringUp'))?.includes(name))
  return positivePurpose({
    mutants: named.map((misbehaviour) => ({ misbehaviour })),
    body: async () => void expect(isOn(), 'deviation').to.equal(false),
  })
}

async function prove(purposes: (fake: FakeBench) => readonly TestPurpose[]) {
  const fake = bench()
  const matrix = await killMatrix(purposes(fake), fake, { misbehaviours })
  return { ...matrix, calls: fake.calls }
}

describe('suites/framework/prove', () => {
  it('counts a fail as a kill', async () => {
    const both = ['origin-unchecked', 'default-admin']
    const { mutants, defects, unmutated, mutated } = await prove((fake) => [
      purposeKilling(both, both, fake),
    ])
    expect(defects).to.deep.equal([])
    expect(mutants.map(({ killed }) => killed)).to.deep.equal([true, true])
    expect(mutants[0]).to.include({ name: 'origin-unchecked', origin: 'W5' })
    expect(mutants[0]?.outcomes[0]).to.include({ node: 'cse1', verdict: 'fail', killed: true })
    expect(unmutated.map(({ verdict }) => verdict)).to.deep.equal(['pass'])
    expect(mutated).to.have.length(2)
  })

  it('reports a survivor, and a purpose that nothing can fail', async () => {
    const { mutants, defects } = await prove((fake) => [
      purposeKilling([], ['origin-unchecked'], fake),
    ])
    expect(mutants[0]?.killed).to.equal(false)
    expect(defects.join('\n')).to.contain(
      'origin-unchecked on cse1 survives BTP/SAEF/PSK/001: pass',
    )
    expect(defects.join('\n')).to.contain('BTP/SAEF/PSK/001 was failed by no mutant')
  })

  it('reports mutants nobody names and mutants no node offers', async () => {
    const { defects, mutants } = await prove((fake) => [
      purposeKilling(['invented'], ['invented'], fake),
    ])
    expect(defects).to.include('default-admin is named by no purpose that was run')
    expect(defects.join('\n')).to.contain('names invented, which no node offers')
    expect(mutants.every(({ killed }) => !killed)).to.equal(true)
  })

  it('takes neither inconc nor error for a kill', async () => {
    const named = [
      { name: 'broken', summary: 'x' },
      { name: 'mute', summary: 'x' },
    ]
    const fake = bench()
    const purpose = purposeKilling([], ['broken', 'mute'], fake)
    const { mutants } = await killMatrix([purpose], fake, { misbehaviours: named })
    const outcomes = mutants.flatMap((mutant) => mutant.outcomes)
    expect(outcomes.map(({ verdict }) => verdict)).to.deep.equal(['error', 'inconc'])
    expect(outcomes.some(({ killed }) => killed)).to.equal(false)
  })

  it('takes no fail for a kill where the purpose fails without the mutant too', async () => {
    const failing = positivePurpose({ body: async () => void expect(1).to.equal(2) })
    const { mutants, defects } = await prove(() => [failing])
    expect(mutants[0]?.outcomes[0]).to.include({ verdict: 'fail', killed: false })
    expect(mutants[0]?.outcomes[0]?.reason).to.contain('proves nothing')
    expect(defects.join('\n')).to.contain('does not pass without a mutant: fail')
  })

  it('puts the mutant where the purpose says', async () => {
    const mutants = [{ misbehaviour: 'origin-unchecked', node: 'cse2' }]
    const { mutants: rows } = await prove(() => [
      positivePurpose({ mutants, properties: [holding] }),
    ])
    expect(rows[0]?.outcomes[0]?.node).to.equal('cse2')
  })

  it('ends after the execution under way', async () => {
    const cut = new AbortController()
    const fake = bench()
    const onResult = () => cut.abort()
    const purposes = [positivePurpose(), positivePurpose({ id: 'BTP/SAEF/PSK/002' })]
    const options = { misbehaviours, signal: cut.signal, onResult }
    const { unmutated, mutated } = await killMatrix(purposes, fake, options)
    expect(unmutated).to.have.length(1)
    expect(mutated).to.have.length(0)
  })
})
