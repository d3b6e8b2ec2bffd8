import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, createServer, type Server } from 'node:tls'
import { makeRecorder } from '../capture/pcapngWriter.ts'
import type { Recorder } from '../capture/recorder.ts'
import { openFabric } from '../fabric/openFabric.ts'
import { reserveAddressBlock } from '../runtimes/addressBlock.ts'
import type { Figure } from './figure.ts'

const handshakes = 2000
const warmUp = 200
const atATime = 8
const identity = 'kpsa-CAE1-cse1@sp.example'
const key = Buffer.alloc(32, 7)
/** TLS_PSK_WITH_AES_128_CBC_SHA256, as OpenSSL calls it. */
const suite = 'PSK-AES128-CBC-SHA256'
const tls12 = { ciphers: suite, minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' } as const

interface Place {
  readonly address: string
  readonly port: number
}

/** Full TLS-PSK handshakes, one connection each, both ends and the wire in this process. */
export async function handshakeFigures(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'onem2m-bench-perf-'))
  const block = await reserveAddressBlock()
  const recorder = await makeRecorder(join(folder, 'recording.pcapng'))
  const fabric = openFabric({ recorder, now: Date.now })
  const server = await listen(`${block.addressing.block}.0.2`, recorder)
  try {
    const target = placeOf(server.address())
    const wire = await fabric.addWire({
      name: 'ae1-cse1',
      transport: 'tcp',
      ways: [{ listen: { address: `${block.addressing.block}.128.1`, port: 0 }, target }],
      seed: 1,
    })
    const listening = wire.options.ways[0]?.listen ?? target
    await rateTo(target, warmUp)
    const direct = await rateTo(target, handshakes)
    await rateTo(listening, warmUp)
    const recorded = await rateTo(listening, handshakes)
    return [
      { name: 'TLS-PSK handshakes, recorded', value: recorded, unit: '/s', atLeast: 300 },
      { name: 'TLS-PSK handshakes without a wire', value: direct, unit: '/s' },
    ]
  } finally {
    server.close()
    await fabric.close()
    await block.release()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function listen(address: string, recorder: Recorder): Promise<Server> {
  const server = createServer({ ...tls12, pskCallback: () => key }, (socket) => {
    socket.on('error', () => {})
    socket.end()
  })
  server.on('keylog', (line) => recorder.addSecret(line.toString('latin1').trimEnd()))
  server.listen(0, address)
  await once(server, 'listening')
  return server
}

function placeOf(address: ReturnType<Server['address']>): Place {
  return address !== null && typeof address === 'object'
    ? { address: address.address, port: address.port }
    : { address: '', port: 0 }
}

/** Handshakes per second, a few at a time. */
async function rateTo(place: Place, count: number): Promise<number> {
  const startedAt = performance.now()
  let left = count
  const lanes = Array.from({ length: atATime }, async () => {
    while (left > 0) {
      left -= 1
      await shakeHands(place)
    }
  })
  await Promise.all(lanes)
  return (count * 1000) / (performance.now() - startedAt)
}

async function shakeHands({ address, port }: Place): Promise<void> {
  const socket = connect({
    ...tls12,
    host: address,
    port,
    // With PSK there is no certificate whose names could be checked.
    checkServerIdentity: () => undefined,
    pskCallback: () => ({ identity, psk: key }),
  })
  const closed = once(socket, 'close')
  await once(socket, 'secureConnect')
  socket.resume().end()
  await closed
}
