import { assert } from 'chai'
import type { Place } from '../../../topologies/addressing.ts'
import { bringUpInContainers, ownThings, type TestNetwork } from './testNetwork.ts'

/** Tries each place and prints one line for it; runs inside of a node's container. */
const knock = `
const net = require('node:net')
for (const place of process.argv.slice(1)) {
  const [host, port] = place.split(':')
  const socket = net.connect({ host, port: Number(port) })
  const say = (what) => { console.log(place, what); socket.destroy() }
  socket.setTimeout(4000, () => say('silent'))
  socket.once('connect', () => say('CONNECTED')).once('error', ({ code }) => say(code))
}`

describe('the isolation of nodes in containers', function () {
  this.timeout(120_000)
  let network: TestNetwork

  before(async () => {
    network = await bringUpInContainers()
  })
  after(async () => {
    await network?.[Symbol.asyncDispose]()
  })

  async function knockFrom(node: string, places: readonly Place[]): Promise<readonly string[]> {
    const words = places.map(({ address, port }) => `${address}:${port}`)
    const said = await network.execute(`node-${node}`, [
      '/usr/local/bin/node',
      '-e',
      knock,
      ...words,
    ])
    const lines = said.trim().split('\n')
    return words.map((word) => lines.find((line) => line.startsWith(`${word} `)) ?? `${word} ?`)
  }

  it('lets a node reach the wires that begin in its network', async () => {
    const { plan } = network
    const own = plan.links.filter(({ registree }) => registree.node === 'ae1')
    const places = own.map(({ toRegistrar }) => toRegistrar.listen)
    assert.isNotEmpty(places)
    for (const line of await knockFrom('ae1', places)) assert.match(line, /CONNECTED$/)
  })

  it('lets a node reach no other node, nor a wire, gateway or this machine past its own wires', async () => {
    const { plan } = network
    const elsewhere = plan.links.filter(({ registree }) => registree.node !== 'ae1')
    const places: Place[] = [
      ...plan.links.flatMap(({ toRegistrar, toRegistree }) =>
        [toRegistrar, ...toRegistree].map(({ target }) => target),
      ),
      ...elsewhere.map(({ toRegistrar }) => toRegistrar.listen),
      ...plan.nodes.map(({ network: own }) => ({ address: own?.gateway ?? '', port: 22 })),
      { address: '172.17.0.1', port: 22 },
      { address: '1.1.1.1', port: 53 },
    ]
    assert.isAbove(places.length, 8)
    // A refusal would be an answer.
    for (const line of await knockFrom('ae1', places))
      assert.match(line, / (silent|EHOSTUNREACH|ENETUNREACH)$/)
  })

  it('publishes nothing and gives no container more than it needs', async () => {
    const { engine, plan } = network
    const parts = plan.nodes.flatMap(({ name }) => [`node-${name}`, `recorder-${name}`])
    for (const part of [...parts, 'fabric']) {
      const { Id: id, Ports: ports } = await network.container(part)
      assert.isEmpty(ports)
      const { HostConfig: host, Config: config } = await engine.client.getContainer(id).inspect()
      assert.isTrue(host.ReadonlyRootfs)
      assert.isFalse(host.Privileged)
      assert.isFalse(host.PublishAllPorts)
      assert.deepEqual(host.CapDrop, ['ALL'])
      assert.deepEqual(host.SecurityOpt, ['no-new-privileges'])
      assert.isAbove(host.Memory ?? 0, 0)
      assert.isAtMost(host.Memory ?? Number.POSITIVE_INFINITY, 1024 * 2 ** 20)
      assert.isAbove(host.PidsLimit ?? 0, 0)
      assert.isEmpty(host.Binds ?? [])
      assert.equal(host.LogConfig?.Type, 'none')
      const isRecorder = part.startsWith('recorder-')
      assert.equal(config.User, isRecorder ? '0:0' : '10001:10001')
      const needed = ['NET_RAW', 'SETUID', 'SETGID']
      assert.sameMembers(host.CapAdd ?? [], isRecorder ? needed : [])
    }
  })

  it('leaves a node no privilege, no place to write and no other keys than its own', async () => {
    const look = `
      const fs = require('node:fs')
      const tried = (path) => { try { fs.writeFileSync(path, ''); return 'WRITTEN' } catch ({ code }) { return code } }
      const status = fs.readFileSync('/proc/self/status', 'utf8')
      const keys = fs.readdirSync('/run/given/keys')
      console.log(JSON.stringify({
        capabilities: /CapEff:\\t(\\S+)/.exec(status)[1],
        bounding: /CapBnd:\\t(\\S+)/.exec(status)[1],
        privileges: /NoNewPrivs:\\t(\\S+)/.exec(status)[1],
        user: process.getuid(),
        keys,
        modes: keys.map((name) => (fs.statSync('/run/given/keys/' + name).mode & 0o777).toString(8)),
        root: tried('/x'), code: tried('/opt/onem2m-bench/x'), given: tried('/run/given/keys/x'), tmp: tried('/tmp/x'),
      }))`
    const said = await network.execute('node-ae1', ['/usr/local/bin/node', '-e', look])
    const seen = JSON.parse(said)
    const own = network.plan.credentials.filter(({ wire }) => wire.startsWith('ae1-'))
    assert.deepEqual(seen, {
      capabilities: '0000000000000000',
      bounding: '0000000000000000',
      privileges: '1',
      user: 10_001,
      keys: own.map(({ id }) => `${id}.key`),
      modes: own.map(() => '400'),
      root: 'EROFS',
      code: 'EROFS',
      given: 'EACCES',
      tmp: 'WRITTEN',
    })
  })

  it('leaves nothing in the engine once the network is down', async () => {
    const { engine } = network
    assert.isNotEmpty(await ownThings(engine))
    const { Mounts: mounts } = await network.container('node-ae1')
    const [volume] = mounts.filter(({ Type: type }) => type === 'volume')
    const name = volume?.Name ?? ''
    await engine.client.getVolume(name).inspect()
    await network.testbed.stop()
    assert.isEmpty(await ownThings(engine))
    const gone = await engine.client
      .getVolume(name)
      .inspect()
      .catch(({ statusCode }) => statusCode)
    assert.equal(gone, 404)
  })
})
