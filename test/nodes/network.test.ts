import net from 'node:net'
import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import type { NodeEvent, RunningNode } from '../../nodes/contract.ts'
import { startNode } from '../../nodes/startNode.ts'
import { startChain } from './chain.ts'
import { answerTo, ask, freePort, loopback, node, outbound, suite, tell } from './network.ts'
import { type ReferenceNetwork, startReference } from './referenceNetwork.ts'

describe('the reference network over TLS with provisioned keys', function () {
  // A bound for a busy machine; each test takes a fraction of it.
  this.timeout(15_000)

  let reference: ReferenceNetwork

  beforeEach(async () => {
    reference = await startReference()
  })

  afterEach(() => reference.network.stop())

  const associations = () => reference.network.events.filter((e) => e.event === 'association')

  it('has one association per link, made by the registree as client', () => {
    const clients = associations().filter((e) => e.role === 'client')
    expect(
      clients.map(({ node: name, peer, pskIdentity }) => [name, peer, pskIdentity]),
    ).to.deep.equal([
      ['cse1', '//sp.example/cse2', 'cse1-cse2@sp.example'],
      ['ae1', '//sp.example/cse1', 'ae1-cse1@sp.example'],
      ['ae2', '//sp.example/cse2', 'ae2-cse2@sp.example'],
    ])
    for (const each of associations()) expect(each).to.include({ suite, version: 'TLS 1.2' })
    const servers = associations().filter((e) => e.role === 'server')
    expect(servers.map(({ peer }) => peer)).to.deep.equal([
      '//sp.example/cse1',
      '//sp.example/cse1/CAE1',
      '//sp.example/cse2/CAE2',
    ])
  })

  it('keeps an association over many requests, and makes a new one after a disconnect', async () => {
    const { ae1 } = reference
    for (let i = 0; i < 5; i += 1) await answerTo(ae1, 'AE1', { op: 2, to: '/cse1/base' })
    const ofAe1 = () => associations().filter((e) => e.node === 'ae1').length
    expect(ofAe1()).to.equal(1)
    await tell(ae1, { do: 'disconnect' })
    await answerTo(ae1, 'AE1', { op: 2, to: '/cse1/base' })
    expect(ofAe1()).to.equal(2)
  })

  it('carries requests side by side over the one association', async () => {
    const { ae1 } = reference
    const many = Array.from({ length: 20 }, () => answerTo(ae1, 'AE1', { op: 2, to: '/cse1/base' }))
    for (const { rsc } of await Promise.all(many)) expect(rsc).to.equal(2000)
    expect(associations().filter((e) => e.node === 'ae1')).to.have.length(1)
  })

  it('takes a notification to AE2 over a second association that CSE2 makes as client', async () => {
    const { ae1, ae2 } = reference
    const acr = [{ acor: ['/cse1/CAE1'], acop: 16 }]
    const acp = { rn: 'acp', pv: { acr }, pvs: { acr: [{ acor: ['CAE2'], acop: 63 }] } }
    await ask(ae2, 'AE2', { op: 1, ty: 1, to: '/cse2/base/ae2', pc: { 'm2m:acp': acp } })
    const acpi = ['base/ae2/acp']
    await ask(ae2, 'AE2', { op: 3, to: '/cse2/base/ae2', pc: { 'm2m:ae': { acpi } } })
    const before = associations().length
    const pc = { 'm2m:sgn': { nev: { rep: 'hello' } } }
    const answer = await answerTo(ae1, 'AE1', { op: 5, to: '/cse2/base/ae2', rqi: 'n1', pc })
    expect(answer).to.include({ rsc: 2000, rqi: 'n1' })
    const received = await tell(ae2, { do: 'received', entity: 'AE2' })
    expect(received).to.deep.equal([
      { op: 5, to: '/cse2/base/ae2', fr: '/cse1/CAE1', rqi: 'CAE1/n1', rvi: '3', pc },
    ])
    const second = associations().slice(before)
    expect(second.map(({ node: name, role }) => `${name} ${role}`).sort()).to.deep.equal([
      'ae2 server',
      'cse2 client',
    ])
    expect(reference.taps.toAe2.sent().includes('hello')).to.equal(false)
  })

  it('tells a stranger two hops away no, in the words of the hosting CSE', async () => {
    const answer = await answerTo(reference.ae1, 'AE1', { op: 2, to: '/cse2/base/ae2', rqi: 'r1' })
    expect(answer).to.include({ rsc: 4103, rqi: 'r1' })
  })

  it('answers 4106 to another identity on Mca and on Mcc', async () => {
    const { ae1, cse1 } = reference
    expect((await answerTo(ae1, 'AE1', { op: 2, to: '/cse1/base', fr: 'CAE2' })).rsc).to.equal(4106)
    const bare = await answerTo(cse1, 'cse', { op: 2, to: '/cse2/base', fr: 'CAE2' })
    expect(bare.rsc).to.equal(4106)
  })

  it('answers 4107 to a CSE that registers under a name its credential does not stand for', async () => {
    const pc = { 'm2m:csr': { cb: '/cse9/base', csi: '/cse9', rr: false, srv: ['3'] } }
    const request = { op: 1, ty: 16, to: '/cse2/base', fr: '/cse9', pc } as const
    expect((await answerTo(reference.cse1, 'cse', request)).rsc).to.equal(4107)
  })

  it('answers 4126 to an AE whose App-ID no rule of the subscription holds', async () => {
    const { ae1 } = reference
    await tell(ae1, { do: 'deregister', entity: 'AE1' })
    const pc = { 'm2m:ae': { rn: 'ae1', api: 'Nother', rr: false, srv: ['3'] } }
    const request = { op: 1, ty: 2, to: '/cse1/base', pc } as const
    expect((await answerTo(ae1, 'AE1', request)).rsc).to.equal(4126)
    const again = await tell(ae1, { do: 'register', entity: 'AE1' })
    expect(again).to.have.nested.property('response.rsc', 2001)
  })

  it('reports a next hop that cannot be reached, and goes on serving', async () => {
    const { ae1, cse2 } = reference
    await cse2.stop()
    const answer = await answerTo(ae1, 'AE1', { op: 2, to: '/cse2/base' })
    expect(answer.rsc).to.equal(5103)
    expect((await answerTo(ae1, 'AE1', { op: 2, to: '/cse1/base' })).rsc).to.equal(2000)
  })

  it('does not forward what expired on the way', async () => {
    const past = { op: 2, to: '/cse2/base', oet: '20200101T000000' } as const
    expect((await answerTo(reference.ae1, 'AE1', past)).rsc).to.equal(4008)
    const forwards = reference.network.events.filter((e) => e.event === 'forward')
    expect(forwards).to.deep.equal([])
  })

  it('says 127 for what it does not have, and 2 for what is malformed', async () => {
    const { ae1, cse2 } = reference
    const code = async (running: RunningNode, command: unknown) => {
      const reply = await running.control(command as never)
      return reply.ok ? 'ok' : reply.code
    }
    expect(await code(ae1, { do: 'levitate' })).to.equal(127)
    expect(await code(ae1, { do: 'constructor' })).to.equal(127)
    expect(await code(ae1, { do: 'register', entity: 'AE7' })).to.equal(127)
    expect(await code(ae1, { do: 'received', entity: 'AE1' })).to.equal(127)
    expect(await code(cse2, { do: 'register', entity: 'cse' })).to.equal(127)
    expect(await code(ae1, {})).to.equal(2)
    expect(await code(ae1, null)).to.equal(2)
    expect(await code(ae1, { do: 'request', entity: 'AE1' })).to.equal(2)
    expect(await code(ae1, { do: 'set-clock', atMs: 'noon' })).to.equal(2)
  })

  it('never says a key', () => {
    const said = JSON.stringify(reference.network.events)
    expect(said).to.not.match(/[0-9a-f]{32}/)
  })

  it('lets its listeners go when it stops, twice if asked twice', async () => {
    const { ports, network, ae2 } = reference
    await Promise.all([ae2.stop(), ae2.stop()])
    await network.stop()
    const stopped = network.events.filter((e) => e.event === 'stopped' && e.node === 'ae2')
    expect(stopped).to.have.length(1)
    for (const port of Object.values(ports)) {
      const server = net.createServer()
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject)
        server.listen(port, loopback, resolve)
      })
      await new Promise((resolve) => server.close(resolve))
    }
  })
})

describe('a chain of CSEs', function () {
  // A bound for a busy machine; each test takes a fraction of it.
  this.timeout(15_000)

  it('tells every CSE above who is below, and forwards down as well as up', async () => {
    const { network, cses, ae, topAe } = await startChain(3)
    try {
      const up = await answerTo(ae, 'AE', { op: 2, to: '/c4/base', rqi: 'up' })
      expect(up).to.include({ rsc: 4103, rqi: 'up' })
      const hops = network.events.filter((e) => e.event === 'forward' && e.rqi === 'CAE/up')
      expect(hops.map((e) => e.node)).to.deep.equal(['c1', 'c2', 'c3'])
      const down = await answerTo(topAe, 'TOP', { op: 2, to: '/c1/base/AE', rqi: 'down' })
      expect(down).to.include({ rsc: 4103, rqi: 'down' })
      const downwards = network.events.filter((e) => e.event === 'forward' && e.rqi === 'CTOP/down')
      expect(downwards.map((e) => e.node)).to.deep.equal(['c4', 'c3', 'c2'])
      const clients = network.events.filter((e) => e.event === 'association' && e.role === 'client')
      expect(clients.map((e) => e.node)).to.include.members(['c4', 'c3', 'c2'])
      const known = await answerTo(cses[2] as RunningNode, 'cse', { op: 2, to: '/c4/base/c3' })
      expect(known.pc).to.have.nested.property('m2m:csr.dcse').that.has.members(['/c1', '/c2'])
    } finally {
      await network.stop()
    }
  })
})

describe('startNode', function () {
  // A bound for a busy machine; each test takes a fraction of it.
  this.timeout(15_000)

  const environment = (events: NodeEvent[]) => ({
    emit: (event: NodeEvent) => events.push(event),
    keyLog: () => {},
    now: Date.now,
  })
  const cse = (port: number) => ({
    cseId: '/c',
    name: 'base',
    listener: { address: loopback, port, binding: 'http' as const },
    pointsOfAccess: [],
    registrees: [],
  })

  it('names address and port when they are taken, and leaves nothing open', async () => {
    const port = await freePort()
    const first = await startNode(node('a', 'in', { cse: cse(port) }), environment([]))
    const refusal = await startNode(node('b', 'in', { cse: cse(port) }), environment([])).catch(
      (e: unknown) => e,
    )
    await first.stop()
    expect(refusal).to.have.property('code', 'ADDRESS_IN_USE')
    expect(String(refusal)).to.include(`${loopback}:${port}`)
  })

  it('refuses keys that others may read, and keys that are none', async () => {
    const reference = await startReference()
    try {
      const { network } = reference
      const pair = await network.credential('x@sp.example')
      const start = (keyFile: string) => {
        const registrar = {
          cseId: '/c',
          cseBaseName: 'base',
          pointOfAccess: `https://${loopback}:1`,
          autoRegister: false,
          security: outbound({ ...pair, keyFile }, '//sp.example/c'),
        }
        const ae = { name: 'A', appId: 'N', resourceName: 'a', registrar }
        return startNode(node('x', 'adn', { aes: [ae] }), environment([])).catch((e: unknown) => e)
      }
      const { chmod, writeFile } = await import('node:fs/promises')
      await chmod(pair.keyFile, 0o640)
      expect(await start(pair.keyFile)).to.have.property('code', 'NODE_CONFIGURATION_INVALID')
      const bad = `${network.folder}/bad.key`
      await writeFile(bad, 'not hexadecimal', { mode: 0o600 })
      expect(await start(bad)).to.have.property('code', 'NODE_CONFIGURATION_INVALID')
      expect(await start('/nowhere')).to.have.property('code', 'NODE_CONFIGURATION_INVALID')
    } finally {
      await reference.network.stop()
    }
  })
})
