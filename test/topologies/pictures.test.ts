import { expect } from 'chai'
import { describe, it } from 'mocha'
import { BenchError } from '../../protocol/errors.ts'
import { describePlan } from '../../topologies/describePlan.ts'
import { toMermaid, toSvg } from '../../topologies/graph.ts'
import { layOut } from '../../topologies/layout.ts'
import { expectedPath } from '../../topologies/path.ts'
import { planOf, shipped, sound } from './examples.ts'

const reference = planOf(shipped('reference.yaml'))

describe('expectedPath', () => {
  it('goes up to where the ways meet and down again', () => {
    expect(expectedPath(reference, 'AE1', 'AE2')).to.deep.equal(['ae1', 'cse1', 'cse2', 'ae2'])
    expect(expectedPath(reference, 'AE2', 'AE1')).to.deep.equal(['ae2', 'cse2', 'cse1', 'ae1'])
    expect(expectedPath(reference, 'AE1', 'cse2')).to.deep.equal(['ae1', 'cse1', 'cse2'])
    expect(expectedPath(reference, 'cse2', 'AE1')).to.deep.equal(['cse2', 'cse1', 'ae1'])
    expect(expectedPath(reference, 'cse1', 'cse1')).to.deep.equal(['cse1'])
  })

  it('turns at the lowest common CSE, not at the IN', () => {
    const plan = planOf(shipped('hundred.yaml'))
    expect(expectedPath(plan, 'ADN3-1', 'ADN3-2')).to.deep.equal(['adn3-1', 'mn3', 'adn3-2'])
    expect(expectedPath(plan, 'ADN3-1', 'ADN4-1')).to.deep.equal([
      ...['adn3-1', 'mn3', 'cse1', 'mn4', 'adn4-1'],
    ])
  })

  it('counts the hop inside a node between its AE and its CSE', () => {
    const plan = planOf(
      sound('name: x\nnodes:\n  n: { kind: asn, registrar: i }\n  i: { kind: in }\n'),
    )
    expect(expectedPath(plan, 'N', 'i')).to.deep.equal(['n', 'n', 'i'])
  })

  it('refuses an entity that is not there', () => {
    expect(() => expectedPath(reference, 'AE3', 'AE2')).to.throw(BenchError, /no entity `AE3`/)
  })
})

describe('describePlan', () => {
  it('names every node, wire and credential', () => {
    const text = describePlan(reference)
    for (const { name, address } of reference.nodes)
      expect(text).to.include(`${name} `).and.include(address)
    for (const { wire } of reference.links) expect(text).to.include(wire)
    for (const { id } of reference.credentials) expect(text).to.include(id)
    expect(text).to.include('ae1 -> cse1 -> cse2 -> ae2')
    expect(text).to.include('SAEF/PSK over TLS')
    expect(describePlan(planOf(shipped('plain.yaml')))).to.not.include('SAEF/PSK')
  })
})

describe('toMermaid', () => {
  it('draws an arrow from each registree to its registrar, dotted where plain', () => {
    const arrows = (text: string) => text.split('\n').filter((line) => line.includes('>|'))
    expect(arrows(toMermaid(reference))).to.have.length(3)
    expect(toMermaid(reference)).to.not.include('-.->')
    expect(
      arrows(toMermaid(planOf(shipped('plain.yaml')))).every((line) => line.includes('-.->')),
    ).to.equal(true)
  })
})

describe('toSvg', () => {
  it('is well-formed, names every node and says on every link how it is protected', () => {
    for (const plan of [
      reference,
      planOf(shipped('hundred.yaml')),
      planOf(shipped('lone-in-cse.yaml')),
    ]) {
      const svg = toSvg(plan)
      expectWellFormed(svg)
      for (const { name } of plan.nodes) expect(svg).to.include(`>${name} · `)
      expect(svg.match(/marker-end/g) ?? []).to.have.length(plan.links.length)
      for (const { wire } of plan.links) expect(svg).to.include(`<title>${wire}: `)
    }
  })

  it('does not draw a planned link as a proven one', () => {
    expect(toSvg(reference)).to.not.include('url(#to-protected)')
    const svg = toSvg(reference, { linkState: { 'ae1-cse1': 'protected', 'cse1-cse2': 'broken' } })
    expect(svg).to.include('url(#to-protected)').and.include('seen broken')
  })

  it('marks a node that misbehaves', () => {
    const svg = toSvg(
      planOf(shipped('reference.yaml'), { misbehaviours: { cse1: ['creator-spoof'] } }),
    )
    expect(svg).to.include('creator-spoof')
  })

  it('puts no two nodes in one place, the field domain left of the border', () => {
    for (const file of ['reference.yaml', 'hundred.yaml', 'chain.yaml']) {
      const { places, border } = layOut(planOf(shipped(file)))
      expect(new Set(places.map(({ column, row }) => `${column}/${row}`)).size).to.equal(
        places.length,
      )
      for (const { node, column } of places) {
        expect(column < border, node.name).to.equal(node.domain === 'field')
      }
    }
  })
})

/** Every element opened is closed in order, and text holds no bare markup. */
function expectWellFormed(svg: string): void {
  const open: string[] = []
  for (const [, closing, name, selfClosing] of svg.matchAll(/<(\/?)([a-zA-Z]+)[^<>]*?(\/?)>/g)) {
    if (closing === '/') expect(open.pop()).to.equal(name)
    else if (selfClosing !== '/') open.push(name ?? '')
  }
  expect(open).to.deep.equal([])
  expect(svg.replaceAll(/<[^<>]*>/g, '')).to.not.match(/[<>]|&(?!amp;|lt;|gt;|quot;)/)
}
