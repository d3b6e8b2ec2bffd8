import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { makeRecorder } from '../../../tools/capture/pcapngWriter.ts'
import type { Fabric, Impairment, Wire, WireEvent } from '../../../tools/fabric/fabric.ts'
import { openFabric } from '../../../tools/fabric/openFabric.ts'
import { tsharkFields } from '../capture/tsharkFields.ts'
import { temporaryFolder } from '../temporaryFolder.ts'

const near = '127.232.0.1'
const far = '127.232.0.2'
const listen = { address: '127.232.9.1', port: 0 }

describe('a UDP wire', () => {
  let folder: ReturnType<typeof temporaryFolder>
  let path: string
  let fabric: Fabric
  let sockets: Socket[]
  let events: WireEvent[]
  beforeEach(async () => {
    folder = temporaryFolder()
    path = join(folder.path, 'run.pcapng')
    fabric = openFabric({ recorder: await makeRecorder(path), now: () => 1 })
    events = []
    fabric.onEvent((event) => void events.push(event))
    sockets = []
  })
  afterEach(async () => {
    for (const socket of sockets) {
      socket.close()
    }
    await fabric.close()
    folder.remove()
  })

  async function socketAt(address: string): Promise<Socket> {
    const socket = createSocket('udp4')
    sockets.push(socket)
    socket.bind({ address, port: 0 })
    await once(socket, 'listening')
    return socket
  }

  /** A wire to a server that answers each datagram with the sender's address in front. */
  async function openWire(impairment: Impairment = {}): Promise<Wire> {
    const server = await socketAt(far)
    server.on('message', (datagram, { address, port }) => {
      server.send(Buffer.concat([Buffer.from(`${address} `), datagram]), port, address)
    })
    const target = { address: far, port: server.address().port }
    const ways = [{ listen, target }]
    return fabric.addWire({ name: 'a-b', transport: 'udp', ways, seed: 5, impairment })
  }

  function say(wire: Wire, from: Socket, text: string): void {
    const to = wire.options.ways[0]?.listen
    from.send(text, to?.port ?? 0, to?.address)
  }

  async function answerTo(wire: Wire, from: Socket, text: string): Promise<string> {
    const answered = once(from, 'message')
    say(wire, from, text)
    const [answer] = await answered
    return String(answer)
  }

  it('forwards datagrams of several clients unchanged, each with its own address', async () => {
    const wire = await openWire()
    const [one, two] = [await socketAt(near), await socketAt('127.232.0.3')]
    expect(await answerTo(wire, one, 'hello')).to.equal(`${near} hello`)
    expect(await answerTo(wire, two, 'hi')).to.equal('127.232.0.3 hi')
    expect(await answerTo(wire, one, 'x'.repeat(60_000))).to.have.length(60_000 + near.length + 1)
    expect(wire.stats).to.include({ connections: 2, open: 2 })
    await fabric.close()
    expect(wire.stats.open).to.equal(0)
    const frames = await tsharkFields(path, ['ip.src', 'ip.dst'])
    expect(frames.map((pair) => pair.join(' '))).to.deep.equal([
      `${near} ${far}`,
      `${far} ${near}`,
      `127.232.0.3 ${far}`,
      `${far} 127.232.0.3`,
      `${near} ${far}`,
      `${far} ${near}`,
    ])
  })

  it('drops the datagrams that the seed chooses, the same ones every time', async () => {
    const lost: number[][] = []
    for (let round = 0; round < 2; round += 1) {
      const announced: WireEvent[] = []
      await using again = openFabric({
        recorder: await makeRecorder(join(folder.path, `${round}.pcapng`)),
        now: () => 1,
      })
      again.onEvent((event) => void announced.push(event))
      const ways = [{ listen, target: { address: far, port: 9 } }]
      const impairment = { drop: 0.5 }
      const wire = await again.addWire({ name: 'a-b', transport: 'udp', ways, seed: 5, impairment })
      const client = await socketAt(near)
      for (let size = 1; size <= 40; size += 1) {
        say(wire, client, 'x'.repeat(size))
      }
      await until(() => seen(wire, announced) === (40 * 41) / 2)
      lost.push(dropped(announced))
    }
    expect(lost[0]?.length).to.be.within(8, 32)
    expect(lost[1]).to.deep.equal(lost[0])
  })

  it('lets nothing pass while cut, and everything again when healed', async () => {
    const wire = await openWire()
    const client = await socketAt(near)
    expect(await answerTo(wire, client, '1')).to.equal(`${near} 1`)
    await wire.cut()
    const bytes = wire.stats.bytes
    say(wire, client, '22')
    await until(() => dropped(events).includes(2))
    expect(wire.stats.bytes).to.equal(bytes)
    await wire.heal()
    await wire.impair({ delayMs: 5 })
    expect(await answerTo(wire, client, '3')).to.equal(`${near} 3`)
    expect(events.map(({ event }) => event)).to.include.members(['cut', 'healed', 'impaired'])
  })

  it('leads clients elsewhere and back', async () => {
    const wire = await openWire()
    const rogue = await socketAt(near)
    rogue.on('message', (_datagram, { port, address }) => rogue.send('rogue', port, address))
    const client = await socketAt(near)
    await wire.redirect(0, { address: near, port: rogue.address().port })
    expect(await answerTo(wire, client, 'a')).to.equal('rogue')
    await wire.redirect(0, null)
    expect(await answerTo(wire, client, 'b')).to.equal(`${near} b`)
  })

  it('names address and port when they are in use', async () => {
    const taken = await socketAt(listen.address)
    const { port } = taken.address()
    const ways = [{ listen: { ...listen, port }, target: { address: far, port: 9 } }]
    const failure = await fabric
      .addWire({ name: 'w', transport: 'udp', ways, seed: 1 })
      .catch((error: unknown) => error)
    expect(failure).to.have.property('code', 'ADDRESS_IN_USE')
    expect(String(failure)).to.contain(listen.address).and.to.contain(String(port))
  })
})

/** Sizes of the datagrams that were dropped. */
function dropped(events: readonly WireEvent[]): number[] {
  return events
    .filter(({ event }) => event === 'dropped')
    .map(({ detail }) => Number(/of (\d+) bytes/.exec(detail ?? '')?.[1]))
}

/** Bytes that came to the wire, passed on or dropped. */
function seen(wire: Wire, events: readonly WireEvent[]): number {
  return wire.stats.bytes + dropped(events).reduce((sum, size) => sum + size, 0)
}

/** Waits, turn by turn of the event loop; mocha's time-out is the bound. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) {
    await new Promise((resolve) => setImmediate(resolve))
  }
}
