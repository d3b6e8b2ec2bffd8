import { expect } from 'chai'
import { describe, it } from 'mocha'
import { BenchError } from '../../protocol/errors.ts'
import { planOf, shipped, sound } from './examples.ts'

const addressing = { scheme: 'networks', block: '10.201' } as const

describe('a plan over networks', () => {
  const plan = planOf(shipped('reference.yaml'), { addressing })

  it('gives every node a network of eight addresses, for it and the fabric', () => {
    const [first, second] = plan.nodes.toSorted((a, b) =>
      a.address.localeCompare(b.address, 'en', { numeric: true }),
    )
    expect(first).to.deep.include({
      address: '10.201.0.3',
      network: { subnet: '10.201.0.0/29', gateway: '10.201.0.1', fabricAddress: '10.201.0.2' },
    })
    expect(second).to.deep.include({
      address: '10.201.0.11',
      network: { subnet: '10.201.0.8/29', gateway: '10.201.0.9', fabricAddress: '10.201.0.10' },
    })
    expect(new Set(plan.nodes.map(({ network }) => network?.subnet))).to.have.property('size', 4)
  })

  it('has a wire listen where the one who calls can reach it, and nowhere else', () => {
    for (const name of ['reference.yaml', 'hundred.yaml', 'neighbours.yaml']) {
      const { links, nodes } = planOf(shipped(name), { addressing })
      const fabricAt = new Map(nodes.map((node) => [node.name, node.network?.fabricAddress]))
      const addressOf = new Map(nodes.map((node) => [node.name, node.address]))
      const places: string[] = []
      for (const { registree, registrar, toRegistrar, toRegistree } of links) {
        expect(toRegistrar.listen.address).to.equal(fabricAt.get(registree.node))
        expect(toRegistrar.target.address).to.equal(addressOf.get(registrar.node))
        places.push(`${toRegistrar.listen.address}:${toRegistrar.listen.port}`)
        for (const { listen, target } of toRegistree) {
          expect(listen.address).to.equal(fabricAt.get(registrar.node))
          expect(target.address).to.equal(addressOf.get(registree.node))
          places.push(`${listen.address}:${listen.port}`)
        }
      }
      expect(new Set(places), name).to.have.property('size', places.length)
    }
  })

  it('differs from one on loopback in nothing but addresses', () => {
    const places = /"(address|port|subnet|gateway|fabricAddress)":("[\d./]+"|\d+),?/g
    const text = (planned: object) =>
      JSON.stringify(planned)
        .replaceAll(places, '')
        .replaceAll(/"network":{},/g, '')
    expect(text(plan)).to.equal(text(planOf(shipped('reference.yaml'))))
  })

  it('fits thousands of nodes, and says how many are too many', () => {
    const largest = planOf(devices(8191), { addressing })
    expect(largest.nodes.map(({ address }) => address)).to.include('10.201.255.251')
    expect(() => planOf(devices(8192), { addressing }))
      .to.throw(BenchError, /8193 nodes; 10\.201\.0\.0\/16 has networks for 8192/)
      .with.property('code', 'USAGE')
  })

  it('refuses more wires at one node than there are ports', () => {
    const reachable = ['A', 'B', 'C'].map((name) => `{ name: ${name}$, reachable: true }`)
    const text = reachable.join(', ')
    expect(() => planOf(devices(4300, text), { addressing })).to.throw(BenchError, /than there are/)
  })

  it('refuses an address that the file fixes', () => {
    expect(() => planOf(shipped('lone-in-cse.yaml'), { addressing })).to.throw(
      BenchError,
      /gives `.*` the address 127\.0\.0\.1/,
    )
  })
})

/** An infrastructure node and so many devices, in groups as large as a file may have. */
function devices(count: number, aes = '') {
  const groups = Array.from({ length: Math.ceil(count / 1000) }, (_, index) => {
    const repeat = Math.min(1000, count - index * 1000)
    const own = aes === '' ? '' : `, aes: [${aes.replaceAll('$', `${index}x`)}]`
    return `  d${index}x: { kind: adn, registrar: i, repeat: ${repeat}${own} }`
  })
  return sound(`name: many\nnodes:\n  i: { kind: in }\n${groups.join('\n')}\n`)
}
