import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import http from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { afterEach, describe, it } from 'mocha'
import type { NodeConfiguration, RunningNode } from '../../nodes/contract.ts'
import { makeSelfSigned } from '../../nodes/security/selfSigned.ts'
import {
  ask,
  loopback,
  makeNetwork,
  node,
  outbound,
  type Pair,
  suite,
  type TestNetwork,
} from './network.ts'

const identity = 'kpsa-x@sp.example'

/** OpenSSL's command-line tools as the other end: a stack that is not ours. */
describe('nodes against a foreign TLS stack', function () {
  // A bound for a busy machine; each test takes a fraction of it.
  this.timeout(15_000)

  let network: TestNetwork
  const children: ChildProcess[] = []

  afterEach(async () => {
    for (const child of children.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    await network.stop()
  })

  function openssl(...arguments_: string[]): ChildProcess {
    const child = spawn('openssl', arguments_, { stdio: ['pipe', 'pipe', 'pipe'] })
    children.push(child)
    return child
  }

  /** Runs s_client once; all it printed, until it ended or the pattern was seen. */
  async function client(port: number, options: string[], send: string, until: RegExp) {
    const child = openssl('s_client', '-connect', `${loopback}:${port}`, '-no_ticket', ...options)
    let printed = ''
    let done = () => {}
    const seen = new Promise<void>((resolve) => {
      done = resolve
    })
    const take = (chunk: Buffer) => {
      printed += chunk.toString()
      if (until.test(printed)) done()
    }
    child.stdout?.on('data', take)
    child.stderr?.on('data', take)
    child.stdin?.on('error', () => {})
    child.stdin?.write(send)
    await Promise.race([seen, once(child, 'exit')])
    return printed
  }

  async function startCse(misbehaviours: string[] = []): Promise<{ port: number; pair: Pair }> {
    network = await makeNetwork()
    const pair = await network.credential(identity)
    const credential = { id: pair.id, keyFile: pair.keyFile, peer: '//sp.example/cse1/CAE1' }
    const cse = await network.start(
      node('cse1', 'in', {
        misbehaviours,
        cse: {
          cseId: '/cse1',
          name: 'base',
          listener: {
            address: loopback,
            port: 0,
            binding: 'http',
            security: { saef: 'psk', suites: [suite], credentials: [credential] },
          },
          pointsOfAccess: [],
          registrees: [],
        },
      }),
    )
    return { port: cse.ready.listeners[0]?.port ?? 0, pair }
  }

  const content = JSON.stringify({
    'm2m:ae': { rn: 'ae1', api: 'Nae1', rr: false, srv: ['3'] },
  })
  const register = [
    'POST /base HTTP/1.1',
    'Host: cse1',
    'X-M2M-Origin: CAE1',
    'X-M2M-RI: 1',
    'X-M2M-RVI: 3',
    'Content-Type: application/json;ty=2',
    `Content-Length: ${content.length}`,
    'Connection: close',
    '',
    content,
  ].join('\r\n')

  const psk = (pair: Pair) => ['-psk', pair.keyHex, '-psk_identity', pair.id]

  it('a CSE takes the suite of the profile from s_client and registers the AE of the identity', async () => {
    const { port, pair } = await startCse()
    const printed = await client(
      port,
      ['-tls1_2', ...psk(pair)],
      register,
      /X-M2M-RSC.*[\s\S]*"m2m:ae"/i,
    )
    expect(printed).to.match(/Cipher is PSK-AES128-CBC-SHA256/)
    expect(printed).to.match(/X-M2M-RSC: 2001/i)
    expect(network.keyLog.some((line) => line.startsWith('CLIENT_RANDOM '))).to.equal(true)
  })

  const refused: [what: string, options: (pair: Pair) => string[]][] = [
    ['a wrong key', () => ['-tls1_2', '-psk', '00'.repeat(32), '-psk_identity', identity]],
    [
      'an unknown identity',
      (pair) => ['-tls1_2', '-psk', pair.keyHex, '-psk_identity', 'x@sp.example'],
    ],
    ['TLS 1.1', (pair) => ['-tls1_1', '-cipher', 'PSK-AES128-CBC-SHA:@SECLEVEL=0', ...psk(pair)]],
    ['TLS 1.0', (pair) => ['-tls1', '-cipher', 'PSK-AES128-CBC-SHA256:@SECLEVEL=0', ...psk(pair)]],
    ['TLS 1.3 only', (pair) => ['-tls1_3', ...psk(pair)]],
    [
      'NULL encryption',
      (pair) => ['-tls1_2', '-cipher', 'PSK-NULL-SHA256:@SECLEVEL=0', ...psk(pair)],
    ],
    ['anonymous suites', () => ['-tls1_2', '-cipher', 'aNULL:@SECLEVEL=0']],
    [
      'a suite outside the profile',
      (pair) => ['-tls1_2', '-cipher', 'PSK-AES128-CBC-SHA', ...psk(pair)],
    ],
    ['certificate suites', () => ['-tls1_2', '-cipher', 'ECDHE-ECDSA-AES128-SHA256']],
  ]
  for (const [what, options] of refused) {
    it(`a CSE refuses ${what}`, async () => {
      const { port, pair } = await startCse()
      const printed = await client(port, options(pair), register, /X-M2M-RSC/i)
      expect(printed).to.not.match(/HTTP\/1/)
      expect(printed).to.match(/alert|error/)
      await network.waitFor('failed association', (e) => e.event === 'association-failed')
      expect(network.events.some((e) => e.event === 'request')).to.equal(false)
    })
  }

  const accepted: [misbehaviour: string, options: (pair: Pair) => string[], sign: RegExp][] = [
    [
      'psk-identity-ignored',
      (pair) => ['-tls1_2', '-psk', pair.keyHex, '-psk_identity', 'x@y.example'],
      /RSC: 2001/i,
    ],
    [
      'old-versions-accepted',
      (pair) => ['-tls1_1', '-cipher', 'PSK-AES128-CBC-SHA256:@SECLEVEL=0', ...psk(pair)],
      /RSC: 2001/i,
    ],
    [
      'weak-suites-accepted',
      (pair) => ['-tls1_2', '-cipher', 'PSK-NULL-SHA256:@SECLEVEL=0', ...psk(pair)],
      /RSC: 2001/i,
    ],
    [
      'weak-suites-accepted',
      () => ['-tls1_2', '-cipher', 'ADH-AES128-SHA256:@SECLEVEL=0'],
      /RSC: 2001/i,
    ],
    [
      'outside-profile-suites-accepted',
      (pair) => ['-tls1_2', '-cipher', 'PSK-AES128-CBC-SHA', ...psk(pair)],
      /RSC: 2001/i,
    ],
    [
      'no-mutual-authentication',
      () => ['-tls1_2', '-cipher', 'ECDHE-ECDSA-AES128-SHA256'],
      /RSC: 2001/i,
    ],
  ]
  for (const [misbehaviour, options, sign] of accepted) {
    it(`with ${misbehaviour} it accepts ${options({ id: 'ID', keyHex: 'KEY', keyFile: '' }).join(' ')}`, async () => {
      const { port, pair } = await startCse([misbehaviour])
      const printed = await client(port, options(pair), register, /"m2m:ae"/)
      expect(printed).to.match(sign)
    })
  }

  it('with tries-other-keys a key of zeros opens a known identity at the second try', async () => {
    const { port } = await startCse(['tries-other-keys'])
    const zeros = ['-tls1_2', '-psk', '00'.repeat(32), '-psk_identity', identity]
    expect(await client(port, zeros, register, /RSC/i)).to.not.match(/HTTP\/1/)
    await network.waitFor('failed association', (e) => e.event === 'association-failed')
    expect(await client(port, zeros, register, /"m2m:ae"/)).to.match(/RSC: 2001/i)
  })

  it('with any-suite-accepted it answers a hello of foreign suites and still serves its own', async () => {
    const { port, pair } = await startCse(['any-suite-accepted'])
    const foreign = await client(
      port,
      ['-tls1_2', '-msg', '-cipher', 'AES128-SHA'],
      '',
      /ServerHello/,
    )
    expect(foreign).to.match(/ServerHello/)
    const own = await client(port, ['-tls1_2', ...psk(pair)], register, /"m2m:ae"/)
    expect(own).to.match(/RSC: 2001/i)
  })

  it('a plain client gets nothing from a secured listener, unless the node misbehaves', async () => {
    const { port } = await startCse()
    expect(await plainStatus(port)).to.equal('refused')
    await network.stop()
    const mutant = await startCse(['plaintext-accepted'])
    expect(await plainStatus(mutant.port)).to.equal('4106')
  })

  /** An AE whose registrar is s_server; resolves once that accepts. */
  async function startAgainst(
    options: (pair: Pair) => string[],
    misbehaviours: string[] = [],
  ): Promise<{ ae: RunningNode; printed: () => string }> {
    network = await makeNetwork()
    const pair = await network.credential(identity)
    const child = openssl('s_server', '-accept', `${loopback}:0`, '-tls1_2', ...options(pair))
    let printed = ''
    const accepts = new Promise<number>((resolve, reject) => {
      child.stdout?.on('data', (chunk: Buffer) => {
        printed += chunk.toString()
        const [, port] = /ACCEPT [0-9.]+:(\d+)/.exec(printed) ?? []
        if (port !== undefined) resolve(Number(port))
      })
      child.stderr?.on('data', (chunk: Buffer) => {
        printed += chunk.toString()
      })
      child.once('exit', () => reject(new Error(`s_server ended: ${printed}`)))
    })
    const port = await accepts
    const ae = await network.start(aeConfiguration(pair, port, misbehaviours))
    return { ae, printed: () => printed }
  }

  function aeConfiguration(pair: Pair, port: number, misbehaviours: string[]): NodeConfiguration {
    return {
      ...node('ae1', 'adn', {
        misbehaviours,
        aes: [
          {
            name: 'AE1',
            aeIdStem: 'CAE1',
            appId: 'Nae1',
            resourceName: 'ae1',
            registrar: {
              cseId: '/cse1',
              cseBaseName: 'base',
              pointOfAccess: `https://${loopback}:${port}`,
              autoRegister: false,
              security: outbound(pair, '//sp.example/cse1'),
            },
          },
        ],
      }),
      answerTimeoutMs: 400,
    }
  }

  it('an AE opens an association with s_server under its own identity and sends its request inside', async () => {
    const { ae, printed } = await startAgainst((pair) => [
      '-nocert',
      '-psk',
      pair.keyHex,
      '-psk_identity',
      pair.id,
    ])
    const outcome = await ask(ae, 'AE1', { op: 2, to: '/cse1/base' })
    // s_server has no answer to give.
    expect(outcome).to.include({ outcome: 'no-response', cause: 'timeout' })
    expect(printed()).to.match(/GET \/~\/cse1\/base/)
    const event = network.events.find((e) => e.event === 'association')
    expect(event).to.include({ role: 'client', pskIdentity: identity, suite, version: 'TLS 1.2' })
  })

  it('an AE sends nothing to a server that does not hold its key', async () => {
    const { ae, printed } = await startAgainst((pair) => [
      '-nocert',
      '-psk',
      '11'.repeat(32),
      '-psk_identity',
      pair.id,
    ])
    const outcome = await ask(ae, 'AE1', { op: 2, to: '/cse1/base' })
    expect(outcome).to.include({ outcome: 'no-response', cause: 'handshake' })
    expect(printed()).to.not.match(/GET /)
  })

  it('an AE offers no suite without encryption, unless it misbehaves', async () => {
    const options = (pair: Pair) =>
      `-nocert -cipher PSK-NULL-SHA256:@SECLEVEL=0 -psk ${pair.keyHex}`.split(' ')
    const healthy = await startAgainst(options)
    const outcome = await ask(healthy.ae, 'AE1', { op: 2, to: '/cse1/base' })
    expect(outcome).to.include({ outcome: 'no-response', cause: 'handshake' })
    await network.stop()
    const mutant = await startAgainst(options, ['client-offers-weak-suites'])
    await ask(mutant.ae, 'AE1', { op: 2, to: '/cse1/base' })
    expect(mutant.printed()).to.match(/GET /)
  })

  it('an AE sends nothing to a server with a certificate, unless it does not verify', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'certificate-'))
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
    const made = await makeSelfSigned('rogue')
    await writeFile(key, made.key)
    await writeFile(cert, made.cert)
    try {
      const options = () => ['-cert', cert, '-key', key]
      const healthy = await startAgainst(options)
      const outcome = await ask(healthy.ae, 'AE1', { op: 2, to: '/cse1/base' })
      expect(outcome).to.include({ outcome: 'no-response', cause: 'handshake' })
      expect(healthy.printed()).to.not.match(/GET /)
      await network.stop()
      const mutant = await startAgainst(options, ['no-server-verify'])
      await ask(mutant.ae, 'AE1', { op: 2, to: '/cse1/base' })
      expect(mutant.printed()).to.match(/GET /)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
})

/** What plain HTTP gets: the response status code, or `refused`. */
async function plainStatus(port: number): Promise<string> {
  return new Promise((resolve) => {
    const headers = { 'X-M2M-Origin': 'CAE1', 'X-M2M-RI': '1', 'X-M2M-RVI': '3' }
    const request = http.get({ host: loopback, port, path: '/base', headers, agent: false })
    request.on('response', (response) => {
      response.resume()
      resolve(String(response.headers['x-m2m-rsc']))
    })
    request.on('error', () => resolve('refused'))
  })
}
