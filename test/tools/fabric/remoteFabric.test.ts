import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { duplexPair, PassThrough } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { BenchError } from '../../../protocol/errors.ts'
import { runAgent } from '../../../tools/fabric/agent/agent.ts'
import type { WireEvent } from '../../../tools/fabric/fabric.ts'
import { type Mux, openMux } from '../../../tools/fabric/mux.ts'
import { openRemoteFabric, type RemoteFabric } from '../../../tools/fabric/remoteFabric.ts'
import { sectionHeader } from '../capture/reading/pcapngBuilder.ts'
import { tsharkFields } from '../capture/tsharkFields.ts'
import { temporaryFolder } from '../temporaryFolder.ts'
import { type AgentFabric, openAgentFabric } from './agentFabric.ts'
import { closed, type Loopback, loopback, readAll } from './loopback.ts'

const near = '127.234.9.1'
const far = '127.234.0.2'
const caller = '127.234.0.1'
const clientRandom = 'ab'.repeat(32)
const secret = `CLIENT_RANDOM ${clientRandom} ${'cd'.repeat(48)}`

describe('the fabric behind an agent', () => {
  let folder: ReturnType<typeof temporaryFolder>
  let running: AgentFabric
  let fabric: RemoteFabric
  let sockets: Loopback
  beforeEach(async () => {
    folder = temporaryFolder()
    sockets = loopback()
    running = await openAgentFabric(folder.path)
    fabric = running.fabric
  })
  afterEach(async () => {
    await sockets.closeAll()
    await fabric.close()
    await running.agent
    folder.remove()
  })

  async function wireTo(port: number, name = 'ae1-cse1') {
    const target = { address: far, port }
    const ways = [{ listen: { address: near, port: 0 }, target }]
    return fabric.addWire({ name, transport: 'tcp', ways, seed: 1 })
  }

  const echo = () => sockets.serve(far, (socket) => void socket.pipe(socket))

  it('opens wires, carries and records, and has the recording here when it is closed', async () => {
    const wire = await wireTo(await echo())
    const listen = wire.options.ways[0]?.listen
    expect(listen?.port).to.be.greaterThan(0)
    fabric.recorder.nameAddress(caller, 'ae1')
    const socket = await sockets.connect({
      host: near,
      port: listen?.port ?? 0,
      localAddress: caller,
    })
    socket.end('hello')
    expect((await readAll(socket)).toString()).to.equal('hello')
    expect(existsSync(fabric.recorder.path)).to.equal(false)
    await fabric.close()
    expect(fabric.recorder.failure).to.equal(undefined)
    expect(wire.stats).to.deep.equal({ connections: 1, open: 0, bytes: 10 })
    expect(statSync(fabric.recorder.path).mode & 0o777).to.equal(0o600)
    const frames = await tsharkFields(fabric.recorder.path, ['frame.interface_name', 'tcp.payload'])
    const hello = Buffer.from('hello').toString('hex')
    expect(frames.filter(([, payload]) => payload === hello)).to.deep.equal([
      ['ae1-cse1', hello],
      ['ae1-cse1', hello],
    ])
    expect(readFileSync(fabric.recorder.path).includes('ae1\0')).to.equal(true)
    expect(await running.agent).to.equal(undefined)
  })

  it('has a fault in force when it says so, and announces it', async () => {
    const wire = await wireTo(await echo())
    const port = wire.options.ways[0]?.listen.port ?? 0
    const events: WireEvent['event'][] = []
    fabric.onEvent(({ event }) => void events.push(event))
    const open = await sockets.connect({ host: near, port })
    await wire.cut()
    await closed(open)
    // A reset may come before the news that it was accepted.
    await sockets.connect({ host: near, port }).then(closed, () => {})
    await wire.heal()
    await wire.impair({ delayMs: 1 })
    const again = await sockets.connect({ host: near, port })
    again.end('x')
    expect((await readAll(again)).toString()).to.equal('x')
    const other = await sockets.serve(far, (socket) => void socket.end('other'))
    await wire.redirect(0, { address: far, port: other })
    expect((await readAll(await sockets.connect({ host: near, port }))).toString()).to.equal(
      'other',
    )
    await wire.redirect(0, null)
    await fabric.close()
    const faults = ['cut', 'healed', 'impaired', 'redirected', 'restored']
    expect(events.filter((event) => faults.includes(event))).to.deep.equal(faults)
  })

  it('carries datagrams', async () => {
    const server = createSocket('udp4')
    server.on('message', (bytes, from) => server.send(bytes, from.port, from.address))
    server.bind({ address: far })
    const client = createSocket('udp4')
    try {
      await once(server, 'listening')
      const target = { address: far, port: server.address().port }
      const ways = [{ listen: { address: near, port: 0 }, target }]
      const wire = await fabric.addWire({ name: 'udp', transport: 'udp', ways, seed: 1 })
      client.send('datagram', wire.options.ways[0]?.listen.port ?? 0, near)
      const [answer] = await once(client, 'message')
      expect(String(answer)).to.equal('datagram')
    } finally {
      server.close()
      client.close()
    }
  })

  it('says like any fabric which address is in use', async () => {
    const port = await echo()
    const ways = [{ listen: { address: far, port }, target: { address: far, port } }]
    const options = { name: 'taken', transport: 'tcp' as const, ways, seed: 1 }
    const failure = await fabric.addWire(options).catch((error: unknown) => error)
    expect(failure).to.be.instanceOf(BenchError).with.property('code', 'ADDRESS_IN_USE')
    expect(String(failure)).to.contain(`address ${far}, port ${port}`)
    expect(fabric.wires.has('taken')).to.equal(false)
  })

  it('puts secrets that come after the packets before them', async () => {
    const wire = await wireTo(await echo())
    const port = wire.options.ways[0]?.listen.port ?? 0
    const socket = await sockets.connect({ host: near, port })
    socket.write('hello')
    await once(socket, 'data')
    // The agent holds packets back for secrets to overtake them; this one comes when it does no longer.
    await untilFileHolds(join(folder.path, 'agent.pcapng'), 'hello')
    fabric.recorder.addSecret(secret)
    socket.end()
    await closed(socket)
    await fabric.close()
    const recording = readFileSync(fabric.recorder.path)
    expect(recording.indexOf(clientRandom)).to.be.within(1, recording.indexOf('hello'))
  })

  it('dials for the tester from the address it wants', async () => {
    const seen: string[] = []
    const port = await sockets.serve(far, (socket) => {
      seen.push(`${socket.remoteAddress}:${socket.remotePort}`)
      socket.end('served')
    })
    const to = { address: far, port }
    const socket = await fabric.testerNetwork.dial({ to, from: caller })
    expect((await buffer(socket)).toString()).to.equal('served')
    expect(seen).to.deep.equal([`${caller}:${socket.localPort}`])
  })

  it('rejects as a socket would when nobody accepts', async () => {
    const port = await echo()
    await sockets.closeAll()
    const to = { address: far, port }
    const failure = await fabric.testerNetwork.dial({ to }).catch((error: unknown) => error)
    expect(failure).to.include({ code: 'ECONNREFUSED' })
    expect(String(failure)).to.contain(`connect ECONNREFUSED ${far}:${port}`)
  })

  it('shows a reset of the far end as a reset', async () => {
    const port = await sockets.serve(far, (socket) => {
      socket.once('data', () => socket.resetAndDestroy())
    })
    const socket = await fabric.testerNetwork.dial({ to: { address: far, port } })
    socket.write('x')
    const [error] = await once(socket, 'error')
    expect(error).to.include({ code: 'ECONNRESET' })
  })

  it('closes the socket of the agent with the channel', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const port = await sockets.serve(far, (socket) => {
      socket.resume()
      socket.once('close', () => resolve())
      socket.once('end', () => socket.end())
    })
    const socket = await fabric.testerNetwork.dial({ to: { address: far, port } })
    socket.destroy()
    await promise
  })

  it('listens for the tester, and not any longer than told', async () => {
    await using listener = await fabric.testerNetwork.listen({ address: far })
    const connections: string[] = []
    listener.onConnection((connection, from) => {
      connections.push(from.address)
      connection.end('welcome')
      connection.resume()
    })
    const { port } = listener
    const socket = await sockets.connect({ host: far, port, localAddress: caller })
    expect((await readAll(socket)).toString()).to.equal('welcome')
    expect(connections).to.deep.equal([caller])
    await listener.close()
    const failure = await sockets.connect({ host: far, port }).catch((error: unknown) => error)
    expect(failure).to.include({ code: 'ECONNREFUSED' })
  })

  it('is lost with its stream: nothing hangs, and nothing can be judged', async () => {
    const wire = await wireTo(await echo())
    const port = wire.options.ways[0]?.listen.port ?? 0
    const dialled = await fabric.testerNetwork.dial({ to: { address: near, port } })
    const broken = once(dialled, 'error')
    running.cutOff()
    expect((await broken)[0]).to.have.property('code', 'FABRIC_LOST')
    const failure = await wire.cut().catch((error: unknown) => error)
    expect(failure).to.have.property('code', 'FABRIC_LOST')
    await fabric.close()
    expect(fabric.recorder.failure).to.have.property('code', 'FABRIC_LOST')
    expect(String(fabric.recorder.failure)).to.contain('a test')
    expect(existsSync(fabric.recorder.path)).to.equal(false)
    // The agent leaves nothing open either.
    await running.agent
    const again = await sockets.connect({ host: near, port }).catch((error: unknown) => error)
    expect(again).to.include({ code: 'ECONNREFUSED' })
  })
})

describe('the agent of a fabric', () => {
  it('does what it is told in no other order than open first, and nothing it does not know', async () => {
    const [a, b] = duplexPair()
    const agent = runAgent({ input: b, output: b })
    const onTold = () => {}
    const mux = openMux({ input: a, output: a, side: 'bench', onRequest: onTold, onTold })
    for (const body of [{ do: 'cut', wire: 'x' }, { do: 'constructor' }, { do: 'levitate' }, {}]) {
      const failure = await mux.request(body, { timeoutMs: 1000 }).catch((error: unknown) => error)
      expect(failure, JSON.stringify(body)).to.have.property('code', 'INTERNAL')
    }
    mux.close()
    expect(await agent).to.equal(undefined)
  })

  it('ends when it is given what is no conversation', async () => {
    const [input, output] = [new PassThrough(), new PassThrough()]
    const agent = runAgent({ input, output })
    input.end('GET / HTTP/1.1\r\n\r\n')
    expect(await agent).to.have.property('code', 'FABRIC_LOST')
  })

  it('is not believed when less of the recording comes than there was', async () => {
    const folder = temporaryFolder()
    const [ours, theirs] = duplexPair()
    // Whole blocks, so that the file alone would not show it.
    const sound = sectionHeader()
    const answers: Readonly<Record<string, (ask: { channel: number }) => unknown>> = {
      open: () => null,
      close: () => ({ bytes: sound.length + 32, stats: [] }),
      'send-recording': ({ channel }) => void liar.accept(channel).end(sound),
    }
    const liar: Mux = openMux({
      input: theirs,
      output: theirs,
      side: 'agent',
      onRequest: (body) => {
        const ask = body as { do: string; channel: number }
        return answers[ask.do]?.(ask)
      },
      onTold: () => {},
    })
    const fabric = await openRemoteFabric({
      input: ours,
      output: ours,
      agentPath: 'anywhere',
      path: join(folder.path, 'run.pcapng'),
      readyTimeoutMs: 1000,
      whyLost: async () => '',
    })
    await fabric.close()
    expect(fabric.recorder.failure).to.have.property('code', 'FABRIC_LOST')
    expect(readdirSync(folder.path)).to.deep.equal([])
    folder.remove()
  })

  it('is given up when it does not come up', async () => {
    const [stream] = duplexPair()
    const folder = temporaryFolder()
    const opening = openRemoteFabric({
      input: stream,
      output: stream,
      agentPath: join(folder.path, 'agent.pcapng'),
      path: join(folder.path, 'run.pcapng'),
      readyTimeoutMs: 20,
      whyLost: async () => 'nobody there',
    })
    const failure = await opening.catch((error: unknown) => error)
    folder.remove()
    expect(failure).to.have.property('code', 'TIMED_OUT')
  })
})

async function untilFileHolds(path: string, text: string): Promise<void> {
  for (const bound = Date.now() + 5000; !readFileSync(path).includes(text); ) {
    if (Date.now() > bound) throw new Error(`${path} does not come to hold ${text}`)
    await new Promise((resolve) => setImmediate(resolve))
  }
}
