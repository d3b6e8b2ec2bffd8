import { expect } from 'chai'
import { describe, it } from 'mocha'
import { dissectOptions } from '../../../tools/testSystem/dissectOptions.ts'
import { planOf } from '../runtimes/plans.ts'

const notes = {
  canaries: [],
  expectedJourneys: [],
  testerConnections: [],
  impersonated: [],
  timeline: [],
}

describe('dissectOptions', () => {
  it('names every node by its address', () => {
    const plan = planOf('reference')
    expect([...(dissectOptions(plan, notes).hosts ?? [])]).to.deep.equal(
      plan.nodes.map(({ address, name }) => [address, name]),
    )
  })

  it("takes the fabric's address in a node's own network for that node, whose place the tester has there", () => {
    const plan = planOf('reference', { addressing: { scheme: 'networks', block: '10.201' } })
    const hosts = new Map(dissectOptions(plan, notes).hosts)
    expect(hosts).to.have.property('size', 2 * plan.nodes.length)
    for (const { name, address, network } of plan.nodes) {
      expect(hosts.get(address)).to.equal(name)
      expect(hosts.get(network?.fabricAddress ?? '')).to.equal(name)
    }
  })
})
