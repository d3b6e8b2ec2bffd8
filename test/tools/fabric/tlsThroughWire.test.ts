import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { connect, createServer, type TLSSocket } from 'node:tls'
import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { makeRecorder } from '../../../tools/capture/pcapngWriter.ts'
import type { Fabric, Wire } from '../../../tools/fabric/fabric.ts'
import { openFabric } from '../../../tools/fabric/openFabric.ts'
import { tsharkFields } from '../capture/tsharkFields.ts'
import { temporaryFolder } from '../temporaryFolder.ts'
import { openAgentFabric } from './agentFabric.ts'

const key = Buffer.alloc(32, 9)
const identity = 'kpsa-CAE1-cse1@sp.example'
const profile = {
  ciphers: 'PSK-AES128-CBC-SHA256',
  minVersion: 'TLSv1.2',
  maxVersion: 'TLSv1.2',
} as const
const listen = { address: '127.233.9.1', port: 0 }

const fabrics: Readonly<Record<string, (folder: string) => Promise<Fabric>>> = {
  'of this process': async (folder) => {
    const recorder = await makeRecorder(join(folder, 'run.pcapng'))
    return openFabric({ recorder, now: () => 1 })
  },
  'of an agent': async (folder) => (await openAgentFabric(folder)).fabric,
}

for (const [place, open] of Object.entries(fabrics)) {
  describe(`TLS through a recording wire ${place}`, () => throughWire(open))
}

function throughWire(open: (folder: string) => Promise<Fabric>): void {
  let folder: ReturnType<typeof temporaryFolder>
  let path: string
  let fabric: Fabric
  let wire: Wire
  const server = createServer({ ...profile, pskCallback: () => key }, answer)

  function answer(socket: TLSSocket): void {
    socket.on('error', () => {})
    socket.once('data', () => socket.end('HTTP/1.1 204 No Content\r\nX-M2M-RSC: 2004\r\n\r\n'))
  }

  beforeEach(async () => {
    folder = temporaryFolder()
    path = join(folder.path, 'run.pcapng')
    fabric = await open(folder.path)
    server.on('keylog', (line) => fabric.recorder.addSecret(line.toString().trim()))
    server.on('tlsClientError', () => {})
    server.listen(0, '127.233.0.2')
    await once(server, 'listening')
    const address = server.address()
    const port = address !== null && typeof address === 'object' ? address.port : 0
    const ways = [{ listen, target: { address: '127.233.0.2', port } }]
    wire = await fabric.addWire({ name: 'ae1-cse1', transport: 'tcp', ways, seed: 1 })
  })
  afterEach(async () => {
    server.removeAllListeners('keylog')
    await fabric.close()
    await new Promise((resolve) => server.close(resolve))
    folder.remove()
  })

  function port(): number {
    return wire.options.ways[0]?.listen.port ?? 0
  }

  async function expectDecrypted(): Promise<void> {
    await fabric.close()
    const frames = await tsharkFields(path, [
      'tls.handshake.ciphersuite',
      'http.request.uri',
      'http.response.code',
      'tls.handshake.type',
    ])
    const column = (index: number) => frames.map((frame) => frame[index]).filter((text) => text)
    expect(column(0).at(-1)).to.equal('0x00ae')
    expect(column(1)).to.deep.equal(['/~/cse1/base'])
    expect(column(2)).to.deep.equal(['204'])
    // 20 = Finished: tshark only sees its type when it can decrypt it.
    expect(column(3).join(',').split(',')).to.include('20')
  }

  it('is decrypted by tshark with no options', async () => {
    const socket = connect({
      ...profile,
      host: listen.address,
      port: port(),
      checkServerIdentity: () => undefined,
      pskCallback: () => ({ identity, psk: key }),
    })
    const closed = once(socket, 'close')
    await once(socket, 'secureConnect')
    socket.resume().write('GET /~/cse1/base HTTP/1.1\r\nHost: cse1\r\n\r\n')
    await closed
    await expectDecrypted()
  })

  it('is the same with a foreign client', async () => {
    const child = spawn(
      'openssl',
      ['s_client', '-connect', `${listen.address}:${port()}`, '-tls1_2', '-quiet', '-psk'].concat([
        key.toString('hex'),
        '-psk_identity',
        identity,
        '-cipher',
        profile.ciphers,
      ]),
      { stdio: ['pipe', 'pipe', 'ignore'] },
    )
    child.stdin.on('error', () => {})
    child.stdin.write('GET /~/cse1/base HTTP/1.1\r\nHost: cse1\r\n\r\n')
    const [answered] = await once(child.stdout, 'data')
    child.kill()
    await once(child, 'close')
    expect(String(answered)).to.contain('X-M2M-RSC: 2004')
    await expectDecrypted()
  })
}
