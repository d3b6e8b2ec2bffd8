import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { makeRecorder } from '../../../tools/capture/pcapngWriter.ts'
import type { Fabric, Wire, WireEvent, WireOptions } from '../../../tools/fabric/fabric.ts'
import { openFabric } from '../../../tools/fabric/openFabric.ts'
import { tsharkFields } from '../capture/tsharkFields.ts'
import { temporaryFolder } from '../temporaryFolder.ts'
import { closed, type Loopback, loopback, readAll } from './loopback.ts'

const near = '127.231.0.1'
const far = '127.231.0.2'
const listen = { address: '127.231.9.1', port: 0 }

describe('a TCP wire', () => {
  let folder: ReturnType<typeof temporaryFolder>
  let path: string
  let fabric: Fabric
  let ends: Loopback
  let events: WireEvent[]
  beforeEach(async () => {
    folder = temporaryFolder()
    path = join(folder.path, 'run.pcapng')
    fabric = openFabric({ recorder: await makeRecorder(path), now: () => 1 })
    events = []
    fabric.onEvent((event) => void events.push(event))
    ends = loopback()
  })
  afterEach(async () => {
    await ends.closeAll()
    await fabric.close()
    folder.remove()
  })

  async function openWire(
    serve: (socket: Socket) => void,
    options: Partial<WireOptions> = {},
  ): Promise<Wire> {
    const port = await ends.serve(far, serve)
    return fabric.addWire({
      name: 'a-b',
      transport: 'tcp',
      ways: [{ listen, target: { address: far, port } }],
      seed: 1,
      ...options,
    })
  }

  function call(wire: Wire): Promise<Socket> {
    const way = wire.options.ways[0]?.listen
    return ends.connect({ host: way?.address ?? '', port: way?.port ?? 0, localAddress: near })
  }

  function eventNames(): string[] {
    return events.map(({ event }) => event)
  }

  it('forwards bytes unchanged, with half-close, and the far end sees who calls', async () => {
    let caller: string | undefined
    const wire = await openWire(async (socket) => {
      caller = socket.remoteAddress
      const question = await readAll(socket)
      socket.end(Buffer.concat([question, Buffer.from(' answered')]))
    })
    const socket = await call(wire)
    socket.end('question')
    expect((await readAll(socket)).toString()).to.equal('question answered')
    expect(caller).to.equal(near)
    await fabric.close()
    expect(wire.stats).to.deep.equal({ connections: 1, open: 0, bytes: 8 + 17 })
    const frames = await tsharkFields(path, ['ip.src', 'tcp.flags.str', 'tcp.len'])
    expect(frames.map(([source, , length]) => `${source} ${length}`)).to.deep.equal([
      `${near} 0`,
      `${far} 0`,
      `${near} 0`,
      `${near} 8`,
      `${near} 0`,
      `${far} 17`,
      `${far} 0`,
      `${near} 0`,
    ])
    expect(frames.filter(([, flags]) => flags?.includes('F'))).to.have.length(2)
    expect(eventNames()).to.deep.equal([
      'opened',
      'connection-opened',
      'connection-closed',
      'closed',
    ])
  })

  it('holds a fast sender back while the far end does not read', async () => {
    const size = 64 * 1024 * 1024
    let reader: Socket | undefined
    const wire = await openWire((socket) => {
      reader = socket.pause()
    })
    const socket = await call(wire)
    socket.end(Buffer.alloc(size, 7))
    // The kernel's buffers and the wire's own are all it may swallow before the far end reads.
    await quiet(() => wire.stats.bytes)
    expect(wire.stats.bytes).to.be.lessThan(size / 2)
    expect(reader).not.to.equal(undefined)
    const received = reader === undefined ? Buffer.alloc(0) : await readAll(reader)
    expect(received.length).to.equal(size)
    expect(received.every((byte) => byte === 7)).to.equal(true)
  }).timeout(20_000)

  it('passes a reset on, in both directions', async () => {
    const seen: string[] = []
    const wire = await openWire((socket) => {
      socket.on('data', (bytes) => {
        seen.push(bytes.toString())
        if (bytes.toString() === 'reset me') {
          socket.resetAndDestroy()
        }
      })
      socket.once('error', (error) => seen.push(codeOf(error)))
    })
    const first = await call(wire)
    const broken = closed(first)
    let code = ''
    first.once('error', (error) => {
      code = codeOf(error)
    })
    first.write('reset me')
    await broken
    expect(code).to.equal('ECONNRESET')

    const second = await call(wire)
    second.write('hello')
    await until(() => seen.includes('hello'))
    second.resetAndDestroy()
    await until(() => seen.includes('ECONNRESET'))
    await fabric.close()
    const resets = await tsharkFields(path, ['ip.src'], ['-Y', 'tcp.flags.reset == 1'])
    expect(resets).to.deep.equal([[far], [near]])
  })

  it('cuts, refuses while cut, and heals; every fault is announced and noted', async () => {
    const wire = await openWire((socket) => socket.pipe(socket))
    const before = await call(wire)
    const broken = closed(before)
    before.write('x')
    await once(before, 'data')
    await wire.cut()
    await broken
    // The reset may come before the caller knows that it is connected.
    await call(wire).then(closed, () => undefined)
    await wire.heal()
    const after = await call(wire)
    after.end('y')
    expect((await readAll(after)).toString()).to.equal('y')
    await fabric.close()
    expect(eventNames().filter((name) => !name.startsWith('connection'))).to.deep.equal([
      'opened',
      'cut',
      'unreachable',
      'healed',
      'closed',
    ])
    const comments = (await tsharkFields(path, ['frame.comment'])).join('\n')
    expect(comments).to.contain('wire a-b: cut')
    expect(comments).to.contain('wire a-b: healed')
  })

  it('resets a caller whose target does not listen, and says so', async () => {
    const wire = await openWire(() => {})
    await ends.closeAll()
    const socket = await call(wire)
    await closed(socket)
    expect(eventNames()).to.include('unreachable')
    expect(events.find(({ event }) => event === 'unreachable')?.detail).to.contain('ECONNREFUSED')
  })

  it('leads new connections elsewhere and back', async () => {
    const wire = await openWire((socket) => socket.end('true'))
    const rogue = await ends.serve(near, (socket) => socket.end('rogue'))
    const answers: string[] = []
    await wire.redirect(0, { address: near, port: rogue })
    answers.push((await readAll((await call(wire)).end())).toString())
    await wire.redirect(0, null)
    answers.push((await readAll((await call(wire)).end())).toString())
    expect(answers).to.deep.equal(['rogue', 'true'])
    expect(eventNames()).to.include('redirected').and.to.include('restored')
  })

  it('delays without changing the order, and never delivers early', async () => {
    const wire = await openWire((socket) => socket.pipe(socket), { impairment: { delayMs: 40 } })
    const socket = await call(wire)
    const startedAt = performance.now()
    socket.write('1')
    await wire.impair({ delayMs: 0 })
    socket.end('2')
    expect((await readAll(socket)).toString()).to.equal('12')
    await wire.impair({ delayMs: 30 })
    const again = await call(wire)
    again.end('3')
    expect((await readAll(again)).toString()).to.equal('3')
    expect(performance.now() - startedAt).to.be.greaterThan(60)
    expect(eventNames().filter((name) => name === 'impaired')).to.have.length(3)
  })

  it('limits the rate', async () => {
    const wire = await openWire((socket) => socket.end(Buffer.alloc(10_000)), {
      impairment: { limitBytesPerS: 100_000 },
    })
    const startedAt = performance.now()
    expect(await readAll((await call(wire)).end())).to.have.length(10_000)
    expect(performance.now() - startedAt).to.be.greaterThan(90)
  })

  it('names address, port and remedy when the address is in use, and opens nothing', async () => {
    const port = await ends.serve(listen.address, () => {})
    const target = { address: far, port: 9 }
    const first = { address: '127.231.9.2', port }
    const ways = [
      { listen: first, target },
      { listen: { address: listen.address, port }, target },
    ]
    const failure = await fabric.addWire({ name: 'w', transport: 'tcp', ways, seed: 1 }).then(
      () => undefined,
      (error: unknown) => error,
    )
    expect(failure).to.have.property('code', 'ADDRESS_IN_USE')
    expect(failure).to.have.property('remedy').that.contains(String(port))
    expect(String(failure)).to.contain(listen.address).and.to.contain(String(port))
    expect(fabric.wires.size).to.equal(0)
    const again = await fabric.addWire({
      name: 'again',
      transport: 'tcp',
      ways: [{ listen: first, target }],
      seed: 1,
    })
    expect(again.options.ways[0]?.listen).to.deep.equal(first)
  })

  it('closes with connections open, and the recording is complete', async () => {
    const wire = await openWire((socket) => socket.pipe(socket))
    const socket = await call(wire)
    socket.write('still here')
    await once(socket, 'data')
    const broken = closed(socket)
    await fabric.close()
    await fabric.close()
    await broken
    expect(wire.stats.open).to.equal(0)
    expect(readFileSync(path).toString('latin1').split('still here')).to.have.length(3)
  })
})

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : error.message
}

/** Waits, turn by turn of the event loop, until something is so; mocha's time-out is the bound. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) {
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** Waits until a number has not changed for many turns of the event loop. */
async function quiet(value: () => number): Promise<void> {
  let last = -1
  for (let unchanged = 0; unchanged < 2000; unchanged += 1) {
    await new Promise((resolve) => setImmediate(resolve))
    if (value() !== last || last <= 0) {
      last = value()
      unchanged = 0
    }
  }
}
