import { expect } from 'chai'
import { describe, it } from 'mocha'
import { toNodeConfiguration } from '../../../tools/credentials/nodeConfiguration.ts'
import { planOf } from '../runtimes/plans.ts'

const plan = planOf('reference')
const suites = ['TLS_PSK_WITH_AES_128_CBC_SHA256']

function configurationOf(name: string, from = plan) {
  const node = from.nodes.find((each) => each.name === name)
  if (node === undefined) {
    throw new Error(`no node ${name}`)
  }
  return toNodeConfiguration(from, node, '/keys')
}

function linkOf(wire: string) {
  const link = plan.links.find((each) => each.wire === wire)
  if (link === undefined) {
    throw new Error(`no wire ${wire}`)
  }
  return link
}

function urlOf({ listen }: { listen: { address: string; port: number } }): string {
  return `https://${listen.address}:${listen.port}`
}

function credential(id: string, peer: string) {
  return { id, keyFile: `/keys/${id}.key`, peer }
}

describe('toNodeConfiguration', () => {
  it('gives an AE its registrar through the wire, and one credential', () => {
    const { aes, cse } = configurationOf('ae1')
    expect(cse).to.equal(undefined)
    expect(aes).to.have.length(1)
    expect(aes[0]?.registrar).to.deep.equal({
      cseId: '/cse1',
      cseBaseName: plan.nodes.find(({ name }) => name === 'cse1')?.cse?.name,
      pointOfAccess: urlOf(linkOf('ae1-cse1').toRegistrar),
      autoRegister: true,
      security: {
        saef: 'psk',
        suites,
        credential: credential('kpsa-CAE1-cse1@sp.example', '//sp.example/cse1'),
      },
    })
    expect(aes[0]).not.to.have.property('listener')
  })

  it('gives a request reachable AE a listener for the second association', () => {
    const [ae] = configurationOf('ae2').aes
    const [way] = linkOf('ae2-cse2').toRegistree
    expect(ae?.pointOfAccess).to.equal(way && urlOf(way))
    expect(ae?.listener).to.deep.include({ ...way?.target, binding: 'http' })
    expect(ae?.listener?.security?.credentials).to.deep.equal([
      credential('kpsa-CAE2-cse2@sp.example', '//sp.example/cse2'),
    ])
  })

  it('tells a middle node both its registrar and its registrees', () => {
    const { cse } = configurationOf('cse1')
    expect(cse?.registrar?.cseId).to.equal('/cse2')
    const toCse2 = 'kpsa-cse1-cse2@sp.example'
    const fromAe1 = credential('kpsa-CAE1-cse1@sp.example', '//sp.example/cse1/CAE1')
    expect(cse?.listener.security?.credentials).to.deep.equal([
      fromAe1,
      credential(toCse2, '//sp.example/cse2'),
    ])
    expect(cse?.registrees).to.deep.equal([
      { id: '//sp.example/cse1/CAE1', security: { saef: 'psk', suites, credential: fromAe1 } },
    ])
    const back = linkOf('cse1-cse2').toRegistree[0]
    expect(cse?.pointsOfAccess).to.deep.equal([
      urlOf(linkOf('ae1-cse1').toRegistrar),
      back && urlOf(back),
    ])
    const registrees = configurationOf('cse2').cse?.registrees ?? []
    expect(registrees.map(({ id }) => id)).to.have.members([
      '//sp.example/cse1',
      '//sp.example/cse2/CAE2',
    ])
  })

  it('knows no security where the plan says none', () => {
    const plain = planOf('plain')
    for (const { name } of plain.nodes) {
      const text = JSON.stringify(configurationOf(name, plain))
      expect(text).not.to.contain('"security"')
      expect(text).not.to.contain('https:')
    }
  })

  it('passes on misbehaviours and who waits to be registered by hand', () => {
    const options = { manual: ['ae1'], misbehaviours: { cse1: ['origin-unchecked'] } }
    const changed = planOf('reference', options)
    expect(configurationOf('ae1', changed).aes[0]?.registrar.autoRegister).to.equal(false)
    expect(configurationOf('cse1', changed).misbehaviours).to.deep.equal(['origin-unchecked'])
    expect(configurationOf('cse2', changed).misbehaviours).to.deep.equal([])
  })

  it('names every wire and every credential of a large network somewhere', () => {
    const hundred = planOf('hundred')
    const said = hundred.nodes.map((node) =>
      JSON.stringify(toNodeConfiguration(hundred, node, '/keys')),
    )
    for (const { toRegistrar } of hundred.links) {
      const holders = said.filter((text) => text.includes(`${urlOf(toRegistrar)}"`))
      expect(holders).to.have.length(2)
    }
    for (const { id } of hundred.credentials) {
      expect(said.filter((text) => text.includes(`"${id}"`))).to.have.length(2)
    }
  })
})
