import { chmodSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { engineAddresses } from '../../../tools/engine/addresses.ts'
import { connectEngine, isAbsent } from '../../../tools/engine/connect.ts'
import { type Answer, dockerVersion, failureOf, fakeEngine } from './fakeEngine.ts'

const connect = (address: string, timeoutMs = 5000) => connectEngine({ address, timeoutMs })

describe('where an engine is looked for', () => {
  const addresses = (environment: Record<string, string>) =>
    engineAddresses(environment).map(({ address }) => address)

  it('is the usual sockets of Docker and Podman', () => {
    expect(addresses({ XDG_RUNTIME_DIR: '/run/user/5' })).to.deep.equal([
      'unix:///var/run/docker.sock',
      'unix:///run/user/5/docker.sock',
      'unix:///run/podman/podman.sock',
      'unix:///run/user/5/podman/podman.sock',
    ])
    expect(addresses({})).to.have.length(2)
  })

  it('is only where the environment says', () => {
    expect(addresses({ DOCKER_HOST: 'unix:///x' })).to.deep.equal(['unix:///x'])
    expect(addresses({ CONTAINER_HOST: 'tcp://[::1]:2375' })).to.deep.equal(['tcp://[::1]:2375'])
    expect(addresses({ DOCKER_HOST: '', CONTAINER_HOST: '' })).to.have.length(2)
  })

  it('is refused when it cannot be understood', () => {
    for (const said of ['ssh://a', '/x', 'unix://x', 'tcp://a', 'tcp://a:0', 'tcp://a:70000', 'x'])
      expect(() => engineAddresses({ DOCKER_HOST: said }), said)
        .to.throw(/DOCKER_HOST is/)
        .with.property('code', 'USAGE')
  })
})

describe('connecting to an engine', () => {
  it('finds Docker, and tells Podman from it', async () => {
    const podman: Answer = {
      status: 200,
      body: { Version: '4.3.1', Components: [{ Name: 'Podman Engine' }] },
    }
    for (const [answer, kind, said] of [
      [dockerVersion, 'docker', 'Docker 20.10.24 at '],
      [podman, 'podman', 'Podman 4.3.1 at '],
    ] as const) {
      await using fake = await fakeEngine({ 'GET /version': answer })
      const engine = await connectEngine({ environment: { DOCKER_HOST: fake.address } })
      expect(engine.kind).to.equal(kind)
      expect(engine.describe()).to.equal(`${said}${fake.address}`)
    }
  })

  it('says where it looked when there is none, and how to get one', async () => {
    const error = await connect('unix:///nonexistent/engine.sock').catch((e: unknown) => e)
    expect(error).to.include({ code: 'CAPABILITY_MISSING' })
    expect(error).property('message').to.contain('unix:///nonexistent/engine.sock')
    expect(error).property('remedy').to.contain('./bench doctor --fix')
    expect(isAbsent(error)).to.equal(true)
  })

  it('says when a socket is left without its engine', async () => {
    const fake = await fakeEngine({})
    await fake[Symbol.asyncDispose]()
    await using other = await fakeEngine({ 'GET /version': dockerVersion })
    const error = await connect(`unix://${join(dirname(other.socket), 'none')}`).catch((e) => e)
    expect(isAbsent(error)).to.equal(true)
    const closed = await connect('tcp://127.0.0.1:1').catch((e: unknown) => e)
    expect(closed).property('message').to.contain('nobody answers there')
    expect(isAbsent(closed)).to.equal(true)
  })

  it('says when the user has no right to the socket', async () => {
    await using fake = await fakeEngine({ 'GET /version': dockerVersion })
    chmodSync(dirname(fake.socket), 0o755)
    chmodSync(fake.socket, 0)
    const isRoot = process.geteuid?.() === 0
    // Nothing is forbidden to root.
    if (isRoot) process.seteuid?.(65_534)
    const error = await connect(fake.address)
      .catch((e: unknown) => e)
      .finally(() => isRoot && process.seteuid?.(0))
    expect(error).to.include({ code: 'CAPABILITY_MISSING' })
    expect(error).property('message').to.contain('this user may not use its socket')
    expect(error).property('remedy').to.contain('group of the socket')
    expect(isAbsent(error)).to.equal(false)
  })

  const refusals: readonly (readonly [string, Answer, string, RegExp])[] = [
    [
      'forbids',
      { status: 403, body: { message: 'no' } },
      'CAPABILITY_MISSING',
      /refuses this user/,
    ],
    ['fails', { status: 500, body: { message: 'broken' } }, 'ENGINE_FAILED', /HTTP 500: broken/],
    ['is none', { status: 200, body: '<html>' }, 'ENGINE_FAILED', /no container engine/],
    [
      'has no version',
      { status: 200, body: { Version: 4 } },
      'ENGINE_FAILED',
      /no container engine/,
    ],
    [
      'hides control characters in its version',
      { status: 200, body: { Version: '1\u001b[2J' } },
      'ENGINE_FAILED',
      /no container engine/,
    ],
    ['hangs up', (response) => response.destroy(), 'ENGINE_FAILED', /broke off/],
    ['says nothing', () => {}, 'TIMED_OUT', /waited 300 ms/],
    [
      'begins and does not go on',
      (response) => response.writeHead(200).write('{'),
      'TIMED_OUT',
      /waited 300 ms/,
    ],
    [
      'has no end',
      (response) => {
        const more = () => response.destroyed || response.write('x'.repeat(65_536), more)
        more()
      },
      'ENGINE_FAILED',
      /has no end/,
    ],
  ]
  for (const [does, answer, code, says] of refusals)
    it(`gives a reason when what listens ${does}`, async () => {
      await using fake = await fakeEngine({ 'GET /version': answer })
      const failure = await failureOf(connect(fake.address, code === 'TIMED_OUT' ? 300 : 5000))
      expect(failure).to.include({ code })
      expect(failure.message).to.match(says)
      expect(failure.remedy).to.be.a('string')
    })
})
