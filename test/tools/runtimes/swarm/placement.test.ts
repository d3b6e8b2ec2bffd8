import { expect } from 'chai'
import { describe, it } from 'mocha'
import type { Machine } from '../../../../tools/runtimes/swarm/machines.ts'
import { placePlan } from '../../../../tools/runtimes/swarm/placement.ts'
import { readdress } from '../../../../tools/runtimes/swarm/readdress.ts'
import { siteAddresses } from '../../../../tools/runtimes/swarm/siteAddresses.ts'
import { planOf } from '../plans.ts'

const machine = (id: string, more: Partial<Machine> = {}): Machine => ({
  id,
  name: `machine-${id}`,
  role: 'worker',
  isHere: false,
  ...more,
})
const manager = machine('m', { role: 'manager', isHere: true })
const plan = planOf('reference', { addressing: { scheme: 'networks', block: '10.201' } })

function whereIs(machines: readonly Machine[]): Record<string, string> {
  const { nodes } = placePlan(plan, machines)
  return Object.fromEntries([...nodes].map(([name, { id }]) => [name, id]))
}

describe('placePlan', () => {
  it('has field nodes on workers in turn, and infrastructure nodes on managers', () => {
    expect(whereIs([manager, machine('a'), machine('b')])).to.deep.equal({
      cse2: 'm',
      ae2: 'm',
      cse1: 'a',
      ae1: 'b',
    })
  })

  it('follows labels before roles', () => {
    const labelled = machine('l', { domain: 'infrastructure' })
    expect(whereIs([manager, machine('a'), labelled])).to.deep.equal({
      cse2: 'l',
      ae2: 'l',
      cse1: 'a',
      ae1: 'a',
    })
  })

  it('does with whatever machines there are', () => {
    expect(new Set(Object.values(whereIs([manager])))).to.deep.equal(new Set(['m']))
    expect(new Set(Object.values(whereIs([machine('a')])))).to.deep.equal(new Set(['a']))
    expect(() => placePlan(plan, [])).to.throw(/no machine of the swarm takes/)
  })

  it('has a wire where its registree is, and that fabric on the networks of both ends', () => {
    const a = machine('a')
    const placement = placePlan(plan, [manager, a])
    const wires = [...placement.wires].map(([wire, { id }]) => [wire, id])
    expect(Object.fromEntries(wires)).to.deep.equal({
      'ae1-cse1': 'a',
      'cse1-cse2': 'a',
      'ae2-cse2': 'm',
    })
    expect(placement.neighbours.get('cse2')).to.have.members([manager, a])
    expect(placement.neighbours.get('ae1')).to.have.members([a])
    expect(placement.fabrics).to.have.members([manager, a])
    for (const { name } of plan.nodes) {
      const gateway = placement.gateways.get(name)
      expect(placement.neighbours.get(name)).to.include(gateway)
    }
  })
})

describe('readdress', () => {
  const placement = placePlan(plan, [manager, machine('a')])
  const placed = readdress(plan, placement, {
    subnetOf: (node) => `subnet ${node}`,
    gatewayOf: (node) => `gateway ${node}`,
    nodeAddress: (node) => `at ${node}`,
    fabricAddress: (id, node) => `${id} in ${node}`,
  })

  it('leaves no planned address, and changes nothing else', () => {
    expect(JSON.stringify(placed)).to.not.match(/10\.201/)
    const names = (nodes: typeof plan.nodes) =>
      nodes.map(({ address: _address, network: _network, machine: _machine, ...rest }) => rest)
    expect(names(placed.nodes)).to.deep.equal(names(plan.nodes))
    expect(placed.credentials).to.deep.equal(plan.credentials)
  })

  it('has each wire listen in the network of who calls, at the fabric that carries it', () => {
    const link = placed.links.find(({ wire }) => wire === 'cse1-cse2')
    const ports = plan.links.find(({ wire }) => wire === 'cse1-cse2')
    expect(link?.machine).to.equal('machine-a')
    expect(link?.toRegistrar).to.deep.equal({
      listen: { address: 'a in cse1', port: ports?.toRegistrar.listen.port },
      target: { address: 'at cse2', port: ports?.toRegistrar.target.port },
    })
    expect(link?.toRegistree[0]?.listen.address).to.equal('a in cse2')
    expect(link?.toRegistree[0]?.target.address).to.equal('at cse1')
  })
})

describe('siteAddresses', () => {
  const range = (subnet: string) => {
    const [address = '', bits] = subnet.split('/')
    const from = Buffer.from(address.split('.').map(Number)).readUInt32BE()
    return { from, to: from + 2 ** (32 - Number(bits)) - 1 }
  }

  it('gives networks that do not overlap, within the block', () => {
    const { control, subnetOf } = siteAddresses(plan, '10.101')
    const all = [control.subnet, ...Array.from({ length: 2016 }, (_, node) => subnetOf(node))]
    const ranges = all.map(range).toSorted((a, b) => a.from - b.from)
    const block = range('10.101.0.0/16')
    expect(ranges[0]?.from).to.be.at.least(block.from)
    expect(ranges.at(-1)?.to).to.be.at.most(block.to)
    for (const [index, { from }] of ranges.entries()) {
      expect(from).to.be.greaterThan(ranges[index - 1]?.to ?? 0)
    }
  })

  it('refuses a plan with more nodes than networks', () => {
    const [node] = plan.nodes
    if (node === undefined) throw new Error('no node')
    const many = { ...plan, nodes: Array.from({ length: 2017 }, () => node) }
    expect(() => siteAddresses(many, '10.101')).to.throw(/2017 nodes/)
  })
})
