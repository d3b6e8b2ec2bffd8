import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { Operation } from '../../../protocol/primitive.ts'
import type { TesterConnection } from '../../../suites/framework/testSystem.ts'
import { localTesterNetwork } from '../../../tools/fabric/localTesterNetwork.ts'
import type { TesterNetwork } from '../../../tools/fabric/testerNetwork.ts'
import { buildClientHello } from '../../../tools/testSystem/clientHello.ts'
import { probeWithHello } from '../../../tools/testSystem/helloProbe.ts'
import { connectAsRegistree } from '../../../tools/testSystem/registreeConnection.ts'
import { type RunningRogue, startRogueRegistrar } from '../../../tools/testSystem/rogueRegistrar.ts'
import { makeSelfSigned } from '../../../tools/testSystem/selfSigned.ts'
import { tlsSettings } from '../../../tools/testSystem/tlsSettings.ts'
import { openAgentFabric } from '../fabric/agentFabric.ts'
import { temporaryFolder } from '../temporaryFolder.ts'
import { freePort, type OpensslTool, startOpenssl } from './opensslTool.ts'

const identity = 'kpsa-CAE1-cse1@sp.example'
const key = '0123456789abcdef0123456789abcdef'
const suite = 'TLS_PSK_WITH_AES_128_CBC_SHA256'
const localhost = '127.0.0.1'
const timeoutMs = 5000

interface OpenNetwork {
  readonly network: TesterNetwork
  close(): Promise<void>
}

/** Whose sockets the tester has. */
const places: Readonly<Record<string, () => Promise<OpenNetwork>>> = {
  'of this process': async () => ({ network: localTesterNetwork(), close: async () => {} }),
  'of an agent': async () => {
    const folder = temporaryFolder()
    const { fabric, agent } = await openAgentFabric(folder.path)
    const close = async () => {
      await fabric.close()
      await agent
      folder.remove()
    }
    return { network: fabric.testerNetwork, close }
  },
}

for (const [place, open] of Object.entries(places)) {
  describe(`the tester against a foreign TLS stack, with sockets ${place}`, () => {
    againstForeignStacks(open)
  })
}

/** The tester's TLS at both ends of a link, against OpenSSL's command-line tools. */
function againstForeignStacks(open: () => Promise<OpenNetwork>): void {
  let opened: OpenNetwork
  let network: TesterNetwork
  const tools: OpensslTool[] = []
  const rogues: RunningRogue[] = []
  const connections: TesterConnection[] = []

  beforeEach(async () => {
    opened = await open()
    network = opened.network
  })

  afterEach(async () => {
    for (const connection of connections.splice(0)) await connection.close()
    for (const rogue of rogues.splice(0)) await rogue.handle.stop()
    for (const tool of tools.splice(0)) await tool.stop()
    await opened.close()
  })

  async function server(...more: string[]): Promise<{ port: number; tool: OpensslTool }> {
    const port = await freePort()
    const psk = ['-psk', key, '-psk_identity', identity, '-nocert', '-tls1_2']
    const tool = startOpenssl('s_server', '-accept', `${localhost}:${port}`, ...psk, ...more)
    tools.push(tool)
    await tool.until(/ACCEPT/)
    return { port, tool }
  }

  async function connect(
    port: number,
    offer: { pskIdentity?: string; psk?: string; suites?: string[] } = {},
  ): Promise<{ connection: TesterConnection; ports: number[]; secrets: string[] }> {
    const ports: number[] = []
    const secrets: string[] = []
    const connection = await connectAsRegistree({
      network,
      target: { address: localhost, port },
      localAddress: '127.0.0.9',
      timeoutMs,
      onPort: (local) => ports.push(local),
      nextRequestId: () => 'r1',
      tls: {
        settings: tlsSettings(offer.suites ?? [suite], {}),
        pskIdentity: offer.pskIdentity ?? identity,
        psk: Buffer.from(offer.psk ?? key, 'hex'),
        onKeyLog: (line) => secrets.push(line),
      },
    })
    connections.push(connection)
    return { connection, ports, secrets }
  }

  it('connects with the right key, and says with what', async () => {
    const { port } = await server('-cipher', 'PSK-AES128-CBC-SHA256')
    const { connection, ports, secrets } = await connect(port)
    expect(connection).to.include({ outcome: 'connected', version: 'TLS 1.2', suite })
    expect(ports).to.have.length(1)
    expect(secrets.join()).to.match(/^CLIENT_RANDOM [0-9a-f]{64} [0-9a-f]{96}$/)
  })

  it('is refused with a wrong key', async () => {
    const { port } = await server('-cipher', 'PSK-AES128-CBC-SHA256')
    const wrongKey = await connect(port, { psk: '00'.repeat(16) })
    expect(wrongKey.connection.outcome).to.equal('refused')
  })

  it('names the alert it was refused with', async () => {
    const { port } = await server('-cipher', 'PSK-AES128-CBC-SHA256')
    const { connection } = await connect(port, { suites: ['TLS_PSK_WITH_NULL_SHA256'] })
    expect(connection).to.include({ outcome: 'refused', alert: 'handshake_failure' })
  })

  it('can offer what nobody should: suites without encryption', async () => {
    const { port } = await server('-cipher', 'PSK-NULL-SHA256:@SECLEVEL=0')
    const { connection } = await connect(port, { suites: ['TLS_PSK_WITH_NULL_SHA256'] })
    expect(connection).to.include({ outcome: 'connected', suite: 'TLS_PSK_WITH_NULL_SHA256' })
  })

  it('reports an answer that is no HTTP as malformed', async () => {
    const { port, tool } = await server('-cipher', 'PSK-AES128-CBC-SHA256')
    const { connection } = await connect(port)
    if (connection.outcome !== 'connected') return expect.fail(connection.because)
    const asked = connection.request({ op: Operation.retrieve, to: '/cse1/base' })
    await tool.until(/GET/)
    tool.process.stdin?.write('what is this\r\n')
    expect(await asked).to.include({ outcome: 'no-response', cause: 'malformed', rqi: 'r1' })
    return undefined
  })

  it('reports a connection that ends without an answer as closed', async () => {
    const { port, tool } = await server('-cipher', 'PSK-AES128-CBC-SHA256')
    const { connection } = await connect(port)
    if (connection.outcome !== 'connected') return expect.fail(connection.because)
    const asked = connection.request({ op: Operation.retrieve, to: '/cse1/base' })
    await tool.until(/GET/)
    await tool.stop()
    expect(await asked).to.include({ outcome: 'no-response', cause: 'closed' })
    const again = await connection.request({ op: Operation.retrieve, to: '/cse1/base' })
    expect(again).to.include({ outcome: 'no-response', cause: 'closed' })
    return undefined
  })

  it('gets a ServerHello or an alert for a ClientHello written by hand', async () => {
    const { port } = await server('-cipher', 'PSK-AES128-CBC-SHA256')
    const probe = (suites: number[]) =>
      probeWithHello(buildClientHello({ version: 0x0303, suites }, new Uint8Array(32).fill(1)), {
        network,
        target: { address: localhost, port },
        localAddress: localhost,
        timeoutMs,
        onPort: () => {},
      })
    expect(await probe([0x00ae])).to.deep.equal({
      answer: 'server-hello',
      version: 0x0303,
      suite: 0x00ae,
    })
    expect(await probe([0x0003])).to.deep.equal({
      answer: 'alert',
      level: 2,
      description: 'handshake_failure',
    })
  })

  async function rogue(credential: 'right' | 'wrong-key' | 'certificate'): Promise<RunningRogue> {
    const certificate =
      credential === 'certificate' ? await makeSelfSigned('cse1', Date.now()) : undefined
    const psk = Buffer.from(credential === 'right' ? key : '00'.repeat(16), 'hex')
    const suites = certificate === undefined ? [suite] : ['TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256']
    const running = await startRogueRegistrar({
      network,
      address: localhost,
      timeoutMs,
      onStop: async () => {},
      tls: {
        settings: tlsSettings(suites, {}),
        onKeyLog: () => {},
        ...(certificate === undefined ? { psk: () => psk } : { certificate }),
      },
    })
    rogues.push(running)
    return running
  }

  function client(port: number): OpensslTool {
    const tool = startOpenssl(
      ...['s_client', '-connect', `${localhost}:${port}`, '-psk', key, '-psk_identity', identity],
      ...['-cipher', 'PSK-AES128-CBC-SHA256:ECDHE-ECDSA-AES128-SHA256', '-tls1_2', '-ign_eof'],
    )
    tools.push(tool)
    return tool
  }

  it('as registrar with the right key reads and answers the request of a foreign client', async () => {
    const { port, handle } = await rogue('right')
    const tool = client(port)
    tool.process.stdin?.write(
      'GET /~/cse1/base HTTP/1.1\r\nHost: x\r\nX-M2M-Origin: CAE1\r\nX-M2M-RI: q1\r\nX-M2M-RVI: 3\r\n\r\n',
    )
    const printed = await tool.until(/X-M2M-RSC: *\d+/i)
    expect(printed).to.match(/X-M2M-RSC: *2000/i)
    expect(handle.read).to.have.length(1)
    expect(handle.read[0]).to.include({ to: '/cse1/base', fr: 'CAE1', rqi: 'q1' })
    expect(handle.handshakes).to.deep.equal([{ outcome: 'established' }])
  })

  it('as registrar with a wrong key establishes nothing and reads nothing', async () => {
    const { port, handle } = await rogue('wrong-key')
    const tool = client(port)
    tool.process.stdin?.write('GET / HTTP/1.1\r\n\r\n')
    await handle.awaitAttempt()
    expect(handle.handshakes[0]?.outcome).to.equal('refused')
    expect(handle.read).to.deep.equal([])
  })

  it('as registrar with a self-signed certificate is taken by whoever does not verify', async () => {
    const { port, handle } = await rogue('certificate')
    const printed = await client(port).until(/Verify return code: \d+/)
    expect(printed).to.match(/self-signed certificate/)
    expect(handle.handshakes).to.deep.equal([{ outcome: 'established' }])
  })
}
