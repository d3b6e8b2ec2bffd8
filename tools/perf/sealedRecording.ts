import { createCipheriv, createHmac, createSecretKey } from 'node:crypto'
import {
  decryptionSecrets,
  enhancedPacket,
  interfaceDescription,
  sectionHeader,
} from '../capture/pcapngBlocks.ts'
import { syntheticTcp } from '../capture/syntheticTcp.ts'
import { prf } from '../dissect/tls/keySchedule.ts'
import { additionalData } from '../dissect/tls/opener.ts'

/**
 * A recording made without a network, as long as is asked for: one connection, TLS 1.2 with
 * TLS_PSK_WITH_AES_128_CBC_SHA256, and behind the handshake the given contents again and again. Blocks are made as they
 * are asked for, so that a long recording never lies in memory.
 */
export function* sealedRecording(options: {
  readonly rounds: number
  readonly request: Buffer
  readonly response: Buffer
}): Generator<Buffer> {
  const blocks: Buffer[] = [sectionHeader('perf'), interfaceDescription('ae1-cse1')]
  const random = { client: Buffer.alloc(32, 1), server: Buffer.alloc(32, 2) }
  const master = Buffer.alloc(48, 3)
  blocks.push(
    decryptionSecrets([`CLIENT_RANDOM ${random.client.toString('hex')} ${master.toString('hex')}`]),
  )
  let atUs = 1_795_352_400_000_000
  const tcp = syntheticTcp(
    {
      client: { address: '127.42.1.1', port: 40_000 },
      server: { address: '127.42.1.2', port: 8_443 },
    },
    { client: 1, server: 2 },
    (packet) =>
      blocks.push(enhancedPacket({ interfaceIndex: 0, atUs: ++atUs, packet, comments: [] })),
  )
  const sealers = makeSealers(master, random)
  for (const { from, bytes } of handshake(random, sealers)) tcp.data(from, bytes)
  yield Buffer.concat(blocks.splice(0))
  for (let round = 0; round < options.rounds; round++) {
    tcp.data('client', sealers.client(23, options.request))
    tcp.data('server', sealers.server(23, options.response))
    if (blocks.length >= 1_000) yield Buffer.concat(blocks.splice(0))
  }
  tcp.end('client')
  tcp.end('server')
  yield Buffer.concat(blocks)
}

type Side = 'client' | 'server'
/** Makes a protected record of a content type and content; each call uses up a sequence number. */
export type Sealer = (type: number, content: Buffer) => Buffer

/** What both directions are sealed with: MAC then encrypt (RFC 5246 6.2.3.2). */
export function makeSealers(master: Buffer, random: Record<Side, Buffer>): Record<Side, Sealer> {
  const seed = Buffer.concat([random.server, random.client])
  const block = prf('sha256', master, 'key expansion', seed, 2 * (32 + 16))
  const sealer = (macKey: Buffer, key: Buffer): Sealer => {
    let sequence = 0
    const secret = createSecretKey(macKey)
    return (type, content) => {
      const covered = additionalData(sequence++, { type, version: 0x0303 }, content.length)
      const mac = createHmac('sha256', secret).update(covered).update(content).digest()
      const padding = 16 - ((content.length + mac.length) % 16)
      const iv = Buffer.alloc(16, sequence)
      const cipher = createCipheriv('aes-128-cbc', key, iv).setAutoPadding(false)
      const plain = Buffer.concat([content, mac, Buffer.alloc(padding, padding - 1)])
      return record(type, Buffer.concat([iv, cipher.update(plain)]))
    }
  }
  return {
    client: sealer(block.subarray(0, 32), block.subarray(64, 80)),
    server: sealer(block.subarray(32, 64), block.subarray(80, 96)),
  }
}

/** A whole handshake, each side's Finished sealed by its sealer. */
export function handshake(
  random: Record<Side, Buffer>,
  sealers: Record<Side, Sealer>,
): { from: Side; bytes: Buffer }[] {
  const identity = Buffer.from('kpsa-CAE1@sp.example')
  const clientHello = [Buffer.from([3, 3]), random.client, Buffer.from([0, 0, 2, 0, 0xae, 1, 0])]
  const serverHello = [Buffer.from([3, 3]), random.server, Buffer.from([0, 0, 0xae, 0])]
  const changeCipherSpec = record(20, Buffer.from([1]))
  const finished = message(20, Buffer.alloc(12))
  return [
    { from: 'client', bytes: record(22, message(1, ...clientHello)) },
    { from: 'server', bytes: record(22, Buffer.concat([message(2, ...serverHello), message(14)])) },
    {
      from: 'client',
      bytes: Buffer.concat([
        record(22, message(16, Buffer.from([0, identity.length]), identity)),
        changeCipherSpec,
        sealers.client(22, finished),
      ]),
    },
    { from: 'server', bytes: Buffer.concat([changeCipherSpec, sealers.server(22, finished)]) },
  ]
}

function message(type: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  return Buffer.concat([Buffer.from([type, 0, body.length >> 8, body.length & 0xff]), body])
}

function record(type: number, fragment: Buffer): Buffer {
  const length = [fragment.length >> 8, fragment.length & 0xff]
  return Buffer.concat([Buffer.from([type, 3, 3, ...length]), fragment])
}
