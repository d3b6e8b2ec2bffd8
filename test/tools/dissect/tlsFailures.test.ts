import { join } from 'node:path'
import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { dissect } from '../../../tools/dissect/dissect.ts'
import type { Connection, Trace } from '../../../tools/dissect/trace.ts'
import { handshake, makeSealers } from '../../../tools/perf/sealedRecording.ts'
import { compareWithTshark } from '../../oracles/tshark.ts'
import { temporaryFolder } from '../temporaryFolder.ts'
import { pskIdentity, pskKey, recordTls, replay, type SentBytes } from './recordedTls.ts'

const post = {
  method: 'POST',
  path: '/~/cse1/base',
  headers: { 'X-M2M-Origin': 'CAE1', 'X-M2M-RI': 'r1', 'X-M2M-RVI': '3' },
}
const marker = 'canary-7f3a91c2d4e5'
const body = JSON.stringify({ 'm2m:cin': { con: marker } })
const canaries = [{ label: 'c', text: marker }]

describe('dissecting associations that went wrong', function () {
  // Each starts tshark, which takes its time on a busy machine.
  this.timeout(20_000)

  let folder: ReturnType<typeof temporaryFolder>
  let path: string
  beforeEach(() => {
    folder = temporaryFolder()
    path = join(folder.path, 'recording.pcapng')
  })
  afterEach(() => folder.remove())

  /** One exchange with everything as it ought to be, to be replayed with changes. */
  async function goodExchange(
    secureOptions = 0,
  ): Promise<{ sent: SentBytes[]; secrets: readonly string[] }> {
    const recorded = await recordTls({
      path: join(folder.path, 'good.pcapng'),
      server: { secureOptions },
      client: { secureOptions },
    })
    try {
      await recorded.exchange(post, body)
      return { sent: [...recorded.sent], secrets: recorded.secrets }
    } finally {
      await recorded.close()
    }
  }

  async function refused(options: Parameters<typeof recordTls>[0]): Promise<Trace> {
    const recorded = await recordTls(options)
    try {
      await recorded.exchange(post, body).then(
        () => expect.fail('the server took it'),
        () => {},
      )
    } finally {
      await recorded.close()
    }
    return (await dissect(path, { canaries })).trace
  }

  it('sees a wrong key refused: no association, no primitive', async () => {
    const trace = await refused({ path, server: { pskCallback: () => Buffer.alloc(16, 7) } })
    const { association } = first(trace)
    expect(association).to.deep.include({ state: 'failed', pskIdentity })
    expect(association?.alerts.map(({ from, level }) => ({ from, level }))).to.deep.include({
      from: 'server',
      level: 'fatal',
    })
    expect(trace.primitives).to.deep.equal([])
    expect(await compareWithTshark(path, trace)).to.deep.equal([])
  })

  it('sees an unknown identity refused', async () => {
    const client = { pskCallback: () => ({ identity: 'nobody@sp.example', psk: pskKey }) }
    const trace = await refused({ path, client })
    const { association } = first(trace)
    expect(association).to.deep.include({ state: 'failed', pskIdentity: 'nobody@sp.example' })
    expect(association?.alerts.length).to.be.greaterThan(0)
    expect(await compareWithTshark(path, trace)).to.deep.equal([])
  })

  it('sees a version refused', async () => {
    const client = {
      minVersion: 'TLSv1.1',
      maxVersion: 'TLSv1.1',
      ciphers: 'PSK-AES128-CBC-SHA:@SECLEVEL=0',
    } as const
    const trace = await refused({ path, client })
    const { association } = first(trace)
    expect(association).to.deep.include({ state: 'failed', offeredVersions: ['TLS 1.1'] })
    expect(association?.version).to.equal(undefined)
    expect(association?.alerts[0]?.description).to.equal('protocol_version')
    expect(await compareWithTshark(path, trace)).to.deep.equal([])
  })

  it('says that it could not look inside when the recording holds no secret', async () => {
    const { sent } = await goodExchange()
    await replay(path, sent)
    const { trace, knowledge } = await dissect(path, { canaries })
    const { association } = first(trace)
    expect(association).to.deep.include({ state: 'established', decryption: 'no-secret' })
    expect(association?.undecrypted).to.deep.equal(knowledge[0]?.unreadable[0])
    expect(association?.applicationRecords).to.deep.equal({ client: 1, server: 1 })
    expect(association?.applicationBytes).to.deep.equal({ client: 0, server: 0 })
    expect(knowledge[0]?.unreadable.length).to.be.greaterThan(3)
    expect(knowledge[0]?.readers).to.deep.equal([])
    expect(trace.primitives).to.deep.equal([])
    expect(await compareWithTshark(path, trace)).to.deep.equal([])
  })

  it('takes secrets from the caller as well', async () => {
    const { sent, secrets } = await goodExchange()
    await replay(path, sent)
    const { trace, knowledge } = await dissect(path, { canaries, extraSecrets: secrets })
    expect(first(trace).association?.decryption).to.equal('complete')
    expect(knowledge[0]?.unreadable).to.deep.equal([])
  })

  it('does not believe a handshake that the secret at hand does not open', async () => {
    const { sent, secrets } = await goodExchange()
    const wrong = secrets.map((line) => line.replace(/.{8}$/, '00000000'))
    await replay(path, sent, { secrets: wrong })
    const { trace } = await dissect(path)
    expect(first(trace).association).to.deep.include({ state: 'failed', decryption: 'failed' })
    expect(trace.primitives).to.deep.equal([])
  })

  it('uses the right one of several secrets for one client random', async () => {
    const { sent, secrets } = await goodExchange()
    const wrong = secrets.map((line) => line.replace(/.{8}$/, '00000000'))
    await replay(path, sent, { secrets: [...wrong, ...secrets] })
    const { trace } = await dissect(path)
    expect(first(trace).association).to.deep.include({
      state: 'established',
      decryption: 'complete',
    })
  })

  for (const [order, secureOptions] of [
    ['encrypt then MAC', 0],
    ['MAC then encrypt', 0x80000],
  ] as const)
    it(`notices one changed bit in application data, ${order}`, async () => {
      const { sent, secrets } = await goodExchange(secureOptions)
      const changed = sent.map(({ from, bytes }) => {
        if (bytes[0] !== 23 || from !== 'client') return { from, bytes }
        const copy = Buffer.from(bytes)
        // In the first block, so that the padding at the end stays whole.
        copy[5 + 16] = (copy[5 + 16] ?? 0) ^ 1
        return { from, bytes: copy }
      })
      await replay(path, changed, { secrets })
      const { trace, knowledge } = await dissect(path, { canaries })
      expect(first(trace).association?.decryption).to.equal('failed')
      expect(first(trace).association?.encryptThenMac).to.equal(secureOptions === 0)
      expect(trace.primitives.filter(({ kind }) => kind === 'request')).to.deep.equal([])
      expect(knowledge[0]?.unreadable.length).to.be.greaterThan(0)
    })

  it('does not call data protected that came before the other side finished', async () => {
    const { sealers, sent, secrets } = sealed()
    const request = Buffer.from(`POST /x HTTP/1.1\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
    const early = { from: 'client', bytes: sealers.client(23, request) } as const
    await replay(path, [...sent.slice(0, 3), early], { secrets })
    const { trace } = await dissect(path)
    expect(first(trace).association).to.deep.include({ state: 'failed', decryption: 'complete' })
    expect(trace.primitives.map((primitive) => primitive.protected)).to.deep.equal([false])
  })

  it('does not believe two sides that finished under different secrets', async () => {
    const one = sealed(Buffer.alloc(48, 1))
    const two = sealed(Buffer.alloc(48, 2))
    const sent = one.sent.map((step, index) => (step.from === 'server' ? two.sent[index] : step))
    const secrets = [...one.secrets, ...two.secrets]
    await replay(
      path,
      sent.filter((step) => step !== undefined),
      { secrets },
    )
    expect(first((await dissect(path)).trace).association).to.deep.include({
      state: 'failed',
      decryption: 'complete',
    })
  })

  it('counts clear bytes behind an association on the same connection', async () => {
    const { sent, secrets } = await goodExchange()
    const clear = Buffer.from(
      `POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    )
    await replay(path, [...sent, { from: 'client', bytes: clear }], { secrets })
    const { trace, knowledge } = await dissect(path, { canaries })
    const connection = first(trace)
    expect(connection.clearBytes).to.deep.equal({ client: clear.length, server: 0 })
    expect(connection.association?.state).to.equal('established')
    expect(trace.primitives.map((primitive) => primitive.protected)).to.deep.equal([
      true,
      true,
      false,
    ])
    expect(knowledge[0]?.inClear).to.deep.equal([
      { wire: 'client-server', encoding: 'raw', frame: connection.clearFrame },
    ])
  })

  it('counts clear bytes before an association on the same connection', async () => {
    const { sent, secrets } = await goodExchange()
    await replay(path, [{ from: 'client', bytes: Buffer.from('STARTTLS\r\n') }, ...sent], {
      secrets,
    })
    const { trace } = await dissect(path)
    expect(first(trace).clearBytes).to.deep.equal({ client: 10, server: 0 })
    expect(first(trace).association).to.deep.include({
      state: 'established',
      decryption: 'complete',
    })
  })

  it('counts application data records before the change of keys as clear', async () => {
    const { sent, secrets } = await goodExchange()
    const record = Buffer.concat([Buffer.from([23, 3, 3, 0, marker.length]), Buffer.from(marker)])
    const [hello, ...rest] = sent
    await replay(path, [...(hello ? [hello] : []), { from: 'server', bytes: record }, ...rest], {
      secrets,
    })
    const { trace, knowledge } = await dissect(path, { canaries })
    expect(first(trace).clearBytes).to.deep.equal({ client: 0, server: marker.length })
    expect(knowledge[0]?.inClear.map(({ encoding }) => encoding)).to.deep.equal(['raw'])
  })

  it('reads plain HTTP on a secured port as unprotected', async () => {
    const bytes = Buffer.from(
      'GET /~/cse1 HTTP/1.1\r\nHost: a\r\nX-M2M-RI: 1\r\nX-M2M-Origin: C\r\n\r\n',
    )
    await replay(path, [
      { from: 'client', bytes },
      { from: 'server', bytes: Buffer.from([21, 3, 1, 0, 2, 2, 70]) },
    ])
    const { trace } = await dissect(path)
    expect(first(trace)).to.deep.include({
      clearBytes: { client: bytes.length, server: 0 },
    })
    expect(first(trace).association).to.equal(undefined)
    expect(trace.primitives.map((primitive) => primitive.protected)).to.deep.equal([false])
    expect(await compareWithTshark(path, trace)).to.deep.equal([])
  })

  it('tells a handshake that stops from one that was ended', async () => {
    const { sent } = await goodExchange()
    await replay(path, sent.slice(0, 2), { ended: false })
    expect(first((await dissect(path)).trace).association?.state).to.equal('incomplete')
    await replay(path, sent.slice(0, 2), { ended: true })
    expect(first((await dissect(path)).trace).association?.state).to.equal('failed')
  })

  it('finds the same however the bytes are cut into segments', async () => {
    const { sent, secrets } = await goodExchange()
    const single = sent.flatMap(({ from, bytes }) =>
      Array.from({ length: Math.ceil(bytes.length / 16) }, (_, index) => ({
        from,
        bytes: bytes.subarray(16 * index, 16 * index + 16),
      })),
    )
    await replay(path, single, { secrets })
    const { trace, knowledge } = await dissect(path, { canaries })
    expect(first(trace).association).to.deep.include({
      state: 'established',
      decryption: 'complete',
    })
    expect(first(trace).clearBytes).to.deep.equal({ client: 0, server: 0 })
    expect(trace.primitives.length).to.equal(2)
    expect(trace.primitives[0]?.frames.length).to.be.greaterThan(5)
    expect(knowledge[0]?.inClear).to.deep.equal([])
    expect(await compareWithTshark(path, trace)).to.deep.equal([])
  })

  for (const [version, resumesBy] of [
    ['TLSv1.2', 'abbreviated handshake'],
    ['TLSv1.3', 'ticket'],
  ] as const)
    it(`recognises resumption of ${version} by ${resumesBy}`, async () => {
      const both = { minVersion: version, maxVersion: version, ciphers: undefined }
      const client = { ...both, maxCachedSessions: 10 }
      const recorded = await recordTls({
        path,
        server: { ...both, ciphers: suitesOf(version) },
        client: { ...client, ciphers: suitesOf(version) },
      })
      try {
        await recorded.exchange(
          { ...post, headers: { ...post.headers, Connection: 'close' } },
          body,
        )
        await recorded.exchange(post, body)
      } finally {
        await recorded.close()
      }
      const { trace } = await dissect(path)
      expect(trace.connections.map(({ association }) => association?.resumed)).to.deep.equal([
        false,
        true,
      ])
      expect(trace.connections.map(({ association }) => association?.state)).to.deep.equal([
        'established',
        'established',
      ])
      expect(trace.primitives.length).to.equal(4)
      expect(await compareWithTshark(path, trace)).to.deep.equal([])
    })
})

/** A handshake made by hand, complete, under a master secret of one's choice. */
function sealed(master = Buffer.alloc(48, 3)) {
  const random = { client: Buffer.alloc(32, 1), server: Buffer.alloc(32, 2) }
  const sealers = makeSealers(master, random)
  const secret = `CLIENT_RANDOM ${random.client.toString('hex')} ${master.toString('hex')}`
  return { sealers, sent: handshake(random, sealers), secrets: [secret] }
}

function suitesOf(version: string): string {
  return version === 'TLSv1.3' ? 'TLS_AES_128_GCM_SHA256' : 'PSK-AES128-CBC-SHA256'
}

function first(trace: Trace): Connection {
  const [connection] = trace.connections
  if (connection === undefined) throw new Error('the trace has no connection')
  return connection
}
