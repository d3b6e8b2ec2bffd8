import { expect } from 'chai'
import fc from 'fast-check'
import { describe, it } from 'mocha'
import { drawNetwork } from '../../../reports/html/networkDrawing.ts'
import { type Layout, layOut } from '../../../reports/html/networkLayout.ts'
import { link, node, referenceNetwork } from '../fixtures.ts'
import { treeNetwork } from '../runs.ts'

function places(layout: Layout): Readonly<Record<string, readonly [number, number]>> {
  return Object.fromEntries(layout.nodes.map((n) => [n.name, [n.column, n.row]]))
}

describe('placing the network', () => {
  it('puts the field left, the infrastructure right, registrars between', () => {
    const layout = layOut(referenceNetwork())
    expect(places(layout)).to.deep.equal({
      AE1: [0, 0],
      CSE1: [1, 0],
      CSE2: [2, 0],
      AE2: [3, 0],
    })
    expect(layout.fieldColumns).to.equal(2)
    expect(layout.links).to.have.length(3)
  })

  it('folds many registrees into one box, and loses none of them', () => {
    const topology = treeNetwork()
    const layout = layOut(topology)
    expect(layout.nodes.length).to.be.below(40)
    expect(layout.nodes.flatMap((n) => n.nodes)).to.have.length(topology.nodes.length)
    expect(layout.links.flatMap((one) => one.links)).to.have.length(topology.links.length)
  })

  it('never puts two boxes in one place', () => {
    const names = ['A', 'B', 'C', 'D', 'E', 'F', 'G']
    const wild = fc.record({
      fields: fc.array(fc.boolean(), { minLength: 7, maxLength: 7 }),
      pairs: fc.array(fc.tuple(fc.nat(6), fc.nat(6)), { maxLength: 9 }),
    })
    fc.assert(
      fc.property(wild, ({ fields, pairs }) => {
        const nodes = names.map((name, i) =>
          node(name, 'mn', fields[i] === true ? 'field' : 'infrastructure', []),
        )
        const links = pairs.map(([a, b]) => link(names[a] ?? '', names[b] ?? '', 'Mcc', 'x@y'))
        const layout = layOut({ name: 'wild', nodes, links })
        const taken = layout.nodes.map((n) => `${n.column} ${n.row}`)
        return layout.nodes.length === 7 && new Set(taken).size === 7
      }),
      { seed: 5, numRuns: 500 },
    )
  })

  it('draws loops, unknown ends and chains longer than any stack', () => {
    const nodes = Array.from({ length: 5000 }, (_, i) => node(`N${i}`, 'mn', 'field', []))
    const links = nodes.map((_, i) => link(`N${i}`, `N${(i + 1) % 5000}`, 'Mcc', 'x@y'))
    const layout = layOut({ name: 'loop', nodes, links: [...links, link('X', 'Y', 'Mca', 'q')] })
    expect(layout.nodes).to.have.length(5000)
    expect(drawNetwork(layout, 'down').text).to.match(/^<svg /)
  })
})
