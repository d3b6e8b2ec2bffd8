import net from 'node:net'
import { expect } from 'chai'
import fc from 'fast-check'
import { after, before, describe, it } from 'mocha'
import { loopback } from './network.ts'
import { type PlainCse, plainCse, plainRequest } from './plainCse.ts'
import { type ReferenceNetwork, startReference } from './referenceNetwork.ts'

/** Sends bytes and waits until the listener has ended the connection, or answered it. */
function throwAt(port: number, bytes: Uint8Array): Promise<string> {
  return new Promise((resolve) => {
    let read = ''
    const socket = net.connect({ host: loopback, port })
    socket.on('data', (chunk) => {
      read += chunk.toString('latin1')
    })
    socket.on('error', () => socket.destroy())
    socket.on('close', () => resolve(read))
    socket.end(bytes)
  })
}

describe('a listener given anything', function () {
  // A bound for a busy machine; each test takes a fraction of it.
  this.timeout(15_000)

  let plain: PlainCse
  let secured: ReferenceNetwork

  before(async () => {
    plain = await plainCse()
    secured = await startReference()
  })

  after(async () => {
    await plain.network.stop()
    await secured.network.stop()
  })

  const alive = async () =>
    (await plainRequest(plain.port, { op: 2, to: 'base', fr: 'CAdmin', rqi: '1' })).rsc

  it('survives random bytes, plain and secured', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        await throwAt(plain.port, bytes)
        const answer = await throwAt(secured.ports.cse1, bytes)
        expect(answer).to.not.match(/HTTP/)
      }),
      { seed: 3, numRuns: 60 },
    )
    expect(await alive()).to.equal(2000)
  })

  it('answers requests with random headers and bodies, and stays up', async () => {
    const methods = fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH')
    const line = fc.stringMatching(/^[!-~]{0,30}$/)
    const headers = fc.record(
      {
        'X-M2M-Origin': line,
        'X-M2M-RI': line,
        'X-M2M-RVI': line,
        'X-M2M-RET': line,
        'Content-Type': fc.constantFrom(
          'application/json;ty=3',
          'application/json;ty=x',
          'text/plain',
          '',
        ),
      },
      { requiredKeys: [] },
    )
    await fc.assert(
      fc.asyncProperty(
        methods,
        line,
        headers,
        fc.oneof(fc.json(), fc.string()),
        async (method, path, given, body) => {
          const bytes = Buffer.from(body)
          const lines = Object.entries({ ...given, Host: 'x', Connection: 'close' })
            .map(([name, value]) => `${name}: ${value}\r\n`)
            .join('')
          const head = `${method} /${path} HTTP/1.1\r\n${lines}Content-Length: ${bytes.length}\r\n\r\n`
          const answer = await throwAt(plain.port, Buffer.concat([Buffer.from(head), bytes]))
          expect(answer).to.match(/^HTTP\/1\.1 \d{3}/)
        },
      ),
      { seed: 5, numRuns: 150 },
    )
    expect(await alive()).to.equal(2000)
    const errors = plain.network.events.filter((e) => e.event === 'error')
    expect(errors).to.deep.equal([])
  })

  it('answers 400 where there is no request identifier', async () => {
    const answer = await throwAt(
      plain.port,
      Buffer.from('GET /base HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'),
    )
    expect(answer).to.match(/^HTTP\/1\.1 400/)
    expect(answer).to.match(/X-M2M-RSC: 4000/)
  })

  it('tells where a resource was created, also through a transit CSE', async () => {
    const created = await fetch(`http://${loopback}:${plain.port}/~/cse9/base`, {
      method: 'POST',
      headers: {
        'X-M2M-Origin': 'CAdmin',
        'X-M2M-RI': '1',
        'X-M2M-RVI': '3',
        'Content-Type': 'application/json;ty=3',
      },
      body: JSON.stringify({ 'm2m:cnt': {} }),
    })
    const made = (await created.json()) as { 'm2m:cnt': { ri: string } }
    expect(created.headers.get('content-location')).to.equal(`/~/cse9/${made['m2m:cnt'].ri}`)
  })
})
