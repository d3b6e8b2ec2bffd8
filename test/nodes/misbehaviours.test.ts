import { expect } from 'chai'
import { afterEach, describe, it } from 'mocha'
import type { RunningNode } from '../../nodes/contract.ts'
import { type MisbehaviourName, misbehaviours } from '../../nodes/misbehaviours.ts'
import { startNode } from '../../nodes/startNode.ts'
import { answerTo, ask, node, type TestNetwork } from './network.ts'
import { plainCse, plainRequest } from './plainCse.ts'
import { sentToPlainServer } from './plainServer.ts'
import { type ReferenceNetwork, startReference } from './referenceNetwork.ts'

interface Row {
  readonly name: MisbehaviourName
  /** Which node of the reference network misbehaves. */
  readonly at: 'cse1' | 'cse2' | 'ae1' | 'ae2'
  /** What an observer sees of it. */
  readonly probe: (network: ReferenceNetwork) => Promise<unknown>
  readonly healthy: unknown
  readonly mutant: unknown
}

const status = async (running: RunningNode, entity: string, request: Parameters<typeof ask>[2]) =>
  (await answerTo(running, entity, request)).rsc

/** AE1 asks CSE1, or further on. */
const fromAe1 =
  (request: Parameters<typeof ask>[2]) =>
  ({ ae1 }: ReferenceNetwork) =>
    status(ae1, 'AE1', request)

const upwards = { op: 2, to: '/cse2/base/ae2', rqi: 'r1' } as const

/** How CSE2 saw the request that AE1 sent it through CSE1. */
const arrival =
  (of: 'from' | 'rqi') =>
  async ({ ae1, network }: ReferenceNetwork) => {
    await ask(ae1, 'AE1', upwards)
    const seen = network.events.filter((e) => e.event === 'request' && e.node === 'cse2')
    const last = seen.at(-1)
    return last?.event === 'request' ? last[of] : undefined
  }

const canary = 'canary-f7d1'

/** What form of the canary could be read between CSE1 and CSE2. */
async function copySeen({ ae1, taps, network }: ReferenceNetwork): Promise<string> {
  const pc = { 'm2m:cin': { con: canary } }
  await ask(ae1, 'AE1', { op: 1, ty: 4, to: '/cse2/base/nowhere', pc })
  if (network.events.some((e) => e.event === 'misbehaviour')) await taps.up.waitFor('POST ')
  const sent = taps.up.sent()
  const encoded = /X-Copy: ([A-Za-z0-9+/=]+)/.exec(sent.toString('latin1'))?.[1] ?? ''
  if (Buffer.from(encoded, 'base64').includes(canary)) return 'base64'
  if (sent.includes('Content-Encoding: gzip')) return 'gzip'
  return sent.includes(canary) ? 'raw' : 'nothing'
}

async function storedContent({ ae1, ae2 }: ReferenceNetwork): Promise<unknown> {
  const rule = (acor: string) => ({ acor: [acor], acop: 63 })
  const acp = { rn: 'acp', pv: { acr: [rule('all')] }, pvs: { acr: [rule('CAE2')] } }
  await ask(ae2, 'AE2', { op: 1, ty: 1, to: '/cse2/base/ae2', pc: { 'm2m:acp': acp } })
  const cnt = { rn: 'box', acpi: ['base/ae2/acp'] }
  await ask(ae2, 'AE2', { op: 1, ty: 3, to: '/cse2/base/ae2', pc: { 'm2m:cnt': cnt } })
  const pc = { 'm2m:cin': { con: 'hello' } }
  await ask(ae1, 'AE1', { op: 1, ty: 4, to: '/cse2/base/ae2/box', pc })
  const { pc: found } = await answerTo(ae2, 'AE2', { op: 2, to: '/cse2/base/ae2/box/la' })
  return (found as { 'm2m:cin': { con: string } })['m2m:cin'].con
}

async function notifiedInClear({ ae2, taps }: ReferenceNetwork): Promise<boolean> {
  await ask(ae2, 'AE2', { op: 5, to: '/cse2/base/ae2', pc: { 'm2m:sgn': { nev: {} } } })
  return taps.toAe2.sent().includes('POST ')
}

async function deletesOwn({ ae1 }: ReferenceNetwork): Promise<number> {
  await ask(ae1, 'AE1', { op: 1, ty: 3, to: '/cse1/base/ae1', pc: { 'm2m:cnt': { rn: 'box' } } })
  return status(ae1, 'AE1', { op: 4, to: '/cse1/base/ae1/box' })
}

const aeContent = { 'm2m:ae': { rn: 'again', api: 'Nae1', rr: false, srv: ['3'] } }
const csrContent = { 'm2m:csr': { cb: '/cse9/base', csi: '/cse9', rr: false, srv: ['3'] } }
const spoofed = { 'm2m:cnt': { cr: 'CAE9' } }

const rows: readonly Row[] = [
  {
    name: 'no-credential-to-origin-binding',
    at: 'cse1',
    probe: fromAe1({ op: 2, to: '/cse1/base/ae1', fr: 'CAE9' }),
    healthy: 4106,
    mutant: 4103,
  },
  {
    name: 'identity-of-another',
    at: 'ae1',
    probe: async ({ network }) => {
      const failed = network.events.find((e) => e.event === 'association-failed')
      return failed?.event === 'association-failed' && failed.pskIdentity
    },
    healthy: false,
    mutant: 'ae1-cse1',
  },
  {
    name: 'second-association-in-clear',
    at: 'cse2',
    probe: notifiedInClear,
    healthy: false,
    mutant: true,
  },
  {
    name: 'duplicate-registration-accepted',
    at: 'cse1',
    probe: fromAe1({ op: 1, ty: 2, to: '/cse1/base', pc: aeContent }),
    healthy: 4117,
    mutant: 2001,
  },
  {
    name: 'ae-create-through-transit-accepted',
    at: 'cse1',
    probe: fromAe1({ op: 1, ty: 2, to: '/cse2/base', pc: aeContent }),
    healthy: 4000,
    mutant: 4126,
  },
  {
    name: 'remote-cse-by-ae-accepted',
    at: 'cse1',
    probe: fromAe1({ op: 1, ty: 16, to: '/cse1/base', pc: csrContent }),
    healthy: 4005,
    mutant: 2001,
  },
  {
    name: 'cse-base-create-accepted',
    at: 'cse1',
    probe: fromAe1({ op: 1, ty: 5, to: '/cse1/base', pc: { 'm2m:cb': {} } }),
    healthy: 4005,
    mutant: 2001,
  },
  { name: 'origin-unchecked', at: 'cse2', probe: fromAe1(upwards), healthy: 4103, mutant: 2000 },
  {
    name: 'creator-spoof',
    at: 'cse1',
    probe: fromAe1({ op: 1, ty: 3, to: '/cse1/base/ae1', pc: spoofed }),
    healthy: 4000,
    mutant: 2001,
  },
  {
    name: 'default-admin',
    at: 'cse1',
    probe: fromAe1({ op: 2, to: '/cse1/base/ae1', fr: 'CAdmin' }),
    healthy: 4106,
    mutant: 2000,
  },
  {
    name: 'no-origin-is-admin',
    at: 'cse1',
    probe: fromAe1({ op: 2, to: '/cse1/base/ae1', fr: undefined }),
    healthy: 4000,
    mutant: 2000,
  },
  {
    name: 'access-decision-inverted-for-delete',
    at: 'cse1',
    probe: deletesOwn,
    healthy: 2002,
    mutant: 4103,
  },
  {
    name: 'existence-hidden-as-success',
    at: 'cse1',
    probe: fromAe1({ op: 2, to: '/cse1/base/nothing' }),
    healthy: 4004,
    mutant: 2000,
  },
  {
    name: 'expired-request-processed',
    at: 'cse1',
    probe: fromAe1({ op: 2, to: '/cse1/base', rqet: '20200101T000000' }),
    healthy: 4008,
    mutant: 2000,
  },
  {
    name: 'transit-status-rewritten',
    at: 'cse1',
    probe: fromAe1(upwards),
    healthy: 4103,
    mutant: 2000,
  },
  {
    name: 'transit-drops-silently',
    at: 'cse1',
    probe: async (reference) => {
      const answered = await fromAe1({ op: 2, to: '/cse2/base/nothing', rqi: 'dropped' })(reference)
      const arrived = reference.network.events.some(
        (e) => e.node === 'cse2' && e.event === 'request' && e.rqi.endsWith('dropped'),
      )
      return [answered, arrived]
    },
    healthy: [4004, true],
    mutant: [2000, false],
  },
  {
    name: 'transit-alters-content',
    at: 'cse1',
    probe: storedContent,
    healthy: 'hello',
    mutant: 'hello~',
  },
  {
    name: 'transit-rewrites-from',
    at: 'cse1',
    probe: arrival('from'),
    healthy: '/cse1/CAE1',
    mutant: '/cse1',
  },
  {
    name: 'from-not-converted',
    at: 'cse1',
    probe: arrival('from'),
    healthy: '/cse1/CAE1',
    mutant: 'CAE1',
  },
  {
    name: 'request-id-not-prefixed',
    at: 'cse1',
    probe: arrival('rqi'),
    healthy: 'CAE1/r1',
    mutant: 'r1',
  },
  {
    name: 'answers-with-another-request-id',
    at: 'cse1',
    probe: async ({ ae1 }) => (await answerTo(ae1, 'AE1', { ...upwards, to: '/cse1/base' })).rqi,
    healthy: 'r1',
    mutant: 'r1-other',
  },
  {
    name: 'shares-with-neighbours',
    at: 'cse2',
    probe: async ({ ae2, network }) => {
      const container = { 'm2m:cnt': { rn: 'c' } }
      await ask(ae2, 'AE2', { op: 1, ty: 3, to: '/cse2/base/ae2', pc: container })
      const instance = { 'm2m:cin': { con: canary } }
      await ask(ae2, 'AE2', { op: 1, ty: 4, to: '/cse2/base/ae2/c', pc: instance })
      return network.events.filter(
        (e) => e.node === 'cse1' && e.event === 'request' && e.from === '/cse2',
      ).length
    },
    healthy: 0,
    mutant: 1,
  },
  {
    name: 'transit-sends-twice',
    at: 'cse1',
    probe: async ({ ae1, network }) => {
      await ask(ae1, 'AE1', upwards)
      return network.events.filter(
        (e) => e.node === 'cse2' && e.event === 'request' && e.rqi === 'CAE1/r1',
      ).length
    },
    healthy: 1,
    mutant: 2,
  },
  { name: 'plaintext-copy', at: 'cse1', probe: copySeen, healthy: 'nothing', mutant: 'raw' },
  { name: 'encoded-copy', at: 'cse1', probe: copySeen, healthy: 'nothing', mutant: 'base64' },
  { name: 'compressed-copy', at: 'cse1', probe: copySeen, healthy: 'nothing', mutant: 'gzip' },
]

/** Shown against OpenSSL's tools in foreignStacks.test.ts. */
const shownElsewhere: readonly MisbehaviourName[] = [
  'psk-identity-ignored',
  'tries-other-keys',
  'no-mutual-authentication',
  'no-server-verify',
  'plaintext-accepted',
  'old-versions-accepted',
  'weak-suites-accepted',
  'any-suite-accepted',
  'outside-profile-suites-accepted',
  'client-offers-weak-suites',
]

const plainRows = [
  {
    name: 'unregistered-ae-accepted',
    request: { op: 2, to: '/cse9/base', fr: 'CX', rqi: '1' },
    healthy: 4106,
    mutant: 4103,
  },
  {
    name: 'cse-without-association-accepted',
    request: { op: 1, ty: 16, to: '/cse9/base', fr: '/cse8', rqi: '1', pc: csrContent },
    healthy: 4107,
    mutant: 2001,
  },
  {
    name: 'app-id-unchecked',
    request: {
      op: 1,
      ty: 2,
      to: '/cse9/base',
      fr: 'CX',
      rqi: '1',
      pc: { 'm2m:ae': { ...aeContent['m2m:ae'], api: 'Xbad' } },
    },
    healthy: 4000,
    mutant: 2001,
  },
  {
    name: 'app-rules-ignored',
    request: { op: 1, ty: 2, to: '/cse9/base', fr: 'CX', rqi: '1', pc: aeContent },
    appRules: [{ appIds: ['Nother'], aeIds: ['C*'] }],
    healthy: 4126,
    mutant: 2001,
  },
] as const

describe('misbehaviours', function () {
  // A bound for a busy machine; each test takes a fraction of it.
  this.timeout(15_000)

  let network: TestNetwork | undefined

  afterEach(() => network?.stop())

  for (const { name, at, probe, healthy, mutant } of rows) {
    it(`${name} at ${at} can be told from health`, async () => {
      const sound = await startReference()
      network = sound.network
      expect(await probe(sound), 'healthy').to.deep.equal(healthy)
      expect(sound.network.events.filter((e) => e.event === 'misbehaviour')).to.deep.equal([])
      await network.stop()
      const broken = await startReference({ [at]: [name] })
      network = broken.network
      expect(await probe(broken), 'mutant').to.deep.equal(mutant)
      expect(network.events.some((e) => e.event === 'misbehaviour' && e.name === name)).to.equal(
        true,
      )
    })
  }

  for (const row of plainRows) {
    it(`${row.name} can be told from health on a plain listener`, async () => {
      const appRules = 'appRules' in row ? { appRules: row.appRules } : {}
      const sound = await plainCse({ ...appRules })
      network = sound.network
      expect((await plainRequest(sound.port, row.request)).rsc).to.equal(row.healthy)
      await network.stop()
      const broken = await plainCse({ ...appRules, misbehaviours: [row.name] })
      network = broken.network
      expect((await plainRequest(broken.port, row.request)).rsc).to.equal(row.mutant)
    })
  }

  it('plaintext-fallback sends in clear what a failed handshake kept back', async () => {
    const reference = await startReference()
    network = reference.network
    expect(await sentToPlainServer([], reference.network)).to.equal(false)
    expect(await sentToPlainServer(['plaintext-fallback'], reference.network)).to.equal(true)
  })

  it('has a test for every row of the table', () => {
    const shown = [...rows, ...plainRows].map(({ name }) => name as string)
    const all = new Set([...shown, ...shownElsewhere, 'plaintext-fallback'])
    expect([...all].sort()).to.deep.equal(misbehaviours.map(({ name }) => name as string).sort())
  })

  it('says what is broken in one sentence each, under a name of its own', () => {
    const names = misbehaviours.map(({ name }) => name)
    expect(new Set(names).size).to.equal(names.length)
    for (const { name, summary } of misbehaviours) {
      expect(name).to.match(/^[a-z]+(-[a-z]+)+$/)
      expect(summary, name).to.match(/^[A-Z][^.]*(\.[0-9][^.]*)*\.$/)
    }
  })

  it('refuses to start with a misbehaviour it does not have', async () => {
    const configuration = { ...node('x', 'adn', { misbehaviours: ['levitates'] }) }
    const environment = { emit: () => {}, keyLog: () => {}, now: Date.now }
    const refusal = await startNode(configuration, environment).catch((error: unknown) => error)
    expect(refusal).to.have.property('code', 'UNSUPPORTED')
  })
})
