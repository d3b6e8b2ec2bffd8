import { expect } from 'chai'
import { describe, it } from 'mocha'
import { BenchError } from '../../../protocol/errors.ts'
import { connectEngine } from '../../../tools/engine/connect.ts'
import { endedAtOnce, engineFailure, withEngineErrors } from '../../../tools/engine/engineErrors.ts'
import { ensureImage } from '../../../tools/engine/image.ts'
import { type Answer, dockerVersion, failureOf, fakeEngine } from './fakeEngine.ts'

/** What engines really say (Docker 20 to 28, Podman 4). */
const said: readonly (readonly [string, string])[] = [
  ['write /x/layer.tar: no space left on device', 'DISK_FULL'],
  ['open /var/lib/docker/tmp/1: disk quota exceeded', 'DISK_FULL'],
  [
    'could not find an available, non-overlapping IPv4 address pool among the defaults to assign to the network',
    'ADDRESS_IN_USE',
  ],
  ['all predefined address pools have been fully subnetted', 'ADDRESS_IN_USE'],
  ['Pool overlaps with other one on this address space', 'ADDRESS_IN_USE'],
  ['subnet 10.1.0.0/28 is already used on the host or by another config', 'ADDRESS_IN_USE'],
  ['Bind for 127.0.0.1:80 failed: port is already allocated', 'ADDRESS_IN_USE'],
  ['No such image: onem2m-bench-node:1', 'CAPABILITY_MISSING'],
  ['onem2m-bench-node:1: image not known', 'CAPABILITY_MISSING'],
  ['something nobody thought of', 'ENGINE_FAILED'],
]

describe('failures of an engine', () => {
  for (const [message, code] of said)
    it(`are ${code} when it says ${JSON.stringify(message)}`, async () => {
      await using fake = await fakeEngine({
        'GET /version': dockerVersion,
        'POST /networks/create': { status: 500, body: { message } },
      })
      const engine = await connectEngine({ address: fake.address })
      const failure = await failureOf(
        withEngineErrors('making the network bench-1', () =>
          engine.client.createNetwork({ Name: 'bench-1' }),
        ),
      )
      expect(failure).to.include({ code })
      expect(failure.message).to.contain('making the network bench-1').and.to.contain(message)
      expect(failure.remedy).to.be.a('string')
    })

  const fullDisk: readonly (readonly [string, Answer])[] = [
    ['at once', { status: 500, body: { message: 'write /a: no space left on device' } }],
    [
      'while it works',
      { status: 200, body: '{"status":"1"}\n{"error":"write /a: no space left on device"}\n' },
    ],
  ]
  for (const [when, answer] of fullDisk)
    it(`come out of making an image: a full disk, told ${when}`, async () => {
      await using fake = await fakeEngine({
        'GET /version': dockerVersion,
        'POST /images/create': answer,
      })
      const engine = await connectEngine({ address: fake.address })
      const failure = await failureOf(ensureImage(engine))
      expect(failure).to.include({ code: 'DISK_FULL' })
      expect(failure.remedy).to.contain('./bench clean')
      expect(fake.requests.some((line) => line.startsWith('POST /build'))).to.equal(false)
    })

  it('come out of making an image: an answer that is no JSON', async () => {
    await using fake = await fakeEngine({
      'GET /version': dockerVersion,
      'POST /images/create': { status: 200, body: 'all is well\n' },
    })
    const engine = await connectEngine({ address: fake.address })
    const failure = await failureOf(ensureImage(engine))
    expect(failure).to.include({ code: 'ENGINE_FAILED' })
    expect(failure.message).to.contain('all is well')
  })

  it('are told on one line, without control characters, and not endlessly', () => {
    const { message } = engineFailure(new Error(`a\n\u001b[2Jb${'x'.repeat(10_000)}`), 'trying')
    expect(message).to.match(/^trying: a \[2Jbx+$/)
    expect(message.length).to.be.below(600)
  })

  it('of our own files are not taken for an engine that is gone', () => {
    const own = Object.assign(new Error('ENOENT: a file'), { code: 'ENOENT', path: '/a' })
    expect(engineFailure(own, 'packing')).to.include({ code: 'ENGINE_FAILED' })
    const gone = Object.assign(new Error('connect ENOENT'), { code: 'ENOENT', address: '/a' })
    expect(engineFailure(gone, 'asking')).to.include({ code: 'CAPABILITY_MISSING' })
  })

  it('keep the reason that is known already', () => {
    const known = new BenchError('INTERRUPTED', 'enough')
    expect(engineFailure(known, 'anything')).to.equal(known)
  })

  it('of a container that ends at once show the last it said', () => {
    const lines = Array.from({ length: 50 }, (_, n) => `line ${n}\u001b[2J`)
    const error = endedAtOnce('cse1', { exitCode: 2, lines })
    expect(error.code).to.equal('NODE_START_FAILED')
    expect(error.message).to.contain('cse1 ended with exit code 2').and.to.contain('line 49')
    expect(error.message).not.to.contain('line 29').and.not.to.contain('\u001b')
    expect(endedAtOnce('cse1', { exitCode: 137, lines: [] }).remedy).to.contain('memory')
    expect(endedAtOnce('cse1', { exitCode: undefined, lines: [] }).message).to.equal(
      'cse1 ended and said nothing',
    )
  })
})
