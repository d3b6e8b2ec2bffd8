import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { BenchError } from '../../protocol/errors.ts'
import { parseKpsaId } from '../../protocol/identifiers.ts'
import type { Plan } from '../../topologies/plan.ts'
import { folder, planOf, shipped, sound } from './examples.ts'

const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'))

function refused(make: () => Plan): BenchError {
  try {
    make()
  } catch (error) {
    if (error instanceof BenchError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

function namesOf(plan: Plan): readonly string[] {
  return plan.nodes.map(({ name }) => name)
}

describe('makePlan', () => {
  it('keeps the smallest network within 12 lines and the reference network within 40', () => {
    const lines = (name: string) => readFileSync(join(folder, name), 'utf8').split('\n').length
    expect(lines('smallest.yaml')).to.be.at.most(12)
    expect(lines('reference.yaml')).to.be.at.most(40)
  })

  for (const file of files) {
    it(`plans ${file} the same way twice, and changes nothing but the seed with it`, () => {
      const plan = planOf(shipped(file))
      expect(planOf(shipped(file))).to.deep.equal(plan)
      expect(planOf(shipped(file), { seed: 8 })).to.deep.equal({ ...plan, seed: 8 })
    })

    it(`gives everything in ${file} an address and a name of its own`, () => {
      const plan = planOf(shipped(file))
      const listening = [
        ...plan.nodes.flatMap(({ address, cse, aes }) =>
          [cse, ...aes].flatMap((entity) => (entity?.port ? [`${address}:${entity.port}`] : [])),
        ),
        ...plan.links.flatMap(({ toRegistrar, toRegistree }) =>
          [toRegistrar, ...toRegistree].map(({ listen }) => `${listen.address}:${listen.port}`),
        ),
      ]
      for (const all of [
        listening,
        plan.nodes.map(({ address }) => address),
        plan.nodes.map(({ name }) => name),
        plan.links.map(({ wire }) => wire),
        plan.credentials.map(({ id }) => id),
      ]) {
        expect(new Set(all).size).to.equal(all.length)
      }
      for (const { id } of plan.credentials) expect(parseKpsaId(id).ok, id).to.equal(true)
    })

    it(`leads every wire of ${file} to a listener, and starts registrars first`, () => {
      const plan = planOf(shipped(file))
      const nodes = new Map(plan.nodes.map((node) => [node.name, node]))
      const order = plan.levels.flat()
      expect(namesOf(plan)).to.deep.equal(order)
      for (const { registrar, registree, toRegistrar, toRegistree } of plan.links) {
        const to = nodes.get(registrar.node)
        expect(toRegistrar.target).to.deep.equal({ address: to?.address, port: to?.cse?.port })
        expect(order.indexOf(registrar.node)).to.be.lessThan(order.indexOf(registree.node))
        for (const { entity, target } of toRegistree) {
          const from = nodes.get(registree.node)
          const ae = from?.aes.find(({ name }) => name === entity)
          expect(target).to.deep.equal({ address: from?.address, port: (ae ?? from?.cse)?.port })
        }
      }
    })
  }

  it('plans the reference network as drawn', () => {
    const plan = planOf(shipped('reference.yaml'))
    expect(plan.levels).to.deep.equal([['cse2'], ['cse1', 'ae2'], ['ae1']])
    expect(plan.links.map(({ wire, referencePoint }) => [wire, referencePoint])).to.deep.equal([
      ['ae1-cse1', 'Mca'],
      ['cse1-cse2', 'Mcc'],
      ['ae2-cse2', 'Mca'],
    ])
    expect(
      plan.links.map(({ toRegistree }) => toRegistree.map(({ entity }) => entity)),
    ).to.deep.equal([[], ['cse1'], ['AE2']])
    for (const { security } of plan.links) {
      expect(security).to.deep.equal({ saef: 'psk', suites: ['TLS_PSK_WITH_AES_128_CBC_SHA256'] })
    }
    expect(plan.credentials).to.deep.equal([
      {
        kind: 'psk',
        id: 'kpsa-CAE1-cse1@sp.example',
        wire: 'ae1-cse1',
        entityA: '//sp.example/cse1/CAE1',
        entityB: '//sp.example/cse1',
      },
      {
        kind: 'psk',
        id: 'kpsa-cse1-cse2@sp.example',
        wire: 'cse1-cse2',
        entityA: '//sp.example/cse1',
        entityB: '//sp.example/cse2',
      },
      {
        kind: 'psk',
        id: 'kpsa-CAE2-cse2@sp.example',
        wire: 'ae2-cse2',
        entityA: '//sp.example/cse2/CAE2',
        entityB: '//sp.example/cse2',
      },
    ])
    const rules = plan.nodes.find(({ name }) => name === 'cse1')?.cse?.appRules
    expect(rules).to.deep.equal([
      { credentialIds: ['12-kpsa-CAE1-cse1@sp.example'], appIds: ['Nae1'], aeIds: ['CAE1'] },
    ])
  })

  it('plans no credential and no app rule where links are plain', () => {
    const plan = planOf(shipped('plain.yaml'))
    expect(plan.credentials).to.deep.equal([])
    expect(plan.links.map(({ security }) => security)).to.deep.equal([null, null, null])
    for (const { cse } of plan.nodes) expect(cse?.appRules).to.equal(undefined)
  })

  it('makes a chain of any length', () => {
    for (const transit of [1, 2, 4, 6]) {
      const plan = planOf(shipped('chain.yaml'), { parameters: { transit } })
      const wires = plan.links.map(({ wire }) => wire)
      expect(plan.nodes).to.have.length(transit + 3)
      expect(wires[0]).to.equal('ae1-mn1')
      expect(wires).to.include(`mn${transit}-cse2`)
      for (let at = 1; at < transit; at++) expect(wires).to.include(`mn${at}-mn${at + 1}`)
    }
  })

  it('leaves an empty chain out: who would enter it registers behind it', () => {
    const topology = sound(
      'name: x\nparameters: { n: 0 }\nnodes:\n  a: { kind: adn, registrar: m }\n  b: { kind: adn, registrar: m1 }\n  m: { kind: mn, repeat: $n, chain: true, registrar: i }\n  i: { kind: in }\n',
    )
    expect(planOf(topology).links.map(({ wire }) => wire)).to.deep.equal(['a-i', 'b-i'])
    const three = planOf(topology, { parameters: { n: 3 } })
    expect(three.links.map(({ wire }) => wire)).to.deep.equal([
      'a-m1',
      'b-m1',
      'm1-m2',
      'm2-m3',
      'm3-i',
    ])
  })

  it('plans a hundred devices on ten middle nodes, each with its own', () => {
    const plan = planOf(shipped('hundred.yaml'))
    expect(plan.nodes.filter(({ kind }) => kind === 'adn')).to.have.length(100)
    expect(plan.links.map(({ wire }) => wire)).to.include.members(['adn1-1-mn1', 'adn10-10-mn10'])
  })

  it('takes addresses and ports from the file, and never gives one of them away again', () => {
    const plan = planOf(
      sound(
        'name: x\nnodes:\n  a: { kind: adn, registrar: i }\n  i: { kind: in, address: 127.42.0.1, port: 8080 }\n',
      ),
    )
    expect(plan.nodes.map(({ address }) => address)).to.deep.equal(['127.42.0.1', '127.42.0.2'])
    expect(plan.links[0]?.toRegistrar.target).to.deep.equal({ address: '127.42.0.1', port: 8080 })
  })

  it('plans the lone IN-CSE as its file says', () => {
    const parameters = { port: 9090, cseId: '/mine', cseName: 'root', admin: 'CBoss' }
    const [node] = planOf(shipped('lone-in-cse.yaml'), { parameters }).nodes
    expect(node?.address).to.equal('127.0.0.1')
    expect(node?.cse).to.deep.equal({
      cseId: '/mine',
      name: 'root',
      port: 9090,
      adminOriginator: 'CBoss',
    })
  })

  it('joins the AEs of a node with a CSE to that CSE', () => {
    const plan = planOf(
      sound(
        'name: x\nnodes:\n  n: { kind: asn, registrar: i, reachable: true }\n  i: { kind: in, aes: [{ name: V, stem: SV }] }\n',
      ),
    )
    expect(plan.links.map(({ wire, referencePoint }) => [wire, referencePoint])).to.deep.equal([
      ['n-i', 'Mcc'],
      ['n-n', 'Mca'],
      ['i-i', 'Mca'],
    ])
    expect(plan.nodes.map(({ aes }) => aes[0]?.aeId)).to.deep.equal([
      '//sp.example/SV',
      '//sp.example/n/CN',
    ])
  })

  it('uses the credential, suites and impairment that a link names', () => {
    const plan = planOf(
      sound(
        [
          'name: x',
          'credentials: { k: { id: mine@other.example } }',
          'nodes: { a: { kind: adn, registrar: i }, i: { kind: in } }',
          'links:',
          '  a-i:',
          '    credential: k',
          '    security: { saef: psk, suites: [TLS_PSK_WITH_AES_128_GCM_SHA256] }',
          '    impair: { delayMs: 5, limitBytesPerS: 1000 }',
          '',
        ].join('\n'),
      ),
    )
    expect(plan.credentials.map(({ id }) => id)).to.deep.equal(['mine@other.example'])
    expect(plan.links[0]?.security?.suites).to.deep.equal(['TLS_PSK_WITH_AES_128_GCM_SHA256'])
    expect(plan.links[0]?.impairment).to.deep.equal({ delayMs: 5, limitBytesPerS: 1000 })
    expect(plan.nodes[0]?.cse?.appRules?.[0]?.credentialIds).to.deep.equal([
      '12-mine@other.example',
    ])
  })

  it('leaves the stem open where the registrar chooses it', () => {
    const plan = planOf(
      sound(
        'name: x\nnodes:\n  a: { kind: adn, registrar: i, aes: [{ name: A, stem: C }] }\n  i: { kind: in }\n',
      ),
    )
    expect(plan.nodes[1]?.aes[0]).to.not.have.property('aeId')
    expect(plan.credentials[0]?.entityA).to.equal('//sp.example/i/C*')
    expect(plan.nodes[0]?.cse?.appRules?.[0]?.aeIds).to.deep.equal(['C*'])
  })

  it('holds nodes back and makes them misbehave when asked', () => {
    const plan = planOf(shipped('reference.yaml'), {
      manual: ['ae1'],
      misbehaviours: { cse1: ['transit-drops-silently'] },
    })
    const byName = new Map(plan.nodes.map((node) => [node.name, node]))
    expect(byName.get('ae1')?.autoRegister).to.equal(false)
    expect(byName.get('ae2')?.autoRegister).to.equal(true)
    expect(byName.get('cse1')?.misbehaviours).to.deep.equal(['transit-drops-silently'])
    expect(byName.get('cse2')?.misbehaviours).to.deep.equal([])
  })

  it('does as the file says where it departs from the defaults', () => {
    const plan = planOf(
      sound(
        [
          'name: x',
          'nodes:',
          '  a:',
          '    kind: adn',
          '    registrar: m',
          '    register: false',
          '    domain: infrastructure',
          '    aes: [{ name: A, reachable: true }, { name: B, reachable: true }]',
          "  m: { kind: mn, registrar: i, cse: { id: /m~1, appRules: [{ appIds: ['N*'], aeIds: ['*'] }] } }",
          '  v: { kind: in-ae, registrar: i }',
          '  i: { kind: in, cse: { appRules: none } }',
          '',
        ].join('\n'),
      ),
    )
    const byName = new Map(plan.nodes.map((node) => [node.name, node]))
    const a = byName.get('a')
    expect([a?.autoRegister, a?.domain]).to.deep.equal([false, 'infrastructure'])
    expect(new Set(a?.aes.map(({ port }) => port)).size).to.equal(2)
    expect(byName.get('m')?.cse?.appRules).to.deep.equal([{ appIds: ['N*'], aeIds: ['*'] }])
    expect(byName.get('i')?.cse).to.not.have.property('appRules')
    expect(plan.credentials[0]).to.include({
      id: 'kpsa-CA-m_7E1@sp.example',
      entityA: '//sp.example/m~1/CA',
    })
    for (const { id } of plan.credentials) expect(parseKpsaId(id).ok, id).to.equal(true)
  })

  it('refuses options that name what is not there', () => {
    const reference = shipped('reference.yaml')
    const manual = refused(() => planOf(reference, { manual: ['ae'] }))
    expect([manual.code, manual.remedy]).to.deep.equal(['USAGE', 'did you mean `ae1`?'])
    const mutant = refused(() => planOf(reference, { misbehaviours: { nobody: [] } }))
    expect(mutant.message).to.match(/has no node `nobody`/)
    const parameter = refused(() => planOf(reference, { parameters: { transit: 1 } }))
    expect(parameter.code).to.equal('TOPOLOGY_INVALID')
    expect(parameter.message).to.match(/unknown parameter `transit`/)
    const bound = refused(() => planOf(shipped('chain.yaml'), { parameters: { transit: 7 } }))
    expect(bound.message).to.match(/`transit` is 7, allowed is 1 to 6/)
    const type = refused(() => planOf(shipped('chain.yaml'), { parameters: { transit: 'two' } }))
    expect(type.message).to.match(/its default 2 is a number/)
    const dollar = refused(() =>
      planOf(shipped('lone-in-cse.yaml'), { parameters: { admin: '$x' } }),
    )
    expect(dollar.remedy && dollar.message).to.match(/leave out the \$/)
  })

  it('plans thousands of nodes, and no more than it says', () => {
    const text = (devices: number) =>
      `name: big\nnodes:\n  d: { kind: adn, repeat: ${devices}, per: m, registrar: m }\n  m: { kind: mn, repeat: 100, registrar: i }\n  i: { kind: in }\n`
    expect(planOf(sound(text(90))).nodes).to.have.length(9101)
    expect(() => sound(text(1000))).to.throw(/at most 10000 nodes/)
  }).timeout(10_000)
})
